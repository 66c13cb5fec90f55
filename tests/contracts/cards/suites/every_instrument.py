"""OD-10 to OD-14: what the other cards show for one instrument holds for every kind of them."""

from collections.abc import AsyncIterator
from decimal import Decimal

from domain.instruments import InstrumentKind
from domain.order_events import VenueAmended, VenueCanceled
from domain.orders import OrderStatus, OrderType, UnifiedOrder
from domain.outcomes import Accepted, AmendRefused, AmendTaken, CancelTaken, Unknown
from domain.sides import Side
from tests.contracts.cards.card import card
from tests.contracts.cards.needs import declared_order, order_types, refuses
from tests.contracts.cards.suites.conditional_orders import waits
from tests.contracts.cards.suites.limit_orders import found, rests
from tests.support.bench_orders import Ticket
from tests.support.venue_bench import VenueBench
from venues.port import Amendment

_NEXT_TO_MARKET = 100  # basis points; a price band of the venue may be near


async def tickets(bench: VenueBench) -> AsyncIterator[Ticket]:
    """One for the first instrument of each kind, linear and inverse apart, at live prices."""
    kinds: dict[tuple[InstrumentKind, bool], str] = {}
    for instrument_id in bench.spec.instruments:
        known = bench.instrument(instrument_id)
        kinds.setdefault((known.kind, known.inverse), instrument_id)
    for instrument_id in kinds.values():
        yield await bench.ticket(instrument_id)


def near(ticket: Ticket, side: Side) -> UnifiedOrder:
    return ticket.limit(side, price=ticket.away(side, _NEXT_TO_MARKET))


@card("OD-10", "Every order type in every kind of instrument")
async def every_type(bench: VenueBench) -> None:
    """Each conditional order type waits in each kind of instrument that declares it, and is refused
    unsent in every other."""
    async for ticket in tickets(bench):
        offered = order_types(bench, ticket.instrument.instrument_id)
        for kind in (kind for kind in OrderType if kind.is_conditional):
            order = declared_order(bench, ticket, kind)
            if kind in offered:
                await waits(bench, order)
            else:
                await refuses(bench, order, kind)


@card("OD-11", "Find, amend and cancel in every kind of instrument")
async def every_command(bench: VenueBench) -> None:
    """A limit order rests, is found on its terms, amended where that is declared, and cancelled, in
    each kind of instrument."""
    async for ticket in tickets(bench):
        order = near(ticket, Side.BUY)
        await rests(bench, order)
        smaller = Amendment(quantity=order.quantity / 2)
        outcome = await bench.adapter.amend_order(order, smaller)
        if bench.adapter.capabilities.amends(OrderType.LIMIT, reduces=True):
            assert outcome == AmendTaken(), f"{ticket.instrument.instrument_id}: {outcome}"
            event = (await bench.news(order, VenueAmended)).event
            assert isinstance(event, VenueAmended)
            assert event.trigger_price is None, f"a limit order has no trigger: {event}"
            assert (await found(bench, order)).quantity == order.quantity / 2
        else:
            assert isinstance(outcome, AmendRefused), outcome
        assert await bench.adapter.cancel_order(order) == CancelTaken()
        assert isinstance((await bench.end_of(order)).event, VenueCanceled)
        assert (await found(bench, order)).status is OrderStatus.CANCELED


@card("OD-12", "Fills of every kind of instrument are pulled", lessons=["L4"])
async def every_history(bench: VenueBench) -> None:
    """Taking and resting fills of each kind of instrument are pulled as they were streamed."""
    async for ticket in tickets(bench):
        taking = ticket.limit(Side.BUY, price=ticket.quote.ask)
        await bench.accepted(taking)
        assert await bench.pulled(taking) == await bench.filled(taking)
        resting = near(await bench.ticket(ticket.instrument.instrument_id), Side.SELL)
        await bench.accepted(resting)
        await bench.fill_rest(resting)
        streamed = await bench.filled(resting)
        assert all(fill.is_maker for fill in streamed)
        assert await bench.pulled(resting) == streamed


@card("OD-13", "Positions of every kind of instrument", lessons=["L8"])
async def every_position(bench: VenueBench) -> None:
    """The venue's position in each contract changes by exactly what was filled, in the units that
    orders have; spot instruments have none."""
    async for ticket in tickets(bench):
        held_in = ticket.instrument.instrument_id
        before = await bench.position(held_in)
        order = ticket.limit(Side.BUY, price=ticket.quote.ask)
        await bench.accepted(order)
        filled = sum((fill.quantity for fill in await bench.filled(order)), Decimal(0))
        spot = ticket.instrument.kind is InstrumentKind.SPOT
        assert await bench.position(held_in) == (Decimal(0) if spot else before + filled)


@card("OD-14", "Unknown outcomes in every kind of instrument", lessons=["L1", "L3"])
async def every_unknown(bench: VenueBench) -> None:
    """An executed submit without an answer is found by our id in each kind of instrument, limit or
    waiting."""
    async for ticket in tickets(bench):
        offered = order_types(bench, ticket.instrument.instrument_id)
        for kind in (OrderType.LIMIT, OrderType.STOP_MARKET, OrderType.STOP_LIMIT):
            if kind not in offered:
                continue
            order = near(ticket, Side.BUY) if kind is OrderType.LIMIT else None
            order = order or ticket.order(kind, Side.SELL)
            bench.sim.arm("execute_then_503", action="submit", count=1)
            outcome = await bench.adapter.submit_order(order)
            assert isinstance(outcome, Unknown | Accepted), f"{kind}: {outcome}"
            bench.sim.faults.clear()
            await bench.back_on_stream()
            report = await found(bench, order)
            assert report.status is OrderStatus.ACCEPTED, f"{kind}: {report} after {outcome}"
            assert await bench.adapter.cancel_order(order) == CancelTaken()
            assert isinstance((await bench.end_of(order)).event, VenueCanceled)
