"""User streams: pushing an account's events to its sockets, and the listen keys that open them."""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from venues.simulators.binance.errors import INVALID_LISTEN_KEY, ApiError
from venues.simulators.faults import Faults
from venues.simulators.outbox import Outbox

LISTEN_KEY_LIFE_MS = 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Subscription:
    """A socket that wants an account's events; spot's WebSocket API numbers and wraps them."""

    account: str
    outbox: Outbox
    number: int | None = None

    def send(self, payload: str) -> None:
        """Send one event."""
        if self.number is None:
            self.outbox.send(payload)
        else:
            self.outbox.send(f'{{"subscriptionId":{self.number},"event":{payload}}}')


class UserStreams:
    """All user stream sockets of a venue."""

    def __init__(self, venue: str, faults: Faults) -> None:
        self._venue = venue
        self._faults = faults
        self._subscriptions: set[Subscription] = set()
        self._refused_until = 0.0

    def add(self, subscription: Subscription) -> None:
        """Begin to send an account's events to a socket."""
        self._subscriptions.add(subscription)

    def discard(self, outbox: Outbox) -> None:
        """Forget a socket."""
        gone = {sub for sub in self._subscriptions if sub.outbox is outbox}
        self._subscriptions -= gone

    def push(self, account: str, event: Mapping[str, Any]) -> None:
        """Send an event to all sockets of an account."""
        self._send(account, json.dumps(event, separators=(",", ":")))

    def push_fill(self, account: str, client_order_id: str, event: Mapping[str, Any]) -> None:
        """Send a fill, or what the armed faults make of it."""
        text = json.dumps(event, separators=(",", ":"))
        plan = self._faults.fill_plan(self._venue, client_order_id)
        if plan is None:
            self._send(account, text)
            return
        for _ in range(plan.copies):
            if plan.delay_ms:
                loop = asyncio.get_running_loop()
                loop.call_later(plan.delay_ms / 1000, self._send, account, text)
            else:
                self._send(account, text)

    def drop(self, refuse_s: float = 0.0) -> int:
        """Abort every socket now and refuse new ones for a while; returns how many died."""
        self._refused_until = asyncio.get_running_loop().time() + refuse_s
        dropped = {subscription.outbox for subscription in self._subscriptions}
        for outbox in dropped:
            outbox.abort()
        self._subscriptions.clear()
        return len(dropped)

    def expire(self, account: str, listen_key: str, now_ms: int) -> None:
        """Tell the sockets of an account that their listen key has ended; no event follows."""
        self.push(account, {"e": "listenKeyExpired", "E": now_ms, "listenKey": listen_key})
        self._subscriptions = {s for s in self._subscriptions if s.account != account}

    def accepting(self) -> bool:
        """Whether new user sockets are let in."""
        return asyncio.get_running_loop().time() >= self._refused_until

    def _send(self, account: str, text: str) -> None:
        for subscription in self._subscriptions:
            if subscription.account == account:
                subscription.send(text)


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
