"""TC-E10 to TC-E18: limit orders and their times in force."""

import asyncio
from datetime import timedelta
from decimal import Decimal

from domain.order_events import VenueCanceled, VenueExpired
from domain.orders import OrderStatus, TimeInForce, UnifiedOrder
from domain.outcomes import Accepted, CancelTaken, Rejected
from domain.sides import Side
from tests.contracts.cards.card import card
from tests.contracts.cards.needs import expiring, time_in_force
from tests.support.venue_bench import VenueBench
from venues.port import OrderReport

_IOC, _FOK = time_in_force(TimeInForce.IOC), time_in_force(TimeInForce.FOK)
_GTD = time_in_force(TimeInForce.GTD)
_GTD_LIFE = timedelta(seconds=3)


async def rests(bench: VenueBench, order: UnifiedOrder) -> None:
    """Submit it; the venue reports it working, untraded, on its true terms."""
    outcome = await bench.accepted(order)
    report = await bench.adapter.find_by_client_id(order)
    assert isinstance(report, OrderReport), report
    assert (report.venue_client_id, report.venue_order_id, report.instrument_id) == (
        order.venue_client_id,
        outcome.venue_order_id,
        order.instrument_id,
    )
    assert (report.status, report.filled_qty) == (OrderStatus.ACCEPTED, Decimal(0))
    assert report.quantity in (order.quantity, None)
    assert report.price in (order.price, None)
    open_ids = {one.venue_client_id for one in await bench.adapter.open_orders()}
    assert order.venue_client_id in open_ids, "working, but not among the open orders"
    assert len(bench.ledger_of(order, "accepted")) == 1


async def ends_unfilled(bench: VenueBench, order: UnifiedOrder) -> None:
    """Submit it; it ends by itself and nothing of it trades."""
    outcome = await bench.adapter.submit_order(order)
    if isinstance(outcome, Accepted):
        news = await bench.end_of(order)
        assert isinstance(news.event, VenueExpired | VenueCanceled), news
    else:
        assert isinstance(outcome, Rejected), outcome
    assert bench.fills_of(order) == []
    assert bench.ledger_of(order, "filled") == []


@card("TC-E10", "Limit buy, GTC")
async def limit_buy(bench: VenueBench) -> None:
    """A limit buy below the market rests at its price and quantity."""
    await rests(bench, (await bench.ticket()).limit(Side.BUY))


@card("TC-E11", "Limit sell, GTC")
async def limit_sell(bench: VenueBench) -> None:
    """A limit sell above the market rests at its price and quantity."""
    await rests(bench, (await bench.ticket()).limit(Side.SELL))


@card("TC-E12", "Limit buy and sell at once")
async def limit_pair(bench: VenueBench) -> None:
    """Two orders sent at the same time are two orders at the venue, each under its own id."""
    ticket = await bench.ticket()
    await asyncio.gather(*(rests(bench, ticket.limit(side)) for side in Side))


@card("TC-E13", "Limit IOC that trades", _IOC)
async def limit_ioc(bench: VenueBench) -> None:
    """A marketable IOC order fills."""
    order = (await bench.ticket()).marketable(Side.BUY, time_in_force=TimeInForce.IOC)
    await bench.accepted(order)
    assert sum(fill.quantity for fill in await bench.filled(order)) == order.quantity


@card("TC-E14", "Limit IOC that does not trade", _IOC)
async def limit_ioc_passive(bench: VenueBench) -> None:
    """An IOC order away from the market ends at once, untraded, and says so."""
    await ends_unfilled(bench, (await bench.ticket()).limit(time_in_force=TimeInForce.IOC))


@card("TC-E15", "Limit FOK that trades", _FOK)
async def limit_fok(bench: VenueBench) -> None:
    """A marketable FOK order fills whole."""
    order = (await bench.ticket()).marketable(Side.BUY, time_in_force=TimeInForce.FOK)
    await bench.accepted(order)
    assert sum(fill.quantity for fill in await bench.filled(order)) == order.quantity


@card("TC-E16", "Limit FOK that does not trade", _FOK)
async def limit_fok_passive(bench: VenueBench) -> None:
    """A FOK order that cannot fill whole trades nothing, and its end is told."""
    await ends_unfilled(bench, (await bench.ticket()).limit(time_in_force=TimeInForce.FOK))


@card("TC-E17", "Limit GTD", _GTD)
async def limit_gtd(bench: VenueBench) -> None:
    """A good-till-date order rests."""
    order = expiring(await bench.ticket())
    await rests(bench, order)
    assert await bench.adapter.cancel_order(order) == CancelTaken()
    await bench.end_of(order)


@card("TC-E18", "Limit GTD expires", _GTD)
async def limit_gtd_expires(bench: VenueBench) -> None:
    """A good-till-date order ends at the venue when its time has come; a venue whose shortest life
    is longer refuses it clearly."""
    order = expiring(await bench.ticket(), _GTD_LIFE)
    outcome = await bench.adapter.submit_order(order)
    if isinstance(outcome, Rejected):
        assert outcome.reason, f"the refusal does not say why: {outcome}"
        assert bench.ledger_of(order, "accepted") == []
        return
    assert isinstance(outcome, Accepted), outcome
    news = await bench.end_of(order, _GTD_LIFE.total_seconds() + 5)
    assert isinstance(news.event, VenueExpired | VenueCanceled), news
    assert bench.ledger_of(order, "filled") == []
