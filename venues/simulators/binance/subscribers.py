"""Who listens to which stream: market streams by their names, user streams by their listen keys."""

import json
from collections.abc import Iterable
from typing import Any

from venues.simulators.outbox import Outbox


class Subscriber:
    """One stream socket. ``combined`` says whether it gets events wrapped with their stream's name.

    Sockets on ``/stream`` begin so, those on ``/ws`` do not; a client can change it.
    """

    def __init__(self, outbox: Outbox, *, combined: bool) -> None:
        self.outbox = outbox
        self.combined = combined
        self.names: dict[str, None] = {}

    def tell(self, name: str, payload: Any) -> None:
        """Send an event of a stream to this socket alone."""
        self.hear(name, json.dumps(payload, separators=(",", ":")))

    def hear(self, name: str, bare: str) -> None:
        """Send an event of a stream."""
        self.outbox.send(f'{{"stream":"{name}","data":{bare}}}' if self.combined else bare)


class Subscribers:
    """The stream sockets of a product, by the names that they listen to."""

    def __init__(self) -> None:
        self._by_name: dict[str, dict[Subscriber, None]] = {}

    def add(self, subscriber: Subscriber, names: Iterable[str]) -> None:
        """Begin to send streams to a socket. Unknown ones stay silent, as on the venue."""
        for name in names:
            subscriber.names[name] = None
            self._by_name.setdefault(name, {})[subscriber] = None

    def remove(self, subscriber: Subscriber, names: Iterable[str]) -> None:
        """Stop sending streams to a socket."""
        for name in list(names):
            subscriber.names.pop(name, None)
            listeners = self._by_name.get(name, {})
            listeners.pop(subscriber, None)
            if not listeners:
                self._by_name.pop(name, None)

    def close(self, name: str) -> None:
        """End a stream for everybody."""
        for subscriber in self._by_name.pop(name, {}):
            subscriber.names.pop(name, None)

    def has(self, name: str) -> bool:
        """Whether somebody listens to a stream."""
        return name in self._by_name

    def of(self, name: str) -> list[Subscriber]:
        """The sockets that listen to a stream."""
        return list(self._by_name.get(name, ()))

    def publish(self, name: str, payload: Any) -> None:
        """Send an event of a stream to who listens to it."""
        if name in self._by_name:
            self.publish_text(name, json.dumps(payload, separators=(",", ":")))

    def publish_text(self, name: str, bare: str) -> None:
        """Send an event that is JSON already."""
        for subscriber in self._by_name.get(name, ()):
            subscriber.hear(name, bare)
