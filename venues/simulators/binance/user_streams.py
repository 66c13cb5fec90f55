"""User streams: pushing an account's events to the sockets that listen to them.

They listen to the account's listen key as to any stream, or by a subscription of a WebSocket API
session.
"""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from venues.simulators.binance.listen_keys import ListenKeys
from venues.simulators.binance.subscribers import Subscribers
from venues.simulators.cuts import Cut
from venues.simulators.events import Step
from venues.simulators.fault_plans import EventPlan
from venues.simulators.faults import Faults
from venues.simulators.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Subscription:
    """A session of the WebSocket API that wants an account's events; they carry its number."""

    account: str
    outbox: Outbox
    number: int

    def send(self, payload: str) -> None:
        """Send one event."""
        self.outbox.send(f'{{"subscriptionId":{self.number},"event":{payload}}}')


class UserStreams:
    """All user streams of a product."""

    def __init__(
        self, venue: str, faults: Faults, subscribers: Subscribers, listen_keys: ListenKeys
    ) -> None:
        self._venue = venue
        self._faults = faults
        self._subscribers = subscribers
        self._listen_keys = listen_keys
        self._subscriptions: dict[Subscription, None] = {}
        self._refused_until = 0.0

    def add(self, subscription: Subscription) -> None:
        """Begin to send an account's events to a session."""
        self._subscriptions[subscription] = None

    def end(self, subscription: Subscription, now_ms: int) -> None:
        """Stop that, and say so."""
        if self._subscriptions.pop(subscription, True) is None:
            subscription.send(_json({"e": "eventStreamTerminated", "E": now_ms}))

    def discard(self, outbox: Outbox) -> None:
        """Forget a session whose socket is gone."""
        for subscription in [sub for sub in self._subscriptions if sub.outbox is outbox]:
            del self._subscriptions[subscription]

    def push(self, account: str, event: Mapping[str, Any]) -> None:
        """Send an event to all who listen to an account."""
        self._send(account, _json(event))

    def push_step(
        self, account: str, step: Step, client_order_id: str, events: Sequence[Mapping[str, Any]]
    ) -> None:
        """Send the events of a step of an order, or what the armed faults make of them."""
        plan = self._faults.event_plan(self._venue, step, client_order_id)
        plan = plan or EventPlan()
        for text in [_json(event) for event in events] * plan.copies:
            if plan.delay_ms:
                loop = asyncio.get_running_loop()
                loop.call_later(plan.delay_ms / 1000, self._send, account, text)
            else:
                self._send(account, text)

    def announce_expired(self, now_ms: int) -> None:
        """Tell who listens to a listen key that has expired; no event follows."""
        for key in self._listen_keys.newly_expired(now_ms):
            event = {"e": "listenKeyExpired", "E": now_ms, "listenKey": key}
            self._subscribers.publish(key, event)
            self._subscribers.close(key)

    def outboxes(self) -> list[Outbox]:
        """The sockets that get events of an account."""
        listening = [
            subscriber.outbox
            for key in self._listen_keys.known()
            for subscriber in self._subscribers.of(key)
        ]
        return list(dict.fromkeys([*listening, *(sub.outbox for sub in self._subscriptions)]))

    def cut(self, cut: Cut) -> int:
        """End the sockets that get events, refuse new ones for a while; returns how many."""
        self._refused_until = asyncio.get_running_loop().time() + cut.refuse_s
        ended = cut.of(self.outboxes(), private=True)
        if ended:
            self._subscriptions.clear()
            for key in self._listen_keys.known():
                self._subscribers.close(key)
        return ended

    def lets_in(self, names: Iterable[str]) -> bool:
        """Whether a socket may begin to listen to streams: user streams are refused at times."""
        accepts = asyncio.get_running_loop().time() >= self._refused_until
        return accepts or not set(names) & set(self._listen_keys.known())

    def accepting(self) -> bool:
        """Whether new sessions are let in."""
        return asyncio.get_running_loop().time() >= self._refused_until

    def _send(self, account: str, text: str) -> None:
        self._subscribers.publish_text(self._listen_keys.key_of(account), text)
        for subscription in self._subscriptions:
            if subscription.account == account:
                subscription.send(text)


def _json(event: Mapping[str, Any]) -> str:
    return json.dumps(event, separators=(",", ":"))
