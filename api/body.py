"""What every request must be: bounded, strict JSON, and a refused order goes on the record."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import Response

from api.auth import authenticated
from api.errors import RiskDenied
from api.field_problems import field_problems
from api.problems import error_code
from api.query import parameter_names, require_known_parameters
from api.services import ApiServices
from api.strict_json import strict_json
from domain.errors import OdumError

BODY_BYTES_MAX = 16 * 1024

_QUOTED_FIELDS = ("strategy_id", "client_order_id", "instrument_id", "pair", "side", "quantity")
_QUOTED_LENGTH_MAX = 64

type Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class BodyTooLarge(OdumError):
    code = "body_too_large"
    status = 413

    def __init__(self) -> None:
        super().__init__(f"A request body may have at most {BODY_BYTES_MAX} bytes.")


class NotJson(OdumError):
    code = "unsupported_media_type"
    status = 415

    def __init__(self) -> None:
        super().__init__("Send JSON with the header 'Content-Type: application/json'.")


class _JsonRequest(Request):
    """Reads its body once, up to the bound, and parses it strictly (no NaN, no broken UTF-8)."""

    _bytes: bytes | None = None
    _parsed: Any = None

    async def body(self) -> bytes:
        if self._bytes is None:
            chunks = bytearray()
            async for chunk in self.stream():
                chunks += chunk
                if len(chunks) > BODY_BYTES_MAX:
                    raise BodyTooLarge
            self._bytes = bytes(chunks)
        return self._bytes

    async def json(self) -> Any:
        return self._parsed

    async def parse(self) -> None:
        """Read and parse now: inside the framework our errors would lose their meaning."""
        raw = await self.body()
        if not raw:
            return
        declared = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if declared != "application/json":
            raise NotJson
        self._parsed = strict_json(raw)


class JsonRoute(APIRoute):
    """A route that takes its own query parameters only; its body, if any, is bounded and strict
    JSON."""

    def get_route_handler(self) -> Handler:
        handle, parameters = super().get_route_handler(), parameter_names(self.dependant)
        takes_body = self.body_field is not None

        async def strictly(request: Request) -> Response:
            require_known_parameters(request, parameters)
            if not takes_body:
                return await handle(request)
            bounded = _JsonRequest(request.scope, request.receive)
            await bounded.parse()
            return await handle(bounded)

        return strictly


class OrderEntryRoute(APIRoute):
    """A route that takes orders: whatever is refused here is written to the log of refusals.

    A denial by risk is not a refusal: that order is recorded, with its own audit trail.
    """

    def get_route_handler(self) -> Handler:
        handle, parameters = super().get_route_handler(), parameter_names(self.dependant)

        async def on_the_record(request: Request) -> Response:
            entry = _JsonRequest(request.scope, request.receive)
            try:
                await entry.parse()
                require_known_parameters(entry, parameters)
                return await handle(entry)
            except RiskDenied:
                raise
            except OdumError as error:
                if error.status < 500:
                    await _record(entry, error_code(error), [str(error)])
                raise
            except RequestValidationError as error:
                faults = field_problems(error.errors())
                said = [f"{fault.path}: {fault.code}" for fault in faults]
                await _record(entry, faults[0].code, said)
                raise

        return on_the_record


async def _record(request: Request, code: str, said: list[str]) -> None:
    services: ApiServices = request.app.state.services
    body = await request.json()
    asked = body if isinstance(body, dict) else {}
    quoted = {name: _quoted(asked[name]) for name in _QUOTED_FIELDS if name in asked}
    await services.refusals.record(
        authenticated(request).name, code, {"said": said, "asked": quoted}
    )


def _quoted(value: object) -> str:
    """What the caller sent, short and in printable ASCII: PostgreSQL keeps no NUL in JSON."""
    if not isinstance(value, str | int | float):
        return f"<{type(value).__name__}>"
    return str(value).encode("unicode_escape").decode("ascii")[:_QUOTED_LENGTH_MAX]
