"""Binance's error answers: HTTP status, code and the true text."""

from collections.abc import Mapping
from typing import Any


class ApiError(Exception):
    """An answer ``{"code": ..., "msg": ...}`` with its HTTP status."""

    def __init__(
        self, code: int, message: str, status: int = 400, data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self._data = data
        self.code = code
        self.message = message
        self.status = status

    @property
    def body(self) -> dict[str, Any]:
        """The JSON body of the answer."""
        body: dict[str, Any] = {"code": self.code, "msg": self.message}
        return body if self._data is None else body | {"data": self._data}


def unavailable() -> ApiError:
    """The request was not processed."""
    text = "Internal error; unable to process your request. Please try again."
    return ApiError(-1001, text, 503)


def in_maintenance() -> ApiError:
    """The venue is down for maintenance; the request was not processed."""
    return ApiError(-1016, "This service is no longer available.", 503)


def status_unknown() -> ApiError:
    """The request may or may not have been processed."""
    text = (
        "Timeout waiting for response from backend server. "
        "Send status unknown; execution status unknown."
    )
    return ApiError(-1007, text, 503)


def too_much_weight(limit: int) -> ApiError:
    """The request weight of this minute is used up."""
    text = (
        f"Too much request weight used; current limit is {limit} request weight per 1 MINUTE. "
        "Please use WebSocket Streams for live updates to avoid polling the API."
    )
    return ApiError(-1003, text, 429)


def too_many_requests() -> ApiError:
    """The number of requests of some minutes is used up, whatever they weighed."""
    return ApiError(-1003, "Too many requests queued.", 429)


def banned(until_ms: int) -> ApiError:
    """The client went on after being throttled."""
    text = (
        f"Way too much request weight used; IP banned until {until_ms}. "
        "Please use WebSocket Streams for live updates to avoid bans."
    )
    return ApiError(-1003, text, 418)


def too_many_orders(limit: int, interval: str) -> ApiError:
    """The order count of an interval is used up."""
    text = f"Too many new orders; current limit is {limit} orders per {interval}."
    return ApiError(-1015, text, 429)


def missing(name: str) -> ApiError:
    """A mandatory parameter is not there or cannot be read."""
    return ApiError(
        -1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
    )


def illegal(name: str, legal: str) -> ApiError:
    """A parameter holds characters that it must not."""
    return ApiError(
        -1100, f"Illegal characters found in parameter '{name}'; legal range is '{legal}'."
    )


def not_required(name: str) -> ApiError:
    """A parameter that this order type does not take."""
    return ApiError(-1106, f"Parameter '{name}' sent when not required.")


def invalid(name: str) -> ApiError:
    """A parameter whose value the simulated venue cannot use."""
    return ApiError(-1130, f"Data sent for parameter '{name}' is not valid.")


def filter_failure(name: str) -> ApiError:
    """A spot order breaks one of its symbol's filters."""
    return ApiError(-1013, f"Filter failure: {name}")


INVALID_SYMBOL = (-1121, "Invalid symbol.")
INVALID_ORDER_TYPE = (-1116, "Invalid orderType.")
INVALID_SIDE = (-1117, "Invalid side.")
INVALID_TIME_IN_FORCE = (-1115, "Invalid timeInForce.")
INVALID_INTERVAL = (-1120, "Invalid interval.")
INVALID_LISTEN_KEY = (-1125, "This listenKey does not exist.")
UNKNOWN_ORDER = (-2011, "Unknown order sent.")
USE_ALGO_ORDERS = (
    -4120,
    "Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.",
)
ORDER_ARCHIVED = (
    -2026,
    "Order was canceled or expired with no executed qty over 90 days ago and has been archived.",
)
NO_SUCH_ORDER = (-2013, "Order does not exist.")
