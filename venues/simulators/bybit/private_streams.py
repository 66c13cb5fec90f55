"""Private streams: pushing an account's orders, executions, positions and wallet."""

import asyncio
import json
import uuid
from typing import Any

from venues.simulators.bybit.instruments import Category
from venues.simulators.cuts import Cut
from venues.simulators.faults import Faults
from venues.simulators.outbox import Outbox

TOPICS = frozenset(
    {"wallet", "greeks", "dcp.future", "dcp.spot"}
    | {
        f"{topic}{tail}"
        for topic in ("order", "execution", "execution.fast", "position")
        for tail in ("", *(f".{category}" for category in Category))
    }
)


class PrivateStreams:
    """All sockets that have proved who they are, private and trade ones."""

    def __init__(self, venue: str, faults: Faults) -> None:
        self._venue = venue
        self._faults = faults
        self._topics: dict[Outbox, tuple[str, set[str]]] = {}
        self._refused_until = 0.0

    def add(self, outbox: Outbox, account: str) -> None:
        """A socket has logged in."""
        self._topics[outbox] = (account, set())

    def discard(self, outbox: Outbox) -> None:
        """A socket is gone."""
        self._topics.pop(outbox, None)

    def subscribe(self, outbox: Outbox, topics: list[str]) -> None:
        """Begin to send topics to a socket."""
        self._topics[outbox][1].update(topics)

    def unsubscribe(self, outbox: Outbox, topics: list[str]) -> None:
        """Stop sending topics to a socket."""
        self._topics[outbox][1].difference_update(topics)

    def push(self, account: str, topic: str, category: str, row: dict[str, Any], t_ms: int) -> None:
        """Send a row to all sockets of an account that want it, by either name of its topic."""
        for name in (topic, f"{topic}.{category}"):
            listeners = [
                outbox
                for outbox, (owner, names) in self._topics.items()
                if owner == account and name in names
            ]
            if listeners:
                text = _envelope(name, row, t_ms)
                for outbox in listeners:
                    outbox.send(text)

    def push_step(
        self,
        account: str,
        order: tuple[str, str],
        topic: str,
        category: str,
        row: dict[str, Any],
        t_ms: int,
    ) -> None:
        """Send the news of a step of an ``order`` (step, client id), or what faults make of it."""
        plan = self._faults.event_plan(self._venue, *order)
        if plan is None:
            self.push(account, topic, category, row, t_ms)
            return
        for _ in range(plan.copies):
            if plan.delay_ms:
                asyncio.get_running_loop().call_later(
                    plan.delay_ms / 1000, self.push, account, topic, category, row, t_ms
                )
            else:
                self.push(account, topic, category, row, t_ms)

    def wanted(self, account: str, topic: str) -> bool:
        """Whether anybody listens to a topic of an account, under any of its names."""
        return any(
            owner == account and any(name.split(".")[0] == topic for name in names)
            for owner, names in self._topics.values()
        )

    def hears(self, account: str, topic: str) -> bool:
        """Whether a socket of an account listens to just this topic."""
        return any(owner == account and topic in names for owner, names in self._topics.values())

    def outboxes(self) -> list[Outbox]:
        """The sockets that listen to something private."""
        return [outbox for outbox, (_, names) in self._topics.items() if names]

    def cut(self, cut: Cut) -> int:
        """End every private socket and refuse new ones for a while; returns how many ended."""
        self._refused_until = asyncio.get_running_loop().time() + cut.refuse_s
        private = self.outboxes()
        ended = cut.of(private, private=True)
        for outbox in private[:ended]:
            self.discard(outbox)
        return ended

    def expire(self) -> int:
        """End every login: the venue closes the sockets, trade ones too; returns how many."""
        ended = list(self._topics)
        for outbox in ended:
            outbox.abort()
            self.discard(outbox)
        return len(ended)

    def accepting(self) -> bool:
        """Whether new private sockets are let in."""
        return asyncio.get_running_loop().time() >= self._refused_until


def _envelope(topic: str, row: dict[str, Any], t_ms: int) -> str:
    message = {"id": str(uuid.uuid4()), "topic": topic, "creationTime": t_ms, "data": [row]}
    return json.dumps(message, separators=(",", ":"))
