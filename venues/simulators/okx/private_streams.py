"""Private channels: who listens, and pushing an account's events to them."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from venues.simulators.cuts import Cut
from venues.simulators.events import Step
from venues.simulators.faults import Faults
from venues.simulators.outbox import Outbox

UID = "44705892343619584"
PRIVATE_CHANNELS = frozenset({"orders", "account", "positions", "balance_and_position", "fills"})
BUSINESS_CHANNELS = frozenset({"orders-algo", "algo-advance"})
BY_TYPE = frozenset({"orders", "positions", "orders-algo", "algo-advance"})
"""Channels that need an ``instType``."""

TIERED_CHANNELS = frozenset({"fills"})
"""Channels of higher fee tiers than this account's."""


@dataclass(slots=True, eq=False)
class Listening:
    """What one logged-in socket has subscribed to."""

    account: str
    outbox: Outbox
    args: list[Mapping[str, str]] = field(default_factory=list)

    def wants(self, channel: str, row: Mapping[str, Any]) -> list[Mapping[str, str]]:
        """The subscriptions that a row is for."""
        return [arg for arg in self.args if arg["channel"] == channel and _covers(arg, row)]


class PrivateStreams:
    """All sockets with a login."""

    def __init__(self, venue: str, faults: Faults) -> None:
        self._venue = venue
        self._faults = faults
        self._listening: dict[Outbox, Listening] = {}
        self._refused_until = 0.0

    def log_in(self, account: str, outbox: Outbox) -> None:
        """A socket has shown who it is."""
        self._listening.setdefault(outbox, Listening(account, outbox))

    def account_of(self, outbox: Outbox) -> str | None:
        """Whose socket it is; None before its login."""
        listening = self._listening.get(outbox)
        return listening.account if listening else None

    def subscribe(self, outbox: Outbox, arg: Mapping[str, str]) -> None:
        """Begin to send a channel to a socket. Twice is once."""
        args = self._listening[outbox].args
        if arg not in args:
            args.append(arg)

    def unsubscribe(self, outbox: Outbox, arg: Mapping[str, str]) -> None:
        """Send a channel no more."""
        args = self._listening[outbox].args
        if arg in args:
            args.remove(arg)

    def discard(self, outbox: Outbox) -> None:
        """Forget a socket."""
        self._listening.pop(outbox, None)

    def hears(self, account: str) -> bool:
        """Whether an account has a socket at all."""
        return any(listening.account == account for listening in self._listening.values())

    def push(self, account: str, channel: str, row: Mapping[str, Any], **extra: Any) -> None:
        """Send a row of a channel to everybody who wants it."""
        for listening, arg in self._wanting(account, channel, row):
            listening.outbox.send(message(arg, [row], **extra))

    def push_step(
        self, account: str, channel: str, row: Mapping[str, Any], step: Step, client_order_id: str
    ) -> None:
        """Send a step of an order, or what the armed faults make of it.

        Not at once: the reply to the command that made the step leaves first.
        """
        plan = self._faults.event_plan(self._venue, step, client_order_id)
        loop = asyncio.get_running_loop()
        for _ in range(1 if plan is None else plan.copies):
            if plan is not None and plan.delay_ms:
                loop.call_later(plan.delay_ms / 1000, self.push, account, channel, row)
            else:
                loop.call_soon(self.push, account, channel, row)

    def push_soon(self, account: str, channel: str, row: Mapping[str, Any], **extra: Any) -> None:
        """Send a row after the steps that led to it."""
        loop = asyncio.get_running_loop()
        loop.call_soon(lambda: self.push(account, channel, row, **extra))

    def outboxes(self) -> list[Outbox]:
        """The sockets with a login."""
        return list(self._listening)

    def cut(self, cut: Cut) -> int:
        """End every socket with a login and refuse new ones for a while; returns how many ended.

        The real venue ends connections without a close frame (1006).
        """
        self._refused_until = asyncio.get_running_loop().time() + cut.refuse_s
        ended = cut.of(self.outboxes(), private=True)
        if ended:
            self._listening.clear()
        return ended

    def accepting(self) -> bool:
        """Whether new private sockets are let in."""
        return asyncio.get_running_loop().time() >= self._refused_until

    def _wanting(
        self, account: str, channel: str, row: Mapping[str, Any]
    ) -> list[tuple[Listening, Mapping[str, str]]]:
        return [
            (listening, arg)
            for listening in self._listening.values()
            if listening.account == account
            for arg in listening.wants(channel, row)
        ]


def message(arg: Mapping[str, str], rows: Sequence[Any], **extra: Any) -> str:
    """A pushed message of a private channel."""
    frame = {"arg": {**arg, "uid": UID}, **extra, "data": rows}
    return json.dumps(frame, separators=(",", ":"))


def _covers(arg: Mapping[str, str], row: Mapping[str, Any]) -> bool:
    inst_type = arg.get("instType", "ANY")
    if inst_type not in ("ANY", row.get("instType", inst_type)):
        return False
    inst_id, family = arg.get("instId", ""), arg.get("instFamily", "")
    if inst_id and inst_id != row.get("instId"):
        return False
    return not family or str(row.get("instId", "")).startswith(f"{family}-")
