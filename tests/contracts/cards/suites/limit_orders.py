"""TC-E10 to TC-E18: limit orders and their times in force."""

import asyncio
from datetime import timedelta
from decimal import Decimal

from domain.orders import OrderStatus, TimeInForce, UnifiedOrder
from domain.outcomes import Accepted, CancelTaken
from domain.sides import Side
from tests.contracts.cards.card import card
from tests.contracts.cards.needs import expiring, time_in_force
from tests.support.bench_spec import End
from tests.support.venue_bench import VenueBench
from venues.port import OrderReport

_IOC, _FOK = time_in_force(TimeInForce.IOC), time_in_force(TimeInForce.FOK)
_GTD = time_in_force(TimeInForce.GTD)
_PATIENCE, _A_MOMENT = timedelta(seconds=10), timedelta(seconds=5)


async def found(bench: VenueBench, order: UnifiedOrder) -> OrderReport:
    report = await bench.adapter.find_by_client_id(order)
    assert isinstance(report, OrderReport), report
    return report


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


async def ends_unfilled(bench: VenueBench, order: UnifiedOrder, end: End | None) -> None:
    """Submit it; it ends as this venue ends such an order, by its answer or by news, for the reason
    that it gives, and nothing of it trades."""
    outcome = await bench.adapter.submit_order(order)
    accepted = isinstance(outcome, Accepted)
    told = (await bench.end_of(order)).event if accepted else outcome
    assert end is not None, f"the bench of {bench.name} does not say how such an order ends"
    assert end.is_told_by(told), f"expected {end}, but {told}"
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
    """An IOC order away from the market ends at once, untraded, as the table of ends says."""
    order = (await bench.ticket()).limit(time_in_force=TimeInForce.IOC)
    await ends_unfilled(bench, order, bench.spec.ends.ioc)


@card("TC-E15", "Limit FOK that trades", _FOK)
async def limit_fok(bench: VenueBench) -> None:
    """A marketable FOK order fills whole."""
    order = (await bench.ticket()).marketable(Side.BUY, time_in_force=TimeInForce.FOK)
    await bench.accepted(order)
    assert sum(fill.quantity for fill in await bench.filled(order)) == order.quantity


@card("TC-E16", "Limit FOK that does not trade", _FOK)
async def limit_fok_passive(bench: VenueBench) -> None:
    """A FOK order that cannot fill whole trades nothing, and ends as the table of ends says."""
    order = (await bench.ticket()).limit(time_in_force=TimeInForce.FOK)
    await ends_unfilled(bench, order, bench.spec.ends.fok)


@card("TC-E17", "Limit GTD", _GTD)
async def limit_gtd(bench: VenueBench) -> None:
    """A good-till-date order rests."""
    order = expiring(await bench.ticket())
    await rests(bench, order)
    assert await bench.adapter.cancel_order(order) == CancelTaken()
    await bench.end_of(order)


@card("TC-E18", "Limit GTD expires", _GTD)
async def limit_gtd_expires(bench: VenueBench) -> None:
    """A good-till-date order ends at the venue when its time has come, and its end is told as the
    table of ends says."""
    life = bench.spec.gtd_life
    order = expiring(await bench.ticket(), life)
    await bench.accepted(order)
    if life > _PATIENCE:
        bench.sim.let_expire(life - _A_MOMENT)
        assert (await found(bench, order)).status is OrderStatus.ACCEPTED, "ended before its time"
        bench.sim.let_expire(life + _A_MOMENT)
    told = (await bench.end_of(order, (_PATIENCE + _A_MOMENT).total_seconds())).event
    end = bench.spec.ends.gtd
    assert end is not None
    assert end.is_told_by(told), f"expected {end}, but {told}"
    assert (await found(bench, order)).status in (OrderStatus.EXPIRED, OrderStatus.CANCELED)
    assert bench.ledger_of(order, "filled") == []
