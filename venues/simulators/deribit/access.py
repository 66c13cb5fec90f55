"""Who is asking: signatures of requests and of logins, and the tokens that logins give.

Deribit verifies a signature over the raw request target, so the very bytes of it are needed.
Source: docs.deribit.com, "Authentication"; a nonce may repeat, and no time window is documented.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from venues.simulators.deribit.errors import (
    RpcError,
    invalid_credentials,
    invalid_params,
    unauthorized,
)
from venues.simulators.deribit.params import Params

TOKEN_LIFE_S = 900
SCOPE = "account:read_write trade:read_write wallet:read_write block_trade:read_write mainaccount"
_HMAC = "deri-hmac-sha256 "


@dataclass(frozen=True, slots=True)
class Signed:
    """A request as it came in, for its signature."""

    method: str
    target: str
    body: str
    authorization: str


@dataclass(slots=True)
class Token:
    """What a login gave; ``refresh`` renews it once."""

    access: str
    refresh: str
    account: str
    expires_ns: int
    scope: str


class Access:
    """The API key of the venue's one account, and all tokens given out."""

    def __init__(self, client_id: str, client_secret: str, account: str) -> None:
        self._id = client_id
        self._secret = client_secret
        self._account = account
        self._tokens: dict[str, Token] = {}
        self._refreshes: dict[str, Token] = {}

    def account_of(self, signed: Signed, now_ns: int) -> str | None:
        """The account of a request by its Authorization header, None without one."""
        header = signed.authorization
        if not header:
            return None
        if header.startswith(_HMAC):
            return self._by_signature(signed)
        kind, _, value = header.partition(" ")
        if kind.lower() == "bearer":
            return self.account_of_token(value.strip(), now_ns)
        if kind.lower() == "basic":
            return self._by_password(value)
        raise unauthorized("unknown kind of authorization")

    def account_of_token(self, access: str, now_ns: int) -> str:
        """The account of a token; raises RpcError 13009 for an expired or unknown one."""
        token = self._tokens.get(access)
        if token is None or token.expires_ns <= now_ns:
            raise unauthorized("invalid_token")
        return token.account

    def is_live(self, access: str, now_ns: int) -> bool:
        """Whether a token is still good."""
        token = self._tokens.get(access)
        return token is not None and token.expires_ns > now_ns

    def log_in(self, params: Params, now_ns: int) -> Token:
        """``public/auth`` in its three ways."""
        match params.text("grant_type"):
            case "client_credentials":
                self._check_secret(params.text("client_id"), params.text("client_secret"))
            case "client_signature":
                self._check_signature(params)
            case "refresh_token":
                used = self._refreshes.pop(params.text("refresh_token"), None)
                if used is None:
                    raise invalid_credentials()
                self._tokens.pop(used.access, None)
            case _:
                raise invalid_params("grant_type", "unknown grant type")
        # A scope "expires:NUMBER" asks for a shorter life.
        asked = params.text_or("scope", "").split()
        lives = [int(word[8:]) for word in asked if word[:8] == "expires:" and word[8:].isdigit()]
        life_s = min([TOKEN_LIFE_S, *lives])
        scope = " ".join([*asked, SCOPE]) if asked else f"connection {SCOPE}"
        access, refresh = (f"{now_ns // 10**6}.1{secrets.token_urlsafe(12)}" for _ in range(2))
        token = Token(access, refresh, self._account, now_ns + life_s * 10**9, scope)
        self._tokens[access] = self._refreshes[refresh] = token
        return token

    def revoke(self, access: str) -> None:
        """End a token, as a logout does."""
        token = self._tokens.pop(access, None)
        if token is not None:
            self._refreshes.pop(token.refresh, None)

    def expire_all(self) -> int:
        """End all tokens now; returns how many."""
        ended = len(self._tokens)
        self._tokens.clear()
        self._refreshes.clear()
        return ended

    def answer(self, token: Token, now_ns: int, state: str | None) -> dict[str, object]:
        """What ``public/auth`` answers."""
        answer: dict[str, object] = {
            "access_token": token.access,
            "refresh_token": token.refresh,
            "expires_in": (token.expires_ns - now_ns) // 10**9,
            "scope": token.scope,
            "token_type": "bearer",
            "enabled_features": [],
        }
        return answer if state is None else {**answer, "state": state}

    def _by_signature(self, signed: Signed) -> str:
        fields = _fields(signed.authorization[len(_HMAC) :])
        try:
            client_id, ts, nonce = fields["id"], fields["ts"], fields["nonce"]
            signature = fields["sig"]
        except KeyError:
            raise _bad_request("authorization header needs id, ts, sig and nonce") from None
        text = f"{ts}\n{nonce}\n{signed.method}\n{signed.target}\n{signed.body}\n"
        if client_id != self._id or not self._verifies(text, signature):
            raise invalid_credentials()
        return self._account

    def _by_password(self, value: str) -> str:
        try:
            client_id, _, secret = base64.b64decode(value).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise invalid_credentials() from None
        self._check_secret(client_id, secret)
        return self._account

    def _check_secret(self, client_id: str, secret: str) -> None:
        known = hmac.compare_digest(secret.encode(), self._secret.encode())
        if client_id != self._id or not known:
            raise invalid_credentials()

    def _check_signature(self, params: Params) -> None:
        nonce, data = params.text_or("nonce", ""), params.text_or("data", "")
        text = f"{params.text('timestamp')}\n{nonce}\n{data}"
        known = self._verifies(text, params.text("signature"))
        if params.text("client_id") != self._id or not known:
            raise invalid_credentials()

    def _verifies(self, text: str, signature: str) -> bool:
        expected = hmac.new(self._secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected.encode(), signature.lower().encode())


def _fields(header: str) -> Mapping[str, str]:
    pairs = (part.strip().partition("=") for part in header.split(","))
    return {name: value for name, _, value in pairs}


def _bad_request(reason: str) -> RpcError:
    return RpcError(11050, "bad_request", {"reason": reason})
