"""Who is asking: signatures of requests and of logins, and what the one API key may do.

Deribit verifies a signature over the raw request target, so the very bytes of it are needed.
Source: docs.deribit.com, "Authentication"; a nonce may repeat, and no time window is documented.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

from venues.simulators.deribit.errors import (
    RpcError,
    invalid_credentials,
    invalid_params,
    unauthorized,
)
from venues.simulators.deribit.params import Params
from venues.simulators.deribit.scopes import narrowed
from venues.simulators.deribit.tokens import Token, Tokens, session_of

TOKEN_LIFE_S = 900
_HMAC = "deri-hmac-sha256 "
_LIFE = re.compile(r"[1-9]\d{0,8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Signed:
    """A request as it came in, for its signature."""

    method: str
    target: str
    body: str
    authorization: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose request it is, and what it may do."""

    account: str
    scope: str


class Access:
    """The API key of the venue's one account, and the tokens given out for it."""

    def __init__(self, client_id: str, client_secret: str, account: str, key_scope: str) -> None:
        self.tokens = Tokens()
        self._id = client_id
        self._secret = client_secret
        self._key = Identity(account, key_scope)

    def identify(self, signed: Signed, now_ns: int) -> Identity | None:
        """Whose request it is by its Authorization header, None without one."""
        header = signed.authorization
        if not header:
            return None
        if header.startswith(_HMAC):
            return self._by_signature(signed)
        kind, _, value = header.partition(" ")
        if kind.lower() == "bearer":
            return self.by_token(value.strip(), now_ns, None)
        if kind.lower() == "basic":
            return self._by_password(value)
        raise unauthorized("unknown kind of authorization")

    def by_token(self, access: str, now_ns: int, connection: object | None) -> Identity:
        """Whose token it is, used over a connection; raises RpcError 13009."""
        token = self.tokens.good(access, now_ns, connection)
        return Identity(token.account, token.scope)

    def log_in(self, params: Params, now_ns: int, connection: object | None) -> Token:
        """``public/auth`` in its three ways."""
        key, session = self._key.scope, ""
        match params.text("grant_type"):
            case "client_credentials":
                self._check_secret(params.text("client_id"), params.text("client_secret"))
            case "client_signature":
                self._check_signature(params)
            case "refresh_token":
                used = self.tokens.refreshed(params.text("refresh_token"), connection)
                key, session = used.scope, used.session
            case _:
                raise invalid_params("grant_type", "unknown grant type")
        words = params.text_or("scope", "").split()
        return self._give(words, key, session_of(words) or session, now_ns, connection)

    def fork(self, params: Params, now_ns: int) -> Token:
        """``public/fork_token``: the same rights for a session of another name."""
        parent = self.tokens.known(params.text("refresh_token"))
        if not parent.session:
            raise _bad_request("only tokens of a session can be forked")
        return self._give([], parent.scope, params.text("session_name"), now_ns, None)

    def exchange(self, params: Params, now_ns: int, own_id: int) -> Token:
        """``public/exchange_token``: the account is its only subject here."""
        parent = self.tokens.known(params.text("refresh_token"))
        if params.integer("subject_id") != own_id:
            raise invalid_params("subject_id", "not found")
        words = params.text_or("scope", "").split()
        return self._give(words, parent.scope, session_of(words) or parent.session, now_ns, None)

    def answer(self, token: Token, now_ns: int, state: str | None) -> dict[str, object]:
        """What ``public/auth`` answers."""
        answer: dict[str, object] = {
            "access_token": token.access,
            "refresh_token": token.refresh,
            "expires_in": (token.expires_ns - now_ns) // 10**9,
            "scope": token.words,
            "token_type": "bearer",
            "enabled_features": [],
        }
        return answer if state is None else {**answer, "state": state}

    def _give(
        self, words: list[str], key: str, session: str, now_ns: int, connection: object | None
    ) -> Token:
        """A token with the narrower of what was asked for and what there is to give."""
        # A scope "expires:NUMBER" asks for a shorter life.
        asked = [word[8:] for word in words if word.startswith("expires:")]
        lives = [int(life) for life in asked if _LIFE.fullmatch(life)]
        return self.tokens.give(
            self._key.account,
            narrowed(words, key),
            min([TOKEN_LIFE_S, *lives]),
            now_ns,
            session=session,
            connection=connection,
        )

    def _by_signature(self, signed: Signed) -> Identity:
        fields = _fields(signed.authorization[len(_HMAC) :])
        try:
            client_id, ts, nonce = fields["id"], fields["ts"], fields["nonce"]
            signature = fields["sig"]
        except KeyError:
            raise _bad_request("authorization header needs id, ts, sig and nonce") from None
        text = f"{ts}\n{nonce}\n{signed.method}\n{signed.target}\n{signed.body}\n"
        if client_id != self._id or not self._verifies(text, signature):
            raise invalid_credentials()
        return self._key

    def _by_password(self, value: str) -> Identity:
        try:
            client_id, _, secret = base64.b64decode(value).decode().partition(":")
        except ValueError:
            raise invalid_credentials() from None
        self._check_secret(client_id, secret)
        return self._key

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
        # A header may hold any bytes; they are signed as they came.
        raw = text.encode("utf-8", "surrogateescape")
        expected = hmac.new(self._secret.encode(), raw, hashlib.sha256).hexdigest()
        given = signature.lower().encode("utf-8", "surrogateescape")
        return hmac.compare_digest(expected.encode(), given)


def _fields(header: str) -> Mapping[str, str]:
    pairs = (part.strip().partition("=") for part in header.split(","))
    return {name: value for name, _, value in pairs}


def _bad_request(reason: str) -> RpcError:
    return RpcError(11050, "bad_request", {"reason": reason})
