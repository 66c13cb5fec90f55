"""The API's own errors, and how every error becomes a problem document."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.field_problems import field_problems
from api.problems import FieldProblem, problem, problem_of
from db.pool import DATABASE_AWAY
from domain.errors import InvalidOrder, OdumError

logger = logging.getLogger(__name__)

_HTTP_CODES = {404: "no_such_route", 405: "method_not_allowed"}
_HTTP_DETAILS = {
    404: "There is nothing at this path; the routes are listed at /docs.",
    405: "This path does not take this method; the routes are listed at /docs.",
}


class RefusedField(InvalidOrder):
    """The request is well formed, but one value of it can never become an order."""

    def __init__(self, path: str, field_code: str, message: str) -> None:
        super().__init__(field_code, message)
        self._fault = {"path": path, "code": field_code, "message": message}
        self.extras = {"errors": [self._fault]}

    def within(self, part: str) -> None:
        """The field is one of this part of the request."""
        self._fault["path"] = f"{part}.{self._fault['path']}"


class RiskDenied(OdumError):
    """The order was recorded as DENIED: a rule objected. Asking again gives the same answer."""

    code = "risk_denied"
    status = 422

    def __init__(self, order_id: str, reason: str, extras: Mapping[str, Any]) -> None:
        super().__init__(reason)
        self.extras = {"order_id": order_id, **extras}


class DeniedWhileStopped(RiskDenied):
    """Trading was stopped between our look and the admission."""

    code = "trading_stopped"
    status = 409


class NotSupportedByVenue(RiskDenied):
    """The venue's capabilities were not known to us when we looked, but to the admission."""

    code = "not_supported_by_venue"


class AmendRefused(OdumError):
    """The order stands on its old terms, or has ended."""

    code = "amend_refused"
    status = 409

    def __init__(self, order_id: str, amend_id: str, reason: str) -> None:
        super().__init__(f"The amend {amend_id!r} was not made: {reason}.")
        self.extras = {"order_id": order_id}


class EndedUnrecorded(OdumError):
    """The order's workflow ended before it wrote the order down, so nothing was ever sent."""

    code = "order_ended_unrecorded"
    status = 409

    def __init__(self, client_order_id: str) -> None:
        super().__init__(
            f"The order {client_order_id!r} was ended by an operator before it was recorded; "
            "nothing was sent. Send a new client_order_id for a new order."
        )


class NotStuck(OdumError):
    """There is no step of this order that waits for an operator."""

    code = "not_stuck"
    status = 409


class NothingToAcknowledge(OdumError):
    """The order has no anomaly."""

    code = "nothing_to_acknowledge"
    status = 409

    def __init__(self, order_id: str) -> None:
        super().__init__(f"Order {order_id} has no anomaly that would need a person.")


class TemporalUnavailable(OdumError):
    code = "temporal_unavailable"
    status = 503
    retryable = True


class DatabaseUnavailable(OdumError):
    """`so_far` says what has come of the request."""

    code = "database_unavailable"
    status = 503
    retryable = True

    def __init__(self, so_far: str) -> None:
        super().__init__(
            f"The database cannot be reached. {so_far}; send the same request again in a moment."
        )


class NoInstruments(OdumError):
    """No venue worker has told us yet what can be traded."""

    code = "instruments_unavailable"
    status = 503
    retryable = True

    def __init__(self) -> None:
        super().__init__(
            "No instruments are known yet: the venue workers have not connected. Nothing was "
            "started; send the same request again in a moment."
        )


class InstrumentNotFound(OdumError):
    code = "instrument_not_found"
    status = 404

    def __init__(self, instrument_id: str) -> None:
        super().__init__(
            f"No venue offers the instrument {instrument_id!r}; ids look like BTCUSDT.BINANCE_SPOT."
        )


class NotReady(OdumError):
    code = "not_ready"
    status = 503
    retryable = True

    def __init__(self, failed: list[str]) -> None:
        super().__init__(f"Not ready yet: {', '.join(failed)}.")
        self.extras = {"failed": failed}


def install_error_handlers(app: FastAPI) -> None:
    """Every error leaves as a problem document, also those of the framework."""

    @app.exception_handler(OdumError)
    async def ours(request: Request, error: OdumError) -> Response:
        return problem_of(error, request.url.path)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        faults = field_problems(error.errors())
        return problem(
            faults[0].code,
            422,
            _sentence(faults),
            request.url.path,
            extras={"errors": [fault.model_dump() for fault in faults]},
        )

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> Response:
        return problem(
            _HTTP_CODES.get(error.status_code, "http_error"),
            error.status_code,
            _HTTP_DETAILS.get(error.status_code, str(error.detail)),
            request.url.path,
            headers=error.headers,
        )

    async def database(request: Request, error: Exception) -> Response:
        logger.error("%s: the database cannot be reached: %s", request.url.path, error)
        # A commit whose answer was lost may have been made. Whoever knows better has said so.
        so_far = (
            "Nothing was read" if request.method == "GET" else "What was asked may be on record"
        )
        return problem_of(DatabaseUnavailable(so_far), request.url.path)

    for kind in DATABASE_AWAY:
        app.add_exception_handler(kind, database)

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> Response:
        reference = secrets.token_hex(6)
        where = f"{request.method} {request.url.path}"
        logger.error("unforeseen error %s at %s", reference, where, exc_info=error)
        return problem(
            "internal_error",
            500,
            f"Something unforeseen happened; quote the reference {reference}. If this was an "
            "order, look it up or send the same request again: it is never placed twice.",
            request.url.path,
            extras={"reference": reference},
        )


def _sentence(faults: Sequence[FieldProblem]) -> str:
    first, *others = faults
    more = f" And {len(others)} more; see errors." if others else ""
    return f"{first.path}: {first.message}.{more}"
