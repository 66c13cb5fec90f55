"""Cards TC-E01 to TC-E16 and TC-E60 to TC-E71 of NautilusTrader's execution testing spec."""

from decimal import Decimal

import pytest

from domain.instruments import InstrumentKind
from domain.order_events import VenueCanceled, VenueExpired
from domain.orders import OrderStatus, TimeInForce
from domain.outcomes import Accepted, CancelTaken, Rejected
from domain.sides import Side
from tests.support.nautilus_venue import FUTURES, SPOT, VenueOnTest
from venues.nautilus.rejections import DENIED_LOCALLY
from venues.port import OrderReport

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_tc_e00_connects_with_the_true_instrument(venue: VenueOnTest) -> None:
    await venue.adapter.connect()
    instrument = venue.instrument
    if venue.name == SPOT:
        assert (instrument.tick, instrument.lot) == (Decimal("0.01"), Decimal("0.00001"))
        assert (instrument.kind, instrument.taker_fee) == (InstrumentKind.SPOT, Decimal("0.001"))
        assert instrument.min_notional == Decimal(5)
    else:
        assert (instrument.tick, instrument.lot) == (Decimal("0.1"), Decimal("0.001"))
        assert instrument.kind is InstrumentKind.PERPETUAL
        assert (instrument.taker_fee, instrument.settlement) == (Decimal("0.0004"), "USDT")
        assert instrument.min_notional == Decimal(100)
    assert (instrument.base, instrument.quote) == ("BTC", "USDT")
    assert venue.adapter.health().connected


@pytest.mark.parametrize("side", [Side.BUY, Side.SELL])
@pytest.mark.parametrize("time_in_force", [TimeInForce.GTC, TimeInForce.IOC])
async def test_tc_e01_e02_e03_a_market_order_fills_as_the_ledger_says(
    venue: VenueOnTest, side: Side, time_in_force: TimeInForce
) -> None:
    order = venue.order(side, time_in_force=time_in_force)
    outcome = await venue.adapter.submit_order(order)
    assert isinstance(outcome, Accepted)
    fills = await venue.fills_of(order)
    ledger = await venue.ledger_of(order, "filled")
    assert [
        (
            fill.trade_id,
            fill.venue_order_id,
            fill.side,
            fill.quantity,
            fill.price,
            fill.fee,
            fill.fee_currency,
        )
        for fill in fills
    ] == [
        (
            str(record["trade_id"]),
            outcome.venue_order_id,
            side,
            Decimal(record["quantity"]),
            Decimal(record["price"]),
            Decimal(record["fee"]),
            record["fee_asset"],
        )
        for record in ledger
    ]
    assert fills[0].fee_currency == ("BTC" if (venue.name, side) == (SPOT, Side.BUY) else "USDT")
    assert not fills[0].is_maker


async def test_tc_e04_a_market_order_that_is_fill_or_kill_is_refused_unsent(
    venue: VenueOnTest,
) -> None:
    order = venue.order(time_in_force=TimeInForce.FOK)
    outcome = await venue.adapter.submit_order(order)
    assert isinstance(outcome, Rejected)
    assert outcome.code == DENIED_LOCALLY
    assert await venue.simulator.commands(order.venue_client_id) == []


@pytest.mark.parametrize("side", [Side.BUY, Side.SELL])
async def test_tc_e10_e11_a_limit_order_rests_and_its_acceptance_is_told_once(
    venue: VenueOnTest, side: Side
) -> None:
    order = await venue.resting(side)
    outcome = await venue.adapter.submit_order(order)
    assert isinstance(outcome, Accepted)
    report = await venue.adapter.find_by_client_id(order)
    assert report == OrderReport(
        order.venue_client_id,
        outcome.venue_order_id,
        order.instrument_id,
        OrderStatus.ACCEPTED,
        Decimal(0),
        quantity=order.quantity,
        price=order.price,
    )
    assert report in await venue.adapter.open_orders()
    assert await venue.adapter.cancel_order(order) == CancelTaken()
    end = await venue.end_of(order)
    assert isinstance(end.event, VenueCanceled)
    assert len(venue.news_heard(order)) == 1


@pytest.mark.parametrize("time_in_force", [TimeInForce.IOC, TimeInForce.FOK])
async def test_tc_e13_e15_a_marketable_limit_order_fills(
    venue: VenueOnTest, time_in_force: TimeInForce
) -> None:
    order = venue.order(Side.BUY, await venue.through(Side.BUY), time_in_force=time_in_force)
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    assert sum(fill.quantity for fill in await venue.fills_of(order)) == order.quantity


async def test_tc_e14_a_passive_ioc_order_expires_unfilled(venue: VenueOnTest) -> None:
    order = venue.order(Side.BUY, await venue.away(Side.BUY), time_in_force=TimeInForce.IOC)
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    assert isinstance((await venue.end_of(order)).event, VenueExpired)
    assert venue.fills_heard(order) == []


async def test_tc_e16_a_fok_order_that_cannot_fill_whole_trades_nothing(
    venue: VenueOnTest,
) -> None:
    order = venue.order(Side.BUY, await venue.away(Side.BUY), time_in_force=TimeInForce.FOK)
    outcome = await venue.adapter.submit_order(order)
    if isinstance(outcome, Accepted):  # the spot venue takes it and lets it expire
        assert isinstance((await venue.end_of(order)).event, VenueExpired)
    else:
        assert isinstance(outcome, Rejected)
    assert await venue.ledger_of(order, "filled") == []


async def test_a_partial_fill_leaves_a_working_rest_that_can_be_cancelled(
    venue: VenueOnTest,
) -> None:
    quote = await venue.quote()
    order = venue.order(Side.BUY, quote.ask, quantity="10")  # no first level is that deep
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    filled = sum(fill.quantity for fill in await venue.fills_of(order, Decimal("0.001")))
    assert filled < order.quantity
    report = await venue.adapter.find_by_client_id(order)
    assert isinstance(report, OrderReport)
    assert (report.status, report.filled_qty) == (OrderStatus.PARTIALLY_FILLED, filled)
    assert await venue.adapter.cancel_order(order) == CancelTaken()
    assert isinstance((await venue.end_of(order)).event, VenueCanceled)


async def test_tc_e60_a_post_only_order_rests(venue: VenueOnTest) -> None:
    order = venue.order(Side.SELL, await venue.away(Side.SELL), post_only=True)
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    [record] = await venue.ledger_of(order, "accepted")
    assert record["post_only"] is True
    assert await venue.adapter.cancel_order(order) == CancelTaken()


async def test_tc_e70_a_post_only_order_that_would_take_does_not_trade(
    venue: VenueOnTest,
) -> None:
    order = venue.order(Side.BUY, await venue.through(Side.BUY), post_only=True)
    outcome = await venue.adapter.submit_order(order)
    if isinstance(outcome, Accepted):
        assert isinstance((await venue.end_of(order)).event, VenueExpired)
    else:
        assert isinstance(outcome, Rejected)
        assert outcome.code == ("-2010" if venue.name == SPOT else "-5022")
    assert await venue.ledger_of(order, "filled") == []


async def test_tc_e06_e61_a_reduce_only_order_closes_the_position(venue: VenueOnTest) -> None:
    if venue.name != FUTURES:
        order = venue.order(Side.SELL, reduce_only=True)
        outcome = await venue.adapter.submit_order(order)
        assert isinstance(outcome, Rejected)
        assert outcome.code == DENIED_LOCALLY
        return
    opening = venue.order(Side.BUY, quantity="5")
    assert isinstance(await venue.adapter.submit_order(opening), Accepted)
    await venue.fills_of(opening)
    [position] = await venue.adapter.positions()
    assert (position.instrument_id, position.quantity > 0) == (venue.instrument_id, True)
    closing = venue.order(Side.SELL, quantity=position.quantity, reduce_only=True)
    assert isinstance(await venue.adapter.submit_order(closing), Accepted)
    await venue.fills_of(closing)
    assert list(await venue.adapter.positions()) == []


async def test_tc_e71_a_reduce_only_order_without_a_position_is_rejected(
    venue: VenueOnTest,
) -> None:
    if venue.name != FUTURES:
        pytest.skip("spot has no reduce-only")
    for position in await venue.adapter.positions():
        side = Side.SELL if position.quantity > 0 else Side.BUY
        flat = venue.order(side, quantity=abs(position.quantity), reduce_only=True)
        assert isinstance(await venue.adapter.submit_order(flat), Accepted)
        await venue.fills_of(flat)
    outcome = await venue.adapter.submit_order(venue.order(Side.SELL, reduce_only=True))
    assert isinstance(outcome, Rejected)
    assert outcome.code == "-2022"
