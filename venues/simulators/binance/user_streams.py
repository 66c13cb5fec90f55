"""User streams: pushing an account's events to its sockets."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from venues.simulators.events import Step
from venues.simulators.fault_plans import EventPlan
from venues.simulators.faults import Faults
from venues.simulators.outbox import Outbox


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

    def push_step(
        self, account: str, step: Step, client_order_id: str, events: Sequence[Mapping[str, Any]]
    ) -> None:
        """Send the events of a step of an order, or what the armed faults make of them."""
        texts = [json.dumps(event, separators=(",", ":")) for event in events]
        plan = self._faults.event_plan(self._venue, step, client_order_id)
        plan = plan or EventPlan()
        for text in texts * plan.copies:
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
        """Tell the sockets that a listen key opened that it has ended; no event follows.

        What a session of the WebSocket API subscribed to lives as long as its connection.
        """
        event = {"e": "listenKeyExpired", "E": now_ms, "listenKey": listen_key}
        for subscription in list(self._subscriptions):
            if subscription.account == account and subscription.number is None:
                subscription.send(json.dumps(event, separators=(",", ":")))
                self._subscriptions.discard(subscription)

    def accepting(self) -> bool:
        """Whether new user sockets are let in."""
        return asyncio.get_running_loop().time() >= self._refused_until

    def _send(self, account: str, text: str) -> None:
        for subscription in self._subscriptions:
            if subscription.account == account:
                subscription.send(text)
