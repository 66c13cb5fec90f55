"""One stream socket: what a client may ask on it. Market and user streams are subscribed alike."""

import json
from collections.abc import Callable
from typing import Any

from venues.simulators.binance.subscribers import Subscriber, Subscribers

METHODS = ("SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY")


class BadRequest(Exception):
    """A control message that the venue does not understand, with the venue's code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class StreamSocket:
    """Answers the control messages of one socket. ``begin`` lets it listen to more streams."""

    def __init__(
        self,
        subscriber: Subscriber,
        subscribers: Subscribers,
        begin: Callable[[Subscriber, list[str]], None],
    ) -> None:
        self._subscriber = subscriber
        self._subscribers = subscribers
        self._begin = begin

    async def on_text(self, text: str) -> None:
        """Answer one control message."""
        request_id: Any = None
        try:
            request = _read(text)
            request_id = request.get("id")
            answer = {"result": self._answer(request), "id": request_id}
        except BadRequest as error:
            answer = {"error": {"code": error.code, "msg": str(error)}, "id": request_id}
        self._subscriber.outbox.send(json.dumps(answer))

    def _answer(self, request: dict[str, Any]) -> Any:
        method, params = request["method"], request.get("params") or []
        match method:
            case "SUBSCRIBE":
                self._begin(self._subscriber, [str(name) for name in params])
            case "UNSUBSCRIBE":
                self._subscribers.remove(self._subscriber, [str(name) for name in params])
            case "LIST_SUBSCRIPTIONS":
                return list(self._subscriber.names)
            case "SET_PROPERTY":
                self._subscriber.combined = _property(params, values=1)
            case "GET_PROPERTY":
                _property(params, values=0)
                return self._subscriber.combined
            case _:
                known = ", ".join(f"`{name}`" for name in METHODS)
                text = f"Invalid request: unknown variant {method}, expected one of {known}"
                raise BadRequest(2, text)
        return None


def _read(text: str) -> dict[str, Any]:
    try:
        request = json.loads(text)
    except ValueError as error:
        raise BadRequest(3, f"Invalid JSON: {error}") from None
    if not isinstance(request, dict) or "method" not in request:
        raise BadRequest(2, "Invalid request: missing field `method`")
    if not isinstance(request.get("params") or [], list):
        raise BadRequest(2, "Invalid request: params must be an array")
    return request


def _property(params: list[Any], *, values: int) -> bool:
    """The value that is set, if one is; there is one property."""
    if not params or not isinstance(params[0], str):
        raise BadRequest(2, "Invalid request: property name must be a string")
    if params[0] != "combined":
        raise BadRequest(0, "Unknown property")
    if len(params) > 1 + values:
        raise BadRequest(2, "Invalid request: too many parameters")
    if not values:
        return False
    if not isinstance(params[-1], bool):
        raise BadRequest(1, "Invalid value type: expected Boolean")
    return params[-1]
