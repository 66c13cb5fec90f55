"""kill -9 of each process in turn while 50 orders are in flight (promises 1 to 4 and 7).

Afterwards the venue's ledger, the OMS and the positions agree exactly: none lost, none doubled.
"""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from tests.support.agreement import assert_books_agree
from tests.support.faults import SimulatorAdmin
from tests.support.in_flight import (
    UNQUOTED,
    amend_until_made,
    cancel_until_taken,
    in_flight_at,
    place_until_taken,
    struck,
    until_settled,
)
from tests.support.stack import PaperStack
from venues.simulators.fault_kinds import Action, FaultKind

INSTRUMENTS = {
    "BTCUSDT.BINANCE_SPOT": "0.001",
    "BTCUSDT-PERP.BINANCE_FUTURES": "0.002",
}
NEW, CANCELED, AMENDED = 30, 10, 10
SLOW_MS = 1500
SENT_AT_KILL, COMMANDED_AT_KILL = 10, 3
DENIED_MAX = 3  # for want of a fresh quote
RESTING_AT, AMENDED_TO = "97000", "96500"


def an_order(run: str, number: int) -> dict[str, Any]:
    """A market order; buys and sells in turn, on both venues."""
    instrument, quantity = list(INSTRUMENTS.items())[number % 2]
    return {
        "strategy_id": "demo",
        "client_order_id": f"{run}-{number}",
        "instrument_id": instrument,
        "side": "BUY" if number % 4 < 2 else "SELL",
        "order_type": "MARKET",
        "quantity": quantity,
        "send_within_ms": 60_000,
    }


def a_resting_order(run: str, number: int) -> dict[str, Any]:
    terms = {"order_type": "LIMIT", "side": "BUY", "price": RESTING_AT}
    return an_order(f"{run}-rests", number) | terms


def an_amend(order: dict[str, Any]) -> dict[str, Any]:
    """Another price; spot does not amend in place."""
    replace = order["venue"] == "BINANCE_SPOT"
    return {"amend_id": "cheaper", "price": AMENDED_TO, "replace": replace}


def on_their_way(order: dict[str, Any], moment: datetime) -> bool:
    """Whether a command for the order was between us and its venue at that moment."""
    return (
        in_flight_at(moment, order, "SubmissionStarted", "VenueAccepted", "FillBooked")
        or in_flight_at(moment, order, "CancelRequested", "VenueCanceled")
        or in_flight_at(moment, order, "AmendRequested", "VenueAmended", "LegReplaced")
    )


@pytest.fixture
async def slow_venues(stack: PaperStack) -> AsyncIterator[SimulatorAdmin]:
    """Venues that carry every command out late: long enough for orders to be on their way when
    something dies, and to be carried out when it is dead."""
    async with stack.admin_client() as admin:
        venues = SimulatorAdmin(admin)
        await venues.calm()
        slow = await venues.arm(FaultKind.DELAY, count=None, before_ms=SLOW_MS)
        yield venues
        await venues.disarm(slow)


@pytest.mark.parametrize("victim", ["gateway", "nautilus", "temporal", "postgres"])
async def test_no_order_is_lost_or_doubled(
    stack: PaperStack, slow_venues: SimulatorAdmin, victim: str
) -> None:
    await stack.until_ready()
    run = f"{victim}-{secrets.token_hex(3)}"
    async with stack.client() as client:
        bodies = [a_resting_order(run, number) for number in range(CANCELED + AMENDED)]
        placing = [place_until_taken(client, body) for body in bodies]
        resting = [order["order_id"] for order in await asyncio.gather(*placing)]
        working = await until_settled(client, resting)
        assert {order["status"] for order in working.values()} == {"ACCEPTED"}

        canceled, amended = resting[:CANCELED], resting[CANCELED:]
        requests = [
            *(place_until_taken(client, an_order(run, number)) for number in range(NEW)),
            *(cancel_until_taken(client, order_id) for order_id in canceled),
            *(
                amend_until_made(client, order_id, an_amend(working[order_id]))
                for order_id in amended
            ),
        ]
        random.Random(run).shuffle(requests)
        moment = slow_venues.until_received(Action.SUBMIT, SENT_AT_KILL)
        answers, killed_at = await struck(requests, moment, partial(stack.kill, victim))
        await stack.until_ready()
        placed = {answer["order_id"] for answer in answers if "order_id" in answer} - {*resting}
        settled = await until_settled(client, [*placed, *resting])

    assert len(placed) == NEW
    assert sum(on_their_way(settled[one], killed_at) for one in placed) >= SENT_AT_KILL // 2
    assert sum(on_their_way(settled[one], killed_at) for one in resting) >= COMMANDED_AT_KILL
    denied = [one for one in placed if settled[one]["status"] == "DENIED"]
    assert len(denied) <= DENIED_MAX
    assert {settled[one]["reason_code"] for one in denied} <= {UNQUOTED}
    assert {settled[one]["status"] for one in placed} - {"DENIED"} == {"FILLED"}
    assert {settled[one]["status"] for one in canceled} == {"CANCELED"}
    assert {(settled[one]["status"], settled[one]["price"]) for one in amended} == {
        ("ACCEPTED", AMENDED_TO)
    }
    await assert_books_agree(stack)
