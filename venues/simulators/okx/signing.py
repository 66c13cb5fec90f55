"""Who is asking, and is it really them: keys, passphrases, timestamps and signatures.

A REST signature is the base64 HMAC-SHA256 of timestamp + method + path with query + body, exactly
as sent; a login signs timestamp + "GET" + "/users/self/verify".
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from venues.simulators.okx.errors import ApiError, LoginError

WINDOW_MS = 30_000
"""How far a timestamp may be from the venue's clock."""

LOGIN_PATH = "/users/self/verify"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that the venue knows, and the account it trades for. ``demo`` keys trade the demo."""

    key: str
    secret: str = field(repr=False)
    passphrase: str = field(repr=False)
    account: str = "main"
    demo: bool = False

    def signs(self, payload: str, signature: str) -> bool:
        """Whether the signature belongs to the payload."""
        digest = hmac.new(self.secret.encode(), payload.encode(), hashlib.sha256).digest()
        return hmac.compare_digest(base64.b64encode(digest), signature.encode())


class KeyRing:
    """The API keys of the venue."""

    def __init__(self, keys: Sequence[ApiKey]) -> None:
        self._keys = {key.key: key for key in keys}

    def check_request(
        self, headers: Mapping[str, str], method: str, target: str, body: str, now_ms: int
    ) -> ApiKey:
        """The key of a signed request; raises ApiError. ``target`` is the path with its query."""
        given = {}
        for code, name in (
            ("50103", "OK-ACCESS-KEY"),
            ("50104", "OK-ACCESS-PASSPHRASE"),
            ("50106", "OK-ACCESS-SIGN"),
            ("50107", "OK-ACCESS-TIMESTAMP"),
        ):
            given[name] = headers.get(name, "")
            if not given[name]:
                raise ApiError(code, f'Request header "{name}" cannot be empty.', 401)
        key = self._keys.get(given["OK-ACCESS-KEY"])
        if key is None:
            raise ApiError("50111", "Invalid OK-ACCESS-KEY", 401)
        stamp = given["OK-ACCESS-TIMESTAMP"]
        sent_ms = _milliseconds(stamp)
        if sent_ms is None:
            raise ApiError("50112", "Invalid OK-ACCESS-TIMESTAMP", 401)
        if abs(now_ms - sent_ms) > WINDOW_MS:
            raise ApiError("50102", "Timestamp request expired", 401)
        if given["OK-ACCESS-PASSPHRASE"] != key.passphrase:
            text = 'Request header "OK-ACCESS-PASSPHRASE" incorrect.'
            raise ApiError("50105", text, 401)
        if not key.signs(f"{stamp}{method}{target}{body}", given["OK-ACCESS-SIGN"]):
            raise ApiError("50113", "Invalid Sign", 401)
        return key

    def check_login(self, args: Any, now_ms: int) -> ApiKey:
        """The key of a WebSocket login; raises LoginError."""
        if not isinstance(args, list) or not args or not isinstance(args[0], dict):
            raise LoginError("60013", "Invalid args")
        login = {name: str(value) for name, value in args[0].items()}
        key = self._keys.get(login.get("apiKey", ""))
        if key is None:
            raise LoginError("60005", "Invalid apiKey")
        if login.get("passphrase") != key.passphrase:
            raise LoginError("60024", "Wrong passphrase")
        stamp = login.get("timestamp", "")
        try:
            sent_ms = float(stamp) * 1000
        except ValueError:
            raise LoginError("60004", "Invalid timestamp") from None
        if abs(now_ms - sent_ms) > WINDOW_MS:
            raise LoginError("60006", "Timestamp request expired")
        if not key.signs(f"{stamp}GET{LOGIN_PATH}", login.get("sign", "")):
            raise LoginError("60007", "Invalid sign")
        return key


def _milliseconds(stamp: str) -> int | None:
    """An ISO time, or seconds since the epoch (the docs allow both)."""
    try:
        when = datetime.fromisoformat(stamp)
    except ValueError:
        try:
            return int(float(stamp) * 1000)
        except ValueError:
            return None
    if when.tzinfo is None:
        return None
    return int(when.astimezone(UTC).timestamp() * 1000)
