"""Who is calling. Every path needs a key, except the few that say nothing about trading."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader
from starlette.types import ASGIApp, Receive, Scope, Send

from api import docs_page
from api.problems import problem_of
from domain.errors import OdumError

HEADER = "X-API-Key"
OPEN_PATHS = frozenset({"/healthz", "/readyz"}) | docs_page.PATHS

_EVERY_STRATEGY = "*"
_SCOPE_KEY = "odum.caller"


class Role(StrEnum):
    """A strategy trades for itself; an operator also stops trading and resolves stuck orders."""

    OPERATOR = "operator"
    STRATEGY = "strategy"


class NotAuthenticated(OdumError):
    code = "invalid_api_key"
    status = 401
    headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": f'ApiKey header="{HEADER}"'}


class MissingApiKey(NotAuthenticated):
    code = "missing_api_key"

    def __init__(self) -> None:
        super().__init__(f"Send your API key in the header {HEADER}.")


class InvalidApiKey(NotAuthenticated):
    code = "invalid_api_key"

    def __init__(self) -> None:
        super().__init__("This API key is not known; check it for typing errors.")


class ExpiredApiKey(NotAuthenticated):
    code = "expired_api_key"

    def __init__(self) -> None:
        super().__init__("This API key has expired; ask the operator for a new one.")


class OperatorOnly(OdumError):
    code = "operator_only"
    status = 403

    def __init__(self) -> None:
        super().__init__("This needs a key with the role 'operator'.")


class StrategyNotAllowed(OdumError):
    code = "strategy_not_allowed"
    status = 403

    def __init__(self, strategy_id: str) -> None:
        super().__init__(
            f"This key may not act for the strategy {strategy_id!r}; use that strategy's own key."
        )


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One caller. Only the SHA-256 of the key is kept; `strategies` None means every strategy."""

    name: str
    digest: bytes = field(repr=False)
    strategies: frozenset[str] | None
    role: Role
    expires_at: datetime | None = None

    @classmethod
    def from_secret(
        cls,
        name: str,
        secret: str,
        strategies: Iterable[str],
        role: Role,
        expires_at: datetime | None = None,
    ) -> Self:
        """The key as its owner sends it; `*` among the strategies means every strategy."""
        named = frozenset(strategies)
        allowed = None if _EVERY_STRATEGY in named else named
        return cls(name, _digest(secret.encode()), allowed, role, expires_at)

    def may_act_for(self, strategy_id: str) -> bool:
        return self.strategies is None or strategy_id in self.strategies

    def require_strategy(self, strategy_id: str) -> None:
        if not self.may_act_for(strategy_id):
            raise StrategyNotAllowed(strategy_id)


class ApiKeys:
    """The keys that are known."""

    def __init__(
        self, keys: Sequence[ApiKey], now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._keys = tuple(keys)
        self._now = now

    def authenticate(self, presented: bytes | None) -> ApiKey:
        """The owner of the key. Raises NotAuthenticated."""
        if not presented:
            raise MissingApiKey
        digest = _digest(presented)
        # Every key is compared, each in constant time, so that timing tells nothing about any.
        matches = [key for key in self._keys if hmac.compare_digest(key.digest, digest)]
        if not matches:
            raise InvalidApiKey
        key = matches[0]
        if key.expires_at is not None and key.expires_at <= self._now():
            raise ExpiredApiKey
        return key


class Authentication:
    """ASGI middleware: closed by default, so that no HTTP route can forget to ask for the key."""

    def __init__(self, app: ASGIApp, keys: ApiKeys) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in OPEN_PATHS:
            try:
                scope[_SCOPE_KEY] = self._keys.authenticate(_presented(scope))
            except NotAuthenticated as error:
                await problem_of(error, scope["path"])(scope, receive, send)
                return
        await self._app(scope, receive, send)


async def _caller(
    request: Request,
    _: Annotated[
        str | None,
        Security(APIKeyHeader(name=HEADER, auto_error=False, description="Your API key.")),
    ],
) -> ApiKey:
    key: ApiKey = request.scope[_SCOPE_KEY]
    return key


Caller = Annotated[ApiKey, Depends(_caller)]


async def _operator(caller: Caller) -> ApiKey:
    if caller.role is not Role.OPERATOR:
        raise OperatorOnly
    return caller


Operator = Annotated[ApiKey, Depends(_operator)]


def authenticated(request: Request) -> ApiKey:
    """The caller of a request that has passed `Authentication`."""
    key: ApiKey = request.scope[_SCOPE_KEY]
    return key


def _presented(scope: Scope) -> bytes | None:
    wanted = HEADER.lower().encode()
    return next((value for name, value in scope["headers"] if name == wanted), None)


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
