"""The tokens that logins give, and the named sessions that some of them belong to.

Source: docs.deribit.com, "Connection Management". A token without a session belongs to the
connection that it was given over and dies with it; over HTTP, where each request may come over a
connection of its own, it lives until it expires. Of one key at most 16 sessions live: a further
one ends the oldest.
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from venues.simulators.deribit.errors import invalid_credentials, unauthorized

MOST_SESSIONS = 16


@dataclass(frozen=True, slots=True)
class Token:
    """What a login gave; ``refresh`` renews it once.

    ``scope`` is the functional one. ``connection`` is the WebSocket that alone may use it, None
    where that is any; ``session`` the name of its session, empty without one.
    """

    access: str
    refresh: str
    account: str
    scope: str
    expires_ns: int
    connection: object | None
    session: str

    @property
    def words(self) -> str:
        """The scope as an answer tells it."""
        bound = f"session:{self.session}" if self.session else "connection"
        return f"{bound} mainaccount {self.scope}".rstrip()


class Tokens:
    """All tokens that are good, oldest first."""

    def __init__(self) -> None:
        self._by_access: dict[str, Token] = {}
        self._by_refresh: dict[str, Token] = {}

    def give(
        self,
        account: str,
        scope: str,
        life_s: int,
        now_ns: int,
        *,
        session: str,
        connection: object | None,
    ) -> Token:
        """A new token. Those that have expired are forgotten meanwhile."""
        self._end(lambda token: token.expires_ns <= now_ns)
        access, refresh = (f"{now_ns // 10**6}.1{secrets.token_urlsafe(12)}" for _ in range(2))
        token = Token(
            access=access,
            refresh=refresh,
            account=account,
            scope=scope,
            expires_ns=now_ns + life_s * 10**9,
            connection=None if session else connection,
            session=session,
        )
        self._by_access[access] = self._by_refresh[refresh] = token
        sessions = list(dict.fromkeys(t.session for t in self._by_access.values() if t.session))
        for oldest in sessions[:-MOST_SESSIONS]:
            self._end(lambda token, oldest=oldest: token.session == oldest)  # type: ignore[misc]
        return token

    def good(self, access: str, now_ns: int, connection: object | None) -> Token:
        """The token of that name, used over a connection; raises RpcError 13009."""
        token = self._by_access.get(access)
        if token is None or token.expires_ns <= now_ns:
            raise unauthorized()
        if token.connection not in (None, connection):
            raise unauthorized()
        return token

    def is_live(self, access: str, now_ns: int) -> bool:
        """Whether a token is still good."""
        token = self._by_access.get(access)
        return token is not None and token.expires_ns > now_ns

    def scope(self, access: str) -> str:
        """What a token allows; nothing when it is not good any more."""
        token = self._by_access.get(access)
        return "" if token is None else token.scope

    def refreshed(self, refresh: str, connection: object | None) -> Token:
        """The token that a refresh token renews, used up by that; raises RpcError."""
        used = self.known(refresh)
        if used.connection not in (None, connection):
            raise unauthorized()
        self._end(lambda token: token is used)
        return used

    def known(self, refresh: str) -> Token:
        """The token of a refresh token, which stays good; raises RpcError 13004."""
        token = self._by_refresh.get(refresh)
        if token is None:
            raise invalid_credentials()
        return token

    def revoke(self, access: str) -> None:
        """End a token and the others of its session, as a logout does."""
        token = self._by_access.get(access)
        if token is not None:
            session = token.session
            self._end(lambda t: t is token or (bool(session) and t.session == session))

    def connection_ended(self, connection: object) -> None:
        """End what was good for one connection only."""
        self._end(lambda token: token.connection is connection)

    def expire_all(self) -> int:
        """End all tokens now; returns how many."""
        ended = len(self._by_access)
        self._by_access.clear()
        self._by_refresh.clear()
        return ended

    def __len__(self) -> int:
        return len(self._by_access)

    def _end(self, ends: Callable[[Token], bool]) -> None:
        for token in [token for token in self._by_access.values() if ends(token)]:
            del self._by_access[token.access]
            self._by_refresh.pop(token.refresh, None)


def session_of(words: Iterable[str]) -> str:
    """The session that a scope names, empty for none."""
    names = [word.partition(":")[2] for word in words if word.startswith("session:")]
    return next((name for name in names if name), "")
