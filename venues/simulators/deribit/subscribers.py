"""Who listens to which channel, and what is held back until its interval has passed."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from venues.simulators.deribit.channels import DELAY_S, Channel


class Subscriber(Protocol):
    """A connection that listens."""

    @property
    def speaks_for(self) -> str | None:
        """The account that it is logged in for, as long as its token lives."""

    def send(self, text: str) -> None:
        """Send a text; never waits."""


class Subscribers:
    """All subscriptions of one kind of streams."""

    def __init__(self) -> None:
        self._channels: dict[str, Channel] = {}
        self._listeners: dict[str, set[Subscriber]] = {}

    def add(self, channel: Channel, subscriber: Subscriber) -> None:
        self._channels[channel.name] = channel
        self._listeners.setdefault(channel.name, set()).add(subscriber)

    def discard(self, subscriber: Subscriber, name: str) -> None:
        listeners = self._listeners.get(name)
        if listeners is None:
            return
        listeners.discard(subscriber)
        if not listeners:
            del self._listeners[name], self._channels[name]

    def drop(self, subscriber: Subscriber) -> None:
        """Forget a connection."""
        for name in list(self._listeners):
            self.discard(subscriber, name)

    def has(self, name: str) -> bool:
        return name in self._listeners

    def channels(self) -> Iterator[Channel]:
        yield from list(self._channels.values())

    def of(self, name: str) -> list[Subscriber]:
        return list(self._listeners.get(name, ()))

    def everybody(self) -> set[Subscriber]:
        """Every connection that listens to anything here."""
        return {subscriber for listeners in self._listeners.values() for subscriber in listeners}


class Intervals:
    """Holds items back and hands them over together when their interval has passed."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], list[Any]] = {}

    def hold(
        self, channel: Channel, owner: str, item: Any, hand_over: Callable[[list[Any]], None]
    ) -> None:
        """Add an item; ``hand_over`` gets all items of the interval that it belongs to."""
        key = (channel.name, owner)
        if key in self._held:
            self._held[key].append(item)
            return
        self._held[key] = [item]
        loop = asyncio.get_running_loop()
        loop.call_later(DELAY_S[channel.interval], lambda: hand_over(self._held.pop(key)))
