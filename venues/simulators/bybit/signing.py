"""Who is asking, and is it really them: API key, time and signature (HMAC-SHA256, hex).

REST signs timestamp + key + receive window + (raw query | raw body), in headers. A socket signs
"GET/realtime" + the time at which its request runs out.
Source: https://bybit-exchange.github.io/docs/v5/guide#authentication and .../ws/connect
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from venues.simulators.bybit.errors import (
    ApiError,
    invalid_key,
    invalid_sign,
    parameter,
    stale,
    unauthorized,
)

DEFAULT_RECV_WINDOW_MS = 5000
CLOCK_AHEAD_ALLOWED_MS = 1000


@dataclass(frozen=True, slots=True)
class ApiKey:
    """The one key of the simulated venue, and the account it trades for."""

    key: str
    secret: str = field(repr=False)
    account: str

    def signs(self, payload: str, signature: str) -> bool:
        """Whether the signature belongs to the payload."""
        digest = hmac.new(self.secret.encode(), payload.encode(), hashlib.sha256).hexdigest()
        return hmac.compare_digest(digest.encode(), signature.lower().encode())


def check_request(key: ApiKey, headers: Mapping[str, str], payload: str, now_ms: int) -> str:
    """Check a REST request, ``payload`` being its raw query or body; returns the account."""
    named = headers.get("X-BAPI-API-KEY", "")
    if not named:
        raise unauthorized()
    if named != key.key:
        raise invalid_key()
    sent = headers.get("X-BAPI-TIMESTAMP", "")
    window = headers.get("X-BAPI-RECV-WINDOW", str(DEFAULT_RECV_WINDOW_MS))
    check_time(sent, window, now_ms)
    origin = sent + named + window + payload
    if not key.signs(origin, headers.get("X-BAPI-SIGN", "")):
        raise invalid_sign(origin)
    return key.account


def check_time(sent: object, window: object, now_ms: int) -> None:
    """Check that a request is neither stale nor from the future; raises ApiError."""
    try:
        sent_ms, window_ms = int(str(sent)), int(str(window))
    except ValueError:
        raise parameter("timestamp or recv_window invalid") from None
    if not now_ms - window_ms <= sent_ms < now_ms + CLOCK_AHEAD_ALLOWED_MS:
        raise stale(sent_ms, now_ms, window_ms)


def check_socket(key: ApiKey, args: Any, now_ms: int) -> str:
    """Check the ``args`` of an ``auth`` message; returns the account."""
    if not isinstance(args, list) or len(args) != 3:
        raise ApiError(10001, "Params Error")
    named, expires, signature = (str(arg) for arg in args)
    if named != key.key:
        raise invalid_key()
    if not expires.isdigit() or int(expires) < now_ms:
        raise ApiError(10004, "Params Error, expires is in the past")
    if not key.signs(f"GET/realtime{expires}", signature):
        raise ApiError(10004, "Invalid sign")
    return key.account
