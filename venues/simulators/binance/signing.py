"""Who is asking, and is it really them: API keys, timestamps and signatures.

A signature covers the raw query string followed by the raw form body, exactly as sent, without
the ``signature`` parameter itself. The secret of a key is an HMAC secret, or an Ed25519 private
key in PEM, of which the public half is used.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from venues.simulators.binance.errors import ApiError, missing

DEFAULT_RECV_WINDOW_MS = 5000
MAX_RECV_WINDOW_MS = 60_000
CLOCK_AHEAD_ALLOWED_MS = 1000

_SIGNATURE = re.compile(r"(?:^|&)signature=([^&]*)")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that the venue knows, and the account it trades for."""

    key: str
    account: str
    secret: bytes
    public_key: Ed25519PublicKey | None = None

    @classmethod
    def create(cls, key: str, secret: str, account: str) -> "ApiKey":
        """A key from its secret; raises TypeError for a PEM that is not Ed25519."""
        if not secret.lstrip().startswith("-----BEGIN"):
            return cls(key, account, secret.encode())
        private = load_pem_private_key(secret.encode(), password=None)
        if not isinstance(private, Ed25519PrivateKey):
            raise TypeError("the simulated Binance verifies HMAC and Ed25519 keys only")
        return cls(key, account, b"", private.public_key())

    def verifies(self, payload: str, signature: str) -> bool:
        """Whether the (decoded) signature belongs to the payload."""
        if self.public_key is None:
            expected = hmac.new(self.secret, payload.encode(), hashlib.sha256).hexdigest()
            return hmac.compare_digest(expected.encode(), signature.lower().encode())
        try:
            self.public_key.verify(base64.b64decode(signature), payload.encode())
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True


class KeyRing:
    """The API keys of one venue."""

    def __init__(self, keys: Sequence[ApiKey]) -> None:
        self._keys = {key.key: key for key in keys}

    def identify(self, header: str | None) -> ApiKey:
        """The key that a request names; raises ApiError."""
        if not header:
            raise ApiError(-2014, "API-key format invalid.", 401)
        key = self._keys.get(header)
        if key is None:
            raise ApiError(-2015, "Invalid API-key, IP, or permissions for action.", 401)
        return key


def check_signed(
    key: ApiKey, query: str, body: str, params: Mapping[str, str], now_ms: int
) -> None:
    """Check time and signature of a request; raises ApiError."""
    check_time(params, now_ms)
    found = _SIGNATURE.search(query) or _SIGNATURE.search(body)
    if found is None or not found.group(1):
        raise missing("signature")
    payload = _SIGNATURE.sub("", query) + _SIGNATURE.sub("", body)
    # Encoded signatures carry a plus sign as %2B, so a literal one stays what it is.
    if not key.verifies(payload, unquote(found.group(1))):
        raise ApiError(-1022, "Signature for this request is not valid.")


def check_session(key: ApiKey, params: Mapping[str, str], now_ms: int) -> None:
    """Check time and signature of a WebSocket request: its parameters in alphabetical order."""
    check_time(params, now_ms)
    signature = params.get("signature")
    if not signature:
        raise missing("signature")
    payload = "&".join(f"{k}={v}" for k, v in sorted(params.items()) if k != "signature")
    if not key.verifies(payload, signature):
        raise ApiError(-1022, "Signature for this request is not valid.")


def check_time(params: Mapping[str, str], now_ms: int) -> None:
    """Check that a request is neither stale nor from the future; raises ApiError."""
    try:
        timestamp = int(params["timestamp"])
    except (KeyError, ValueError):
        raise missing("timestamp") from None
    try:
        window = float(params.get("recvWindow", DEFAULT_RECV_WINDOW_MS))
    except ValueError:
        raise missing("recvWindow") from None
    if window > MAX_RECV_WINDOW_MS:
        raise ApiError(-1131, "'recvWindow' must be less than 60000.")
    if timestamp >= now_ms + CLOCK_AHEAD_ALLOWED_MS:
        text = "Timestamp for this request was 1000ms ahead of the server's time."
        raise ApiError(-1021, text)
    if now_ms - timestamp > window:
        raise ApiError(-1021, "Timestamp for this request is outside of the recvWindow.")
