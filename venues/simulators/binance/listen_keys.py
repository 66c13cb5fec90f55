"""Listen keys: the names under which accounts' user streams are opened."""

import hashlib
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
    announced: bool = False


class ListenKeys:
    """Listen keys by account. One is valid at a time, and lives an hour after its last renewal.

    A key is a function of account and generation, so that after a restart of the simulator the
    key that a client still holds opens its stream again.
    """

    def __init__(self, venue: str, accounts: list[str], now_ms: int) -> None:
        self._venue = venue
        self._generation = dict.fromkeys(accounts, 0)
        self._keys = {account: self._issue(account, now_ms) for account in accounts}

    def open(self, account: str, now_ms: int) -> str:
        """The account's key: the valid one, renewed, or a new one."""
        if self._keys[account].expires_ms <= now_ms:
            self._generation[account] += 1
            self._keys[account] = self._issue(account, now_ms)
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

    def account_of(self, key: str, now_ms: int) -> str | None:
        """Whose valid key this is."""
        for account, listen_key in self._keys.items():
            if listen_key.key == key and listen_key.expires_ms > now_ms:
                return account
        return None

    def newly_expired(self, now_ms: int) -> list[tuple[str, str]]:
        """Accounts and keys that expired since the last call: their streams end."""
        expired: list[tuple[str, str]] = []
        for account, listen_key in self._keys.items():
            if listen_key.expires_ms <= now_ms and not listen_key.announced:
                listen_key.announced = True
                expired.append((account, listen_key.key))
        return expired

    def _issue(self, account: str, now_ms: int) -> _ListenKey:
        name = f"{self._venue}/{account}/{self._generation[account]}"
        key = hashlib.blake2s(name.encode(), digest_size=32).hexdigest()
        return _ListenKey(key, now_ms + LISTEN_KEY_LIFE_MS)


class ListenKeyApi:
    """The REST endpoints of listen keys; they need the API key but no signature."""

    def __init__(self, listen_keys: ListenKeys) -> None:
        self._listen_keys = listen_keys

    def routes(self, path: str) -> Routes:
        """Open, renew and close under one path."""
        return {
            ("POST", path): Endpoint(self.open, Security.KEY, action=Action.STREAM),
            ("PUT", path): Endpoint(self.renew, Security.KEY, action=Action.STREAM),
            ("DELETE", path): Endpoint(self.close, Security.KEY, action=Action.STREAM),
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
