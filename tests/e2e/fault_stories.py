"""Stories of orders that a fault strikes on its way, and how they are played: all at once.

A fault is bound to the client id of one order, so the stories do not disturb each other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.orders import OrderStatus
from tests.support.faults import SimulatorAdmin
from tests.support.stack import PaperStack
from tests.support.temporal_view import TemporalView
from tests.support.trader import Document, Trader, client_id_of, order_body, order_id_of
from venues.simulators.fault_kinds import Action, FaultKind

SETTLED_WITHIN_S = 60.0
_LOOK_EVERY_S = 0.3


@dataclass(frozen=True)
class Fault:
    """`reaches`: the venue carries the command out, whatever it answers."""

    name: str
    kind: FaultKind
    reaches: bool
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    """An order, and the fault that strikes one of its commands. With a price the order rests."""

    action: Action
    fault: Fault
    instrument_id: str
    price: str | None = None

    @property
    def title(self) -> str:
        kind = "limit" if self.price else "market"
        return f"{self.action} of {kind} {self.instrument_id}: {self.fault.name}"


@dataclass(frozen=True)
class Outcome:
    """How a story ended; `took_s` is from the command to the order's last news."""

    order: Document
    attributes: Mapping[str, Any]
    commands: Sequence[str]
    took_s: float

    @property
    def events(self) -> list[str]:
        return [event["name"] for event in self.order["events"]]


class Players:
    """Plays stories on the stack."""

    def __init__(self, trader: Trader, venues: SimulatorAdmin, temporal: TemporalView) -> None:
        self._trader = trader
        self._venues = venues
        self._temporal = temporal

    async def play(self, story: Story) -> Outcome:
        terms = {} if story.price is None else {"price": story.price}
        body = order_body(story.instrument_id, "BUY", "0.02", **terms)
        order_id = order_id_of(body)
        if story.action is Action.CANCEL:
            await self._trader.placed(body)
            await self._trader.until(order_id, _is_settled, SETTLED_WITHIN_S)
            await self._arm(story, body)
            assert (await self._trader.cancel(order_id)).status_code == 202
        else:
            await self._arm(story, body)
            await self._trader.placed(body, wait_ms=0)
        rests = story.action is Action.SUBMIT and story.price is not None
        order = await self._trader.until(
            order_id, _is_settled if rests else _is_terminal, SETTLED_WITHIN_S, _LOOK_EVERY_S
        )
        commands = await self._venues.commands(client_id_of(body))
        return Outcome(
            order,
            await self._temporal.until(body, OrderStatus=order["status"]),
            [command["action"] for command in commands],
            _took_s(order, "CancelRequested" if story.action is Action.CANCEL else "OrderReceived"),
        )

    async def _arm(self, story: Story, body: Document) -> None:
        fault = story.fault
        await self._venues.arm(fault.kind, client_id_of(body), action=story.action, **fault.params)


def _is_terminal(order: Document) -> bool:
    return OrderStatus(order["status"]).is_terminal


def _is_settled(order: Document) -> bool:
    """At its end, or confirmed as working at its venue."""
    return _is_terminal(order) or OrderStatus(order["status"]).is_working


def _took_s(order: Document, since: str) -> float:
    times = {event["name"]: datetime.fromisoformat(event["at"]) for event in order["events"]}
    return (max(times.values()) - times[since]).total_seconds()


async def play_all(stack: PaperStack, stories: Sequence[Story]) -> dict[str, Outcome]:
    """Every story to its end, by its title. Raises what the first failing one raised."""
    async with stack.client() as api, stack.admin_client() as admin:
        venues = SimulatorAdmin(admin)
        await venues.calm()
        players = Players(Trader(api), venues, await TemporalView.connect(stack.temporal_address))
        async with asyncio.TaskGroup() as tasks:
            playing = {s.title: tasks.create_task(players.play(s), name=s.title) for s in stories}
        return {title: task.result() for title, task in playing.items()}
