"""Listen keys: the names under which accounts' user streams are opened."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from venues.simulators.binance.calls import Call, Endpoint, Routes, Security
from venues.simulators.binance.errors import INVALID_LISTEN_KEY, ApiError
from venues.simulators.fault_kinds import Action

LISTEN_KEY_LIFE_MS = 60 * 60 * 1000


@dataclass(slots=True)
class _ListenKey:
    key: str
    expires_ms: int


class ListenKeys:
    """Listen keys by account. One is valid at a time, and lives an hour after its last renewal.

    A key is a function of account and generation, so that after a restart of the simulator the
    key that a client still holds opens its stream again.
    """

    def __init__(self, venue: str, accounts: Sequence[str], now_ms: int) -> None:
        self._venue = venue
        self._generation = dict.fromkeys(accounts, 0)
        self._keys = {account: self._issue(account, now_ms) for account in accounts}
        self._unannounced: set[str] = {issued.key for issued in self._keys.values()}

    def open(self, account: str, now_ms: int) -> str:
        """The account's key: the valid one, renewed, or a new one."""
        if self._keys[account].expires_ms <= now_ms:
            self._generation[account] += 1
            self._keys[account] = self._issue(account, now_ms)
            self._unannounced.add(self._keys[account].key)
        return self.renew(account, now_ms)

    def renew(self, account: str, now_ms: int) -> str:
        """Let the account's key live another hour; raises ApiError if it has expired."""
        listen_key = self._keys[account]
        if listen_key.expires_ms <= now_ms:
            raise ApiError(*INVALID_LISTEN_KEY)
        listen_key.expires_ms = now_ms + LISTEN_KEY_LIFE_MS
        return listen_key.key

    def close(self, account: str, now_ms: int) -> None:
        """End the account's key now."""
        self._keys[account].expires_ms = now_ms

    def expire_all(self) -> None:
        """End every key now, unannounced."""
        for listen_key in self._keys.values():
            listen_key.expires_ms = 0

    def is_valid(self, key: str, now_ms: int) -> bool:
        """Whether a key opens a stream."""
        return any(each.key == key and each.expires_ms > now_ms for each in self._keys.values())

    def key_of(self, account: str) -> str:
        """The account's latest key."""
        return self._keys[account].key

    def known(self) -> list[str]:
        """The latest key of every account."""
        return [listen_key.key for listen_key in self._keys.values()]

    def newly_expired(self, now_ms: int) -> list[str]:
        """Keys that expired since the last call: their streams end."""
        living = {each.key for each in self._keys.values() if each.expires_ms > now_ms}
        expired = sorted(self._unannounced - living)
        self._unannounced &= living
        return expired

    def _issue(self, account: str, now_ms: int) -> _ListenKey:
        name = f"{self._venue}/{account}/{self._generation[account]}"
        key = hashlib.blake2s(name.encode(), digest_size=32).hexdigest()
        return _ListenKey(key, now_ms + LISTEN_KEY_LIFE_MS)


class ListenKeyApi:
    """The REST endpoints of listen keys; they need the API key but no signature."""

    def __init__(self, listen_keys: ListenKeys, weight: int) -> None:
        self._listen_keys = listen_keys
        self._weight = weight

    def routes(self, path: str) -> Routes:
        """Open, renew and close under one path."""
        handlers = {"POST": self.open, "PUT": self.renew, "DELETE": self.close}
        return {
            (method, path): Endpoint(handler, Security.KEY, self._weight, Action.STREAM)
            for method, handler in handlers.items()
        }

    def open(self, call: Call) -> dict[str, Any]:
        """The account's valid key, or a new one."""
        return {"listenKey": self._listen_keys.open(call.account, call.now_ms)}

    def renew(self, call: Call) -> dict[str, Any]:
        """Another hour for the account's key."""
        return {"listenKey": self._listen_keys.renew(call.account, call.now_ms)}

    def close(self, call: Call) -> dict[str, Any]:
        """End the account's key."""
        self._listen_keys.close(call.account, call.now_ms)
        return {}
