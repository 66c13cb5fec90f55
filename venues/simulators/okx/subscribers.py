"""Who listens to which public channel, and sending to them."""

import json
from collections.abc import Mapping
from typing import Any

from venues.simulators.outbox import Outbox


class Subscribers:
    """Sockets by channel and by what they named: an instrument, a type, or nothing.

    While ``silent`` nobody is sent anything; the subscriptions stay.
    """

    def __init__(self) -> None:
        self._listeners: dict[tuple[str, str], set[Outbox]] = {}
        self.silent = False

    def add(self, outbox: Outbox, channel: str, name: str) -> None:
        """Begin to send a channel to a socket."""
        self._listeners.setdefault((channel, name), set()).add(outbox)

    def remove(self, outbox: Outbox, channel: str, name: str) -> None:
        """Send a channel no more."""
        self._listeners.get((channel, name), set()).discard(outbox)

    def discard(self, outbox: Outbox) -> None:
        """Forget a socket."""
        for listeners in self._listeners.values():
            listeners.discard(outbox)

    def wanting(self, channel: str, name: str) -> set[Outbox]:
        """Who wants to hear now."""
        return set() if self.silent else self._listeners.get((channel, name), set())

    def send(self, channel: str, name: str, data: list[Any], **extra: Any) -> None:
        """Push to everybody who wants it."""
        wanting = self.wanting(channel, name)
        if wanting:
            text = message({"channel": channel, "instId": name}, data, **extra)
            for outbox in list(wanting):
                outbox.send(text)


def message(arg: Mapping[str, str], data: list[Any], **extra: Any) -> str:
    """A pushed message of a public channel."""
    return json.dumps({"arg": arg, **extra, "data": data}, separators=(",", ":"))


def named(arg: Mapping[str, str]) -> str:
    """What a subscription names beside its channel."""
    return arg.get("instId") or arg.get("instType", "")
