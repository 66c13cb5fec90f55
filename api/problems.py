"""Problem details (RFC 9457): the one shape of every answer that is not a success."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from domain.errors import OdumError

MEDIA_TYPE = "application/problem+json"

_RETRY_AFTER_S = "1"


class FieldProblem(BaseModel):
    """What is wrong with one value of the request."""

    path: str = Field(description="A field of the body or a parameter; `body` for the whole.")
    code: str = Field(description="Stable, for programs.")
    message: str = Field(description="For people: what is wrong and what to send instead.")


class Problem(BaseModel):
    """RFC 9457 problem details. Programs read `code`, people read `detail`."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "example": {
                "type": "urn:odum:problem:quantity_off_lot",
                "title": "Quantity off lot",
                "status": 422,
                "detail": "quantity 0.000001 is not a multiple of the lot 0.00001 of "
                "BTCUSDT.BINANCE_SPOT.",
                "code": "quantity_off_lot",
                "instance": "/api/live/orders",
            }
        },
    )

    type: str = Field(description="urn:odum:problem:<code>")
    title: str = Field(description="The kind of problem; the same text for the same code.")
    status: int = Field(description="The HTTP status, repeated.")
    detail: str = Field(description="This very case: what happened and what to do.")
    code: str = Field(description="Stable, for programs.")
    instance: str = Field(description="The path that was asked for.")
    errors: list[FieldProblem] | None = Field(None, description="Every fault of the request.")
    rule: str | None = Field(None, description="`risk_denied`: the rule that objected.")
    limit: str | None = Field(None, description="`risk_denied`: its limit.")
    value: str | None = Field(None, description="`risk_denied`: what the order would make of it.")
    order_id: str | None = Field(None, description="The order, where one was recorded.")
    reference: str | None = Field(None, description="`internal_error`: the id to quote to us.")


def problem(
    code: str,
    status: int,
    detail: str,
    instance: str,
    *,
    extras: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer for one problem; `extras` are further members of the document."""
    document = {
        "type": f"urn:odum:problem:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "code": code,
        "instance": instance,
        **(extras or {}),
    }
    sent = dict(headers or {})
    if status == 503:
        sent.setdefault("Retry-After", _RETRY_AFTER_S)
    return Response(orjson.dumps(document), status, sent, MEDIA_TYPE)


def problem_of(error: OdumError, instance: str) -> Response:
    """The answer for one of our errors. It may carry `extras` and `headers` of its own."""
    return problem(
        error_code(error),
        error.status,
        str(error),
        instance,
        extras=getattr(error, "extras", None),
        headers=getattr(error, "headers", None),
    )


def error_code(error: OdumError) -> str:
    """The code for programs; that of the field where one is to blame."""
    return getattr(error, "field_code", None) or error.code
