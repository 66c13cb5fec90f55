"""What takes its time: an order that nobody can decide waits for a person, who is told; and a fill
that the venue's news have lost is found by asking.

All orders are placed at the same time, and each test looks at its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from domain.orders import OrderStatus
from tests.support.faults import SimulatorAdmin
from tests.support.stack import PaperStack
from tests.support.temporal_view import TemporalView
from tests.support.trader import Document, Trader, client_id_of, order_body, order_id_of
from venues.simulators.fault_kinds import Action, FaultKind

SPOT, FUTURES = "BTCUSDT.BINANCE_SPOT", "BTCUSDT-PERP.BINANCE_FUTURES"
STUCK_WITHIN_S = 90.0


@dataclass(frozen=True)
class Struck:
    """An order, and the faults that go on striking it until they are disarmed."""

    body: Document
    faults: tuple[int, ...]

    @property
    def order_id(self) -> str:
        return order_id_of(self.body)


class Mischief:
    """Provokes what a venue must not do for long."""

    def __init__(self, trader: Trader, venues: SimulatorAdmin, temporal: TemporalView) -> None:
        self._trader = trader
        self._venues = venues
        self._temporal = temporal

    async def in_doubt(self, *, arrived: bool) -> Struck:
        """Neither reply nor news nor questions tell whether the order has arrived."""
        body = order_body(SPOT, "BUY", "0.02", price="99000")
        client_id, kind = client_id_of(body), FaultKind.ERROR_503_NOT_EXECUTED
        if arrived:
            kind = FaultKind.EXECUTE_THEN_503
            await self._venues.arm(
                FaultKind.DROP_USER_STREAM, client_id, action=Action.SUBMIT, refuse_s=0.5
            )
        await self._venues.arm(kind, client_id, action=Action.SUBMIT)
        silence = await self._venues.arm(
            FaultKind.ERROR_503_NOT_EXECUTED, client_id, action=Action.QUERY, count=None
        )
        await self._trader.placed(body)
        return await self._until_stuck(body, silence)

    async def keeping_an_order(self) -> Struck:
        """The venue takes no cancel."""
        body = order_body(FUTURES, "BUY", "0.02", price="99000")
        order_id = (await self._trader.placed(body))["order_id"]
        await self._trader.until_status(order_id, OrderStatus.ACCEPTED)
        deaf = await self._venues.arm(
            FaultKind.ERROR_503_NOT_EXECUTED, client_id_of(body), action=Action.CANCEL, count=None
        )
        assert (await self._trader.cancel(order_id)).status_code == 202
        return await self._until_stuck(body, deaf)

    async def losing_a_fill(self, instrument_id: str) -> Struck:
        """A healthy stream does not tell of the fill."""
        await asyncio.sleep(3)  # the streams that were dropped are back by then
        body = order_body(instrument_id, "BUY", "0.02")
        await self._venues.arm(FaultKind.LOSE_FILLS, client_id_of(body))
        await self._trader.placed(body)
        await self._trader.ended(order_id_of(body), within_s=60.0)
        return Struck(body, ())

    async def _until_stuck(self, body: Document, fault: int) -> Struck:
        await self._temporal.until(body, STUCK_WITHIN_S, look_every_s=0.5, Stuck=True)
        return Struck(body, (fault,))


async def provoke_all(stack: PaperStack) -> Mapping[str, Struck]:
    async with stack.client() as api, stack.admin_client() as admin, asyncio.TaskGroup() as tasks:
        venues = SimulatorAdmin(admin)
        await venues.calm()
        mischief = Mischief(Trader(api), venues, await TemporalView.connect(stack.temporal_address))
        provoking = {
            "arrived": tasks.create_task(mischief.in_doubt(arrived=True)),
            "arrived too": tasks.create_task(mischief.in_doubt(arrived=True)),
            "lost": tasks.create_task(mischief.in_doubt(arrived=False)),
            "kept": tasks.create_task(mischief.keeping_an_order()),
            SPOT: tasks.create_task(mischief.losing_a_fill(SPOT)),
            FUTURES: tasks.create_task(mischief.losing_a_fill(FUTURES)),
        }
        return {name: await task for name, task in provoking.items()}


@pytest.fixture(scope="module")
def struck(stack: PaperStack) -> Mapping[str, Struck]:
    return asyncio.run(provoke_all(stack))


@pytest.fixture(autouse=True)
def calm_market() -> None:
    """In this module the faults stay armed until a test disarms them."""


def decisions(order: Document) -> list[tuple[str, str, str]]:
    return [
        (event["detail"]["decision"], event["detail"]["by"], event["detail"]["reason"])
        for event in order["events"]
        if event["name"] == "OperatorDecided"
    ]


async def test_a_stuck_order_is_seen_by_operators(
    struck: Mapping[str, Struck], trader: Trader, temporal: TemporalView
) -> None:
    in_doubt = struck["arrived"]

    details = await temporal.current_details(in_doubt.body)
    execution = await temporal.found_by(f"Stuck = true AND OrderId = '{in_doubt.order_id}'")
    attention = await trader.listed(attention=True)

    assert "**Stuck at: finding out what the venue did**" in details
    assert "503" in details
    assert "`retry`" in details
    assert execution.id.endswith(in_doubt.body["client_order_id"])
    assert {s.order_id for s in struck.values() if s.faults} <= {o["order_id"] for o in attention}
    assert (await trader.status())["orders"]["attention"] == len(attention)


async def test_a_retry_asks_again_and_finds_the_order(
    struck: Mapping[str, Struck], trader: Trader, venues: SimulatorAdmin, temporal: TemporalView
) -> None:
    in_doubt = struck["arrived"]

    answer = await trader.resolve(in_doubt.order_id, "retry")
    await venues.disarm(*in_doubt.faults)
    found = await trader.until_status(in_doubt.order_id, OrderStatus.ACCEPTED)

    assert answer.status_code == 200
    assert ("retry", "operator", "a test decides") in decisions(found)
    assert await venues.submits(client_id_of(in_doubt.body)) == 1
    await temporal.until(in_doubt.body, Stuck=False, OrderStatus="ACCEPTED")
    again = await trader.resolve(in_doubt.order_id, "retry")
    assert (again.status_code, again.json()["code"]) == (409, "not_stuck")
    await trader.cancel(in_doubt.order_id)
    await trader.ended(in_doubt.order_id)


async def test_an_abort_cancels_the_order_as_soon_as_it_is_found(
    struck: Mapping[str, Struck], trader: Trader, venues: SimulatorAdmin, temporal: TemporalView
) -> None:
    in_doubt = struck["arrived too"]

    answer = await trader.resolve(in_doubt.order_id, "abort")
    await venues.disarm(*in_doubt.faults)
    ended = await trader.ended(in_doubt.order_id, within_s=30)

    assert answer.status_code == 200
    assert ended["status"] == "CANCELED"
    assert ("abort", "operator", "a test decides") in decisions(ended)
    at_venue = await venues.order("BINANCE_SPOT", client_id_of(in_doubt.body))
    assert at_venue["status"] == "CANCELED"
    await temporal.until(in_doubt.body, Stuck=False, OrderStatus="CANCELED")


async def test_a_retry_by_the_cli_ends_an_order_that_never_arrived_and_is_too_old_now(
    struck: Mapping[str, Struck], stack: PaperStack, trader: Trader, venues: SimulatorAdmin
) -> None:
    in_doubt = struck["lost"]

    words = ("order", "resolve", in_doubt.order_id, "retry", "--reason", "venue is back")
    done = await asyncio.to_thread(stack.odum, *words, "--json")
    await venues.disarm(*in_doubt.faults)
    ended = await trader.ended(in_doubt.order_id)

    assert done.returncode == 0, done.stderr
    assert ("retry", "operator", "venue is back") in decisions(ended)
    assert (ended["status"], ended["reason_code"]) == ("EXPIRED", "deadline_passed")
    assert await venues.submits(client_id_of(in_doubt.body)) == 1


async def test_a_cancel_that_the_venue_does_not_take_can_be_skipped(
    struck: Mapping[str, Struck], trader: Trader, venues: SimulatorAdmin, temporal: TemporalView
) -> None:
    kept = struck["kept"]

    impossible = await trader.resolve(kept.order_id, "abort")
    answer = await trader.resolve(kept.order_id, "skip")

    assert (impossible.status_code, impossible.json()["code"]) == (409, "not_stuck")
    assert "choose retry, skip" in impossible.json()["detail"]
    assert (answer.status_code, answer.json()["status"]) == (200, "ACCEPTED")
    await temporal.until(kept.body, Stuck=False)
    await venues.disarm(*kept.faults)
    assert (await trader.cancel(kept.order_id)).status_code == 202
    assert (await trader.ended(kept.order_id))["status"] == "CANCELED"


@pytest.mark.parametrize("instrument_id", [SPOT, FUTURES])
async def test_a_fill_that_the_news_have_lost_is_found(
    struck: Mapping[str, Struck], stack: PaperStack, trader: Trader, instrument_id: str
) -> None:
    order = await trader.order(struck[instrument_id].order_id)

    (at_venue,) = stack.ledger(order["venue"]).orders[order["venue_client_id"]]
    assert (order["status"], order["filled_qty"]) == ("FILLED", "0.02")
    assert [fill["trade_id"] for fill in order["fills"]] == [
        str(fill["trade_id"]) for fill in at_venue.fills
    ]


async def test_what_is_not_stuck_cannot_be_resolved(trader: Trader) -> None:
    finished = await trader.placed(order_body(SPOT, "BUY", "0.02"))
    await trader.ended(finished["order_id"])

    for decision in ("retry", "skip", "abort"):
        refused = await trader.resolve(finished["order_id"], decision)
        assert (refused.status_code, refused.json()["code"]) == (409, "not_stuck")
    unknown = await trader.resolve("o" + "2" * 23, "retry")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "order_not_found")
