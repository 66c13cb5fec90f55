"""What a venue can do to a command on a bad day. No order is lost, none is doubled, and each is
settled by what the venue says, never by a time-out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from tests.e2e.fault_stories import SETTLED_WITHIN_S, Fault, Outcome, Story, play_all
from tests.support.faults import SimulatorAdmin
from tests.support.stack import PaperStack
from tests.support.trader import Trader, client_id_of, order_body
from venues.simulators.fault_kinds import Action, FaultKind

SPOT, FUTURES = "BTCUSDT.BINANCE_SPOT", "BTCUSDT-PERP.BINANCE_FUTURES"
FAULTS = (
    Fault("answered late", FaultKind.DELAY, True, {"after_ms": 3_000}),
    Fault("carried out late", FaultKind.DELAY, True, {"before_ms": 2_500}),
    Fault("carried out, connection lost", FaultKind.EXECUTE_THEN_DROP, True),
    Fault("carried out, status unknown", FaultKind.EXECUTE_THEN_503, True),
    Fault("carried out, never answered", FaultKind.BLACK_HOLE, True, {"execute": True}),
    Fault("never answered", FaultKind.BLACK_HOLE, False),
    Fault("unavailable", FaultKind.ERROR_503_NOT_EXECUTED, False),
    Fault("too many requests", FaultKind.RATE_LIMIT, False),
)
SUBMITS = [
    Story(Action.SUBMIT, fault, instrument, price)
    for fault in FAULTS
    for instrument in (SPOT, FUTURES)
    for price in (None, "99000")
]
CANCELS = [
    Story(Action.CANCEL, fault, instrument, "99000")
    for fault in FAULTS
    for instrument in (SPOT, FUTURES)
]


@pytest.fixture(scope="module")
def outcomes(stack: PaperStack) -> Mapping[str, Outcome]:
    return asyncio.run(play_all(stack, SUBMITS + CANCELS))


@pytest.mark.parametrize("story", SUBMITS, ids=lambda story: story.title)
async def test_a_struck_submit_is_one_order_at_the_venue(
    stack: PaperStack, trader: Trader, outcomes: Mapping[str, Outcome], story: Story
) -> None:
    outcome = outcomes[story.title]

    order = outcome.order
    assert order["status"] == ("FILLED" if story.price is None else "ACCEPTED"), str(order)
    assert outcome.commands == ["submit"] * (1 if story.fault.reaches else 2)
    assert len(stack.ledger(order["venue"]).orders[order["venue_client_id"]]) == 1
    assert outcome.took_s < SETTLED_WITHIN_S
    assert outcome.attributes["Stuck"] is False
    if story.price is not None:
        await trader.cancel(order["order_id"])
        assert (await trader.ended(order["order_id"]))["status"] == "CANCELED"


@pytest.mark.parametrize("story", CANCELS, ids=lambda story: story.title)
async def test_a_struck_cancel_is_seen_through(
    stack: PaperStack, outcomes: Mapping[str, Outcome], story: Story
) -> None:
    outcome = outcomes[story.title]

    order = outcome.order
    (at_venue,) = stack.ledger(order["venue"]).orders[order["venue_client_id"]]
    assert (order["status"], at_venue.state) == ("CANCELED", "canceled")
    assert outcome.took_s < SETTLED_WITHIN_S
    assert outcome.attributes["Stuck"] is False


@pytest.mark.parametrize(
    ("instrument_id", "code"), [(SPOT, -2010), (FUTURES, -2019)], ids=["spot", "futures"]
)
async def test_a_definite_refusal_ends_the_order_at_once(
    trader: Trader, venues: SimulatorAdmin, instrument_id: str, code: int
) -> None:
    body = order_body(instrument_id, "BUY", "0.02")
    await venues.arm(
        FaultKind.REJECT, client_id_of(body), action=Action.SUBMIT, code=code, msg="No margin."
    )

    answer = await trader.place(body)

    order = answer.json()
    assert (answer.status_code, order["status"]) == (201, "REJECTED")
    assert (order["reason_code"], order["reason"]) == (str(code), "No margin.")
    assert await venues.submits(client_id_of(body)) == 1
