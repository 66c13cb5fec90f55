"""What a bad day of a venue costs the orders that are there: nothing. On each venue, through the
whole system: answers that never come, fills that no stream told, a venue that goes away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal

import pytest

from domain.instruments import Instrument
from domain.market import Quote
from domain.orders import OrderStatus
from tests.e2e.every_venue.venues import FIRST, VENUES
from tests.support.agreement import assert_books_agree
from tests.support.faults import SimulatorAdmin
from tests.support.paper_market import PaperMarket, near, small
from tests.support.stack import PaperStack
from tests.support.trader import Document, Trader, client_id_of, order_body
from venues.simulators.fault_kinds import Action, FaultKind

EACH_VENUE = pytest.mark.parametrize("venue", VENUES)
SETTLED_WITHIN_S = 60.0
NOTICED_WITHIN_S = 5.0
BACK_WITHIN_S = 10.0
REFUSED_S = AWAY_S = 2.0


@dataclass
class Desk:
    """A trader at one venue, who watches what he trades there."""

    venue: str
    trader: Trader
    market: PaperMarket
    instrument: Instrument
    quote: Quote

    def a_market_order(self) -> Document:
        return order_body(self.instrument.instrument_id, "BUY", small(self.instrument, self.quote))

    def a_resting_order(self) -> Document:
        return self.a_market_order() | {
            "order_type": "LIMIT",
            "price": near(self.instrument, self.quote, "0.99"),
        }

    async def resting(self) -> Document:
        order = await self.trader.placed(self.a_resting_order())
        return await self.trader.until_status(order["order_id"], OrderStatus.ACCEPTED)

    async def move_through(self, order: Document) -> None:
        """The market goes below where the order rests, while we may not hear of it."""
        below = Decimal(order["price"]) * 99 / 100
        await self.market.move(self.instrument.instrument_id, below, unseen=True)

    async def is_connected(self) -> bool:
        venues = (await self.trader.status())["venues"]
        return any(one["venue"] == self.venue and one["connected"] for one in venues)

    async def until_connected(self, wanted: bool, within_s: float) -> None:
        async with asyncio.timeout(within_s):
            while await self.is_connected() is not wanted:
                await asyncio.sleep(0.05)

    async def filled(self, order: Document, within_s: float) -> Document:
        ended = await self.trader.ended(order["order_id"], within_s)
        assert (ended["status"], ended["anomaly"]) == ("FILLED", None), ended
        return ended


@pytest.fixture
async def desk(
    stack: PaperStack, trader: Trader, market: PaperMarket, venue: str
) -> AsyncIterator[Desk]:
    """At the end the venue's books and ours agree."""
    instrument, quote = await market.of(FIRST[venue])
    yield Desk(venue, trader, market, instrument, quote)
    await assert_books_agree(stack)


@EACH_VENUE
async def test_a_submit_that_neither_answer_nor_news_tells_of_is_found(
    desk: Desk, venues: SimulatorAdmin, venue: str
) -> None:
    body = desk.a_market_order()
    client_id = client_id_of(body)
    fault = await venues.arm(FaultKind.EXECUTE_THEN_DROP, client_id, action=Action.SUBMIT)
    for news in (FaultKind.LOSE_EVENTS, FaultKind.LOSE_FILLS):
        await venues.arm(news, client_id, count=None)
    if venue == "IB":
        # One socket for commands, questions and news: if it came back at once, it might be asked
        # about the order before anybody has come to doubt it.
        away = FaultKind.DROP_USER_STREAM
        await venues.arm(away, client_id, action=Action.SUBMIT, refuse_s=REFUSED_S)

    order = await desk.trader.placed(body)

    found = await desk.filled(order, SETTLED_WITHIN_S)
    assert "OutcomeUnknown" in [event["name"] for event in found["events"]]
    assert await venues.strikes(fault) == 1
    assert await venues.submits(client_id) == 1


@EACH_VENUE
async def test_a_cancel_without_an_answer_is_seen_through(
    desk: Desk, venues: SimulatorAdmin
) -> None:
    lost, unheard = await desk.resting(), await desk.resting()
    for order, executed in ((lost, False), (unheard, True)):
        client_id = order["venue_client_id"]
        await venues.arm(FaultKind.BLACK_HOLE, client_id, action=Action.CANCEL, execute=executed)
        if executed:
            await venues.arm(FaultKind.LOSE_EVENTS, client_id, count=None)
        assert (await desk.trader.cancel(order["order_id"])).status_code == 202

    for order in (lost, unheard):
        ended = await desk.trader.ended(order["order_id"], SETTLED_WITHIN_S)
        assert (ended["status"], ended["anomaly"]) == ("CANCELED", None), ended


@EACH_VENUE
async def test_a_fill_while_the_private_stream_was_away_is_pulled_at_its_return(
    desk: Desk, venues: SimulatorAdmin
) -> None:
    order = await desk.resting()

    await venues.drop_user_streams(desk.venue, refuse_s=REFUSED_S)
    await desk.move_through(order)

    await desk.filled(order, REFUSED_S + BACK_WITHIN_S)


@EACH_VENUE
async def test_a_venue_that_goes_away_is_missed_and_caught_up_with(
    desk: Desk, venues: SimulatorAdmin
) -> None:
    order = await desk.resting()

    away = await venues.arm(FaultKind.MAINTENANCE, venue=desk.venue, count=None)
    await desk.until_connected(False, NOTICED_WITHIN_S)
    await asyncio.sleep(AWAY_S)
    await desk.move_through(order)
    await venues.disarm(away)
    back_at = time.monotonic()

    await desk.filled(order, BACK_WITHIN_S)
    await desk.until_connected(True, back_at + BACK_WITHIN_S - time.monotonic())
    await desk.filled(await desk.trader.placed(desk.a_market_order()), BACK_WITHIN_S)


@EACH_VENUE
async def test_sockets_that_died_unnoticed_cost_no_fill(desk: Desk, venues: SimulatorAdmin) -> None:
    order = await desk.resting()

    await venues.arm(FaultKind.HALF_OPEN, venue=desk.venue, count=None)
    await desk.move_through(order)

    await desk.filled(order, NOTICED_WITHIN_S + BACK_WITHIN_S)
