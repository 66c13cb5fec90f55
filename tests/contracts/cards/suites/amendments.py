"""TC-E30 to TC-E36: new terms for a working order. OD-30 to OD-34: where amendments go wrong."""

import asyncio
import re
from decimal import Decimal

from domain.order_events import VenueAmended
from domain.orders import OrderStatus, OrderType, UnifiedOrder
from domain.outcomes import AmendRefused, AmendTaken, CancelTaken, Unknown
from domain.sides import Side
from tests.contracts.cards.card import card
from tests.contracts.cards.needs import (
    amendable,
    declared_order,
    order_type,
    order_types,
    reducible,
    refuses_to_amend,
)
from tests.contracts.cards.suites.limit_orders import found
from tests.support.bench_orders import Ticket
from tests.support.venue_bench import VenueBench
from venues.port import Amendment

_LIMIT = amendable(OrderType.LIMIT)
_SMALLER = reducible(OrderType.LIMIT)
_STOP = amendable(OrderType.STOP_MARKET)


async def _amended(bench: VenueBench, order: UnifiedOrder, amendment: Amendment) -> VenueAmended:
    """The venue takes the new terms, says so on its stream, and has them."""
    outcome = await bench.adapter.amend_order(order, amendment)
    assert outcome == AmendTaken(), f"{outcome} for {amendment} of {order}"
    event = (await bench.news(order, VenueAmended)).event
    assert isinstance(event, VenueAmended)
    report = await found(bench, order)
    assert amendment.price in (report.price, None), report
    assert amendment.quantity in (report.quantity, None), report
    assert amendment.trigger_price in (report.trigger_price, None), report
    return event


async def _amends_price(bench: VenueBench, side: Side) -> None:
    ticket = await bench.ticket()
    order = ticket.limit(side)
    await bench.accepted(order)
    price = ticket.away(side, 200)
    event = await _amended(bench, order, Amendment(price=price))
    assert event.price == price
    report = await found(bench, order)
    assert (report.status, report.price) == (OrderStatus.ACCEPTED, price)
    assert len(bench.ledger_of(order, "accepted")) == 1


async def _replaced(bench: VenueBench, old: UnifiedOrder, new: UnifiedOrder) -> None:
    """Cancel the one and send the other: two orders, of which one works."""
    await bench.accepted(old)
    assert await bench.adapter.cancel_order(old) == CancelTaken()
    await bench.end_of(old)
    await bench.accepted(new)
    open_ids = {one.venue_client_id for one in await bench.adapter.open_orders()}
    assert new.venue_client_id in open_ids
    assert old.venue_client_id not in open_ids


@card("TC-E30", "Amend the price of a limit buy", _LIMIT)
async def amend_buy(bench: VenueBench) -> None:
    """A working limit buy takes a new price in place, and the stream says so."""
    await _amends_price(bench, Side.BUY)


@card("TC-E31", "Amend the price of a limit sell", _LIMIT)
async def amend_sell(bench: VenueBench) -> None:
    """A working limit sell takes a new price in place, and the stream says so."""
    await _amends_price(bench, Side.SELL)


@card("TC-E32", "Cancel and replace a limit buy")
async def replace_buy(bench: VenueBench) -> None:
    """A cancelled buy is gone and its replacement works under an id of its own."""
    ticket = await bench.ticket()
    new = ticket.limit(Side.BUY, price=ticket.away(Side.BUY, 200))
    await _replaced(bench, ticket.limit(Side.BUY), new)


@card("TC-E33", "Cancel and replace a limit sell")
async def replace_sell(bench: VenueBench) -> None:
    """A cancelled sell is gone and its replacement works under an id of its own."""
    ticket = await bench.ticket()
    new = ticket.limit(Side.SELL, price=ticket.away(Side.SELL, 200))
    await _replaced(bench, ticket.limit(Side.SELL), new)


@card("TC-E34", "Amend the trigger of a stop", _STOP)
async def amend_trigger(bench: VenueBench) -> None:
    """A waiting stop takes a new trigger price in place, and the stream says so."""
    ticket = await bench.ticket()
    order = ticket.conditional(OrderType.STOP_MARKET, Side.SELL)
    await bench.accepted(order)
    trigger = ticket.trigger(OrderType.STOP_MARKET, Side.SELL, 300)
    event = await _amended(bench, order, Amendment(trigger_price=trigger))
    assert event.trigger_price == trigger


@card("TC-E35", "Cancel and replace a stop", order_type(OrderType.STOP_MARKET))
async def replace_stop(bench: VenueBench) -> None:
    """A cancelled stop is gone, its replacement waits, and exactly one of them is open."""
    ticket = await bench.ticket()
    trigger = ticket.trigger(OrderType.STOP_MARKET, Side.SELL, 300)
    new = ticket.conditional(OrderType.STOP_MARKET, Side.SELL, trigger_price=trigger)
    await _replaced(bench, ticket.conditional(OrderType.STOP_MARKET, Side.SELL), new)


@card("TC-E36", "An amendment that is refused")
async def amend_refused(bench: VenueBench) -> None:
    """An order of a type that cannot be amended stands as it was: the amendment is refused unsent,
    and says that. One of an order that the venue never saw is refused, not unknown, and creates
    nothing."""
    ticket = await bench.ticket()
    for kind in sorted(order_types(bench) - {OrderType.MARKET}):
        if not bench.adapter.capabilities.amends(kind, reduces=True):
            working = declared_order(bench, ticket, kind)
            smaller = Amendment(quantity=working.quantity / 2)
            reason = await refuses_to_amend(bench, working, smaller)
            assert re.search("amend|in place", reason), reason
    order = ticket.limit()
    outcome = await bench.adapter.amend_order(order, Amendment(quantity=order.quantity / 2))
    assert isinstance(outcome, AmendRefused), outcome
    assert outcome.reason
    assert bench.ledger_of(order, "accepted") == []


@card("TC-E76", "An amendment without an answer", _SMALLER, lessons=["L1", "L14"])
async def amend_ambiguous(bench: VenueBench) -> None:
    """An executed amendment whose answer is lost is Unknown (or told by the stream), never refused;
    the venue then says what became of it."""
    order = (await bench.ticket()).limit()
    await bench.accepted(order)
    lot = bench.instrument().lot
    for fault, part in (("execute_then_503", 4), ("execute_then_drop", 2)):
        smaller = order.quantity - order.quantity / part // lot * lot
        bench.sim.arm(fault, action="amend", count=1)
        outcome = await bench.adapter.amend_order(order, Amendment(quantity=smaller))
        assert isinstance(outcome, Unknown | AmendTaken), f"{fault}: {outcome}"
        bench.sim.faults.clear()
        await bench.back_on_stream()
        report = await found(bench, order)
        assert report.quantity == smaller, f"{fault}: {report}"
        assert report.status is OrderStatus.ACCEPTED


@card("OD-30", "Amend the quantity", _SMALLER)
async def amend_quantity(bench: VenueBench) -> None:
    """A working order takes a smaller quantity; the rest of its terms stay as they are."""
    order = (await bench.ticket()).limit()
    await bench.accepted(order)
    event = await _amended(bench, order, Amendment(quantity=order.quantity / 2))
    assert event.quantity == order.quantity / 2
    assert (await found(bench, order)).price in (order.price, None)


@card("OD-31", "Amend a partly filled order", _SMALLER, lessons=["L14"])
async def amend_partly_filled(bench: VenueBench) -> None:
    """The new quantity of a partly filled order is its new total: what has traded stays counted
    once, and the order ends with exactly that total."""
    order, filled = await partly_filled(bench)
    lot = bench.instrument().lot
    total = filled + lot * 2
    assert total < order.quantity
    outcome = await bench.adapter.amend_order(order, Amendment(quantity=total))
    assert outcome == AmendTaken(), outcome
    await bench.news(order, VenueAmended)
    report = await found(bench, order)
    assert (report.status, report.filled_qty) == (OrderStatus.PARTIALLY_FILLED, filled)
    assert report.quantity == total
    await bench.fill_rest(order)
    await bench.filled(order, total)
    assert sum(fill.quantity for fill in bench.fills_of(order)) == total


@card("OD-32", "Amend a finished order", _SMALLER)
async def amend_finished(bench: VenueBench) -> None:
    """An amendment that comes after the fill is refused: the venue says what became of it."""
    order = (await bench.ticket()).marketable(Side.BUY)
    await bench.accepted(order)
    await bench.filled(order)
    outcome = await bench.adapter.amend_order(order, Amendment(quantity=order.quantity / 2))
    assert isinstance(outcome, AmendRefused), outcome
    assert (await found(bench, order)).status is OrderStatus.FILLED


@card("OD-33", "A fill during an amendment", _SMALLER, lessons=["L14"])
async def fill_during_amend(bench: VenueBench) -> None:
    """The order fills while its amendment is on the way: the fill is heard once, whole, and the
    amendment is refused or unknown, never the order lost."""
    ticket = await bench.ticket()
    order = ticket.limit(Side.BUY)
    await bench.accepted(order)
    bench.sim.arm("delay", action="amend", count=1, params={"before_ms": 300})
    amending = asyncio.create_task(
        bench.adapter.amend_order(order, Amendment(quantity=order.quantity / 2))
    )
    await bench.sim_saw(order, "amend")
    assert order.price is not None
    await bench.move(order.price * Decimal("0.99"))
    await bench.filled(order)
    outcome = await amending
    assert isinstance(outcome, AmendRefused | Unknown), outcome
    assert sum(fill.quantity for fill in bench.fills_of(order)) == order.quantity
    report = await found(bench, order)
    assert (report.status, report.filled_qty) == (OrderStatus.FILLED, order.quantity)


@card("OD-34", "An amendment off the steps", _SMALLER)
async def amend_off_tick(bench: VenueBench) -> None:
    """New terms off the tick or the lot are refused, not rounded; the order stands as it was."""
    ticket = await bench.ticket()
    order = ticket.limit()
    await bench.accepted(order)
    for amendment in _off_steps(ticket, order):
        outcome = await bench.adapter.amend_order(order, amendment)
        assert isinstance(outcome, AmendRefused), f"{amendment}: {outcome}"
        report = await found(bench, order)
        assert report.price in (order.price, None)
        assert report.quantity in (order.quantity, None)


def _off_steps(ticket: Ticket, order: UnifiedOrder) -> tuple[Amendment, ...]:
    assert order.price is not None
    tick, lot = ticket.instrument.tick, ticket.instrument.lot
    return (Amendment(price=order.price + tick / 10), Amendment(quantity=order.quantity - lot / 10))


async def partly_filled(bench: VenueBench) -> tuple[UnifiedOrder, Decimal]:
    """A buy that took the whole best level and rests with more than that; and what it got."""
    ticket = await bench.ticket()
    lot = ticket.instrument.lot
    order = ticket.limit(
        Side.BUY, price=ticket.quote.ask, quantity=ticket.quote.ask_size + 10 * lot
    )
    await bench.accepted(order)
    fills = await bench.filled(order, ticket.quote.ask_size)
    filled = sum((fill.quantity for fill in fills), Decimal(0))
    assert filled < order.quantity
    return order, filled
