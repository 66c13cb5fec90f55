"""Bybit's refusals: ``retCode`` and ``retMsg`` in an HTTP 200, as the venue words them.

Derivatives and spot have codes of their own for the same thing, so most come in pairs.
Source: https://bybit-exchange.github.io/docs/v5/error
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class ApiError(Exception):
    """An answer with a ``retCode``; ``status`` is the HTTP status, 200 but for proxies and bans."""

    code: int
    message: str
    status: int = 200
    result: dict[str, Any] = field(default_factory=dict)


def parameter(text: str) -> ApiError:
    """A parameter is missing or cannot be read."""
    return ApiError(10001, f"params error: {text}")


def stale(sent_ms: object, now_ms: int, window_ms: int) -> ApiError:
    """The request's timestamp lies outside of the receive window."""
    text = (
        "invalid request, please check your server timestamp or recv_window param. "
        f"req_timestamp[{sent_ms}],server_timestamp[{now_ms}],recv_window[{window_ms}]"
    )
    return ApiError(10002, text)


def invalid_key() -> ApiError:
    """The API key is not known here."""
    return ApiError(10003, "API key is invalid.")


def invalid_sign(payload: str) -> ApiError:
    """The signature does not belong to the request."""
    return ApiError(10004, f"error sign! origin_string[{payload}]")


def too_many_visits() -> ApiError:
    """The endpoint's requests of this second are used up."""
    return ApiError(10006, "Too many visits. Exceeded the API Rate Limit.")


def server_timeout(*, spot: bool) -> ApiError:
    """The venue does not know whether it executed the request."""
    if spot:
        return ApiError(170007, "Timeout waiting for response from backend server.")
    return ApiError(10000, "Server Timeout")


def server_error() -> ApiError:
    """The venue could not process the request."""
    return ApiError(10016, "Internal server error.")


def too_frequent_address() -> ApiError:
    """The address sent more than its 600 requests in 5 seconds."""
    return ApiError(403, "access too frequent", 403)


def overloaded() -> ApiError:
    """The venue protects itself: try again."""
    return ApiError(10429, "System level frequency protection")


def not_found(path: str) -> ApiError:
    """There is no such endpoint."""
    return ApiError(10017, f"Route not found: {path}", 404)


def unauthorized() -> ApiError:
    """The socket has not proved who it is."""
    return ApiError(10005, "Permission denied, please check your API key permissions.")
