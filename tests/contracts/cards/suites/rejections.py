"""TC-E60 to TC-E62: flags. TC-E70 to TC-E73: refusals. OD-50 to OD-55: the venue's own reasons."""

from dataclasses import replace
from decimal import Decimal

from domain.orders import OrderStatus, OrderType, TimeInForce, TriggerType, UnifiedOrder
from domain.outcomes import Accepted, CancelTaken, Rejected
from domain.sides import Side
from tests.contracts.cards.card import card
from tests.contracts.cards.needs import (
    DENIED,
    DISPLAY_QTY,
    POST_ONLY,
    REDUCE_ONLY,
    expiring,
    order_types,
    refuses,
)
from tests.contracts.cards.suites.limit_orders import ends_unfilled, found
from tests.support.bench_orders import Ticket
from tests.support.venue_bench import VenueBench
from venues.port import NotFound

_LARGE_ORDERS_MAX = 60  # at the venue's maximum each


async def refused_by_the_venue(bench: VenueBench, order: UnifiedOrder) -> Rejected:
    """A definite no, with a code and the reason, and nothing exists there."""
    outcome = await bench.adapter.submit_order(order)
    assert isinstance(outcome, Rejected), f"{outcome} for {order}"
    assert outcome.code, outcome
    assert outcome.reason, outcome
    assert bench.ledger_of(order, "accepted") == []
    return outcome


@card("TC-E60", "Post-only order rests", POST_ONLY)
async def post_only(bench: VenueBench) -> None:
    """A post-only order away from the market rests as one, and fills as a maker."""
    order = (await bench.ticket()).limit(Side.SELL, post_only=True)
    await bench.accepted(order)
    [record] = bench.ledger_of(order, "accepted")
    assert record["post_only"] is True
    await bench.fill_rest(order)
    assert all(fill.is_maker for fill in await bench.filled(order))


@card("TC-E61", "Reduce-only order closes", REDUCE_ONLY)
async def reduce_only(bench: VenueBench) -> None:
    """A reduce-only order closes the position, and arrives as one."""
    ticket = await bench.ticket(bench.contract_id)
    held_in = ticket.instrument.instrument_id
    await bench.flatten(held_in)
    opening = ticket.market(Side.BUY)
    await bench.accepted(opening)
    await bench.filled(opening)
    closing = ticket.market(Side.SELL, reduce_only=True)
    await bench.accepted(closing)
    await bench.filled(closing)
    [record] = bench.ledger_of(closing, "accepted")
    assert record["reduce_only"] is True
    assert await bench.position(held_in) == 0


@card("TC-E62", "Display quantity", DISPLAY_QTY)
async def display_quantity(bench: VenueBench) -> None:
    """An iceberg rests whole and shows only its tip in the book."""
    ticket = await bench.ticket()
    # One tick inside the spread would be alone; the best price may not be, so the whole book is
    # compared with what it was.
    quantity = max(ticket.quantity * 10, bench.spec.display_least * 5)
    order = ticket.limit(Side.BUY, quantity=quantity, display_qty=quantity / 5)
    before = bench.shown_at(order)
    await bench.accepted(order)
    assert bench.shown_at(order) - before == quantity / 5
    assert (await found(bench, order)).quantity in (quantity, None)
    assert await bench.adapter.cancel_order(order) == CancelTaken()
    await bench.end_of(order)


@card("TC-E70", "Post-only order that would take", POST_ONLY)
async def post_only_crossing(bench: VenueBench) -> None:
    """A post-only order at a price that would take does not trade, and its end says why: as the
    table of ends has it."""
    order = (await bench.ticket()).marketable(Side.BUY, post_only=True)
    await ends_unfilled(bench, order, bench.spec.ends.post_only)


@card("TC-E71", "Reduce-only order without a position", REDUCE_ONLY)
async def reduce_only_flat(bench: VenueBench) -> None:
    """A reduce-only order with nothing to reduce does not trade, opens no position, and its end
    says why: as the table of ends has it."""
    ticket = await bench.ticket(bench.contract_id)
    held_in = ticket.instrument.instrument_id
    await bench.flatten(held_in)
    order = ticket.market(Side.SELL, reduce_only=True)
    await ends_unfilled(bench, order, bench.spec.ends.reduce_only)
    assert await bench.position(held_in) == 0


@card("TC-E72", "Order type that the venue lacks")
async def lacking_type(bench: VenueBench) -> None:
    """An order of a type (or with a term) that is not declared is refused before it is sent, and
    the reason names it."""
    await refuses(bench, *_undeclared_terms(bench, await bench.ticket()))


@card("TC-E73", "Time in force that the venue lacks")
async def lacking_time_in_force(bench: VenueBench) -> None:
    """A time in force that is not declared, or that its order cannot have, is refused before it is
    sent."""
    ticket = await bench.ticket()
    declared = bench.adapter.capabilities.times_in_force
    for force in sorted(set(TimeInForce) - declared):
        order = expiring(ticket) if force is TimeInForce.GTD else ticket.limit(time_in_force=force)
        await refuses(bench, order, force)
    await refuses(bench, ticket.limit(time_in_force=TimeInForce.GTD), "GTD")  # until when?
    endless = replace(expiring(ticket), time_in_force=TimeInForce.GTC)
    await refuses(bench, endless, "GTD|by date|at a time")


def _undeclared_terms(bench: VenueBench, ticket: Ticket) -> tuple[UnifiedOrder, str]:
    """An order, and what the refusal must speak of."""
    lacking = sorted(set(OrderType) - order_types(bench))
    if lacking:
        return ticket.order(lacking[0], Side.SELL), lacking[0]
    triggers = sorted(set(TriggerType) - bench.adapter.capabilities.trigger_types)
    if triggers:
        watched = triggers[0]
        return ticket.conditional(OrderType.STOP_MARKET, Side.SELL, trigger_type=watched), watched
    return ticket.market(Side.BUY, trigger_price=ticket.away(Side.BUY)), "trigger price"


@card("OD-50", "Funds that are not there")
async def unaffordable(bench: VenueBench) -> None:
    """The order that the account cannot pay any more is refused with the venue's code, and then not
    found; or found as refused, where the venue lists such orders."""
    ticket = await bench.ticket()
    known = ticket.instrument
    for _ in range(_LARGE_ORDERS_MAX):
        order = ticket.limit(Side.BUY, quantity=known.max_qty // known.lot * known.lot)
        outcome = await bench.adapter.submit_order(order)
        if isinstance(outcome, Rejected):
            break
        assert isinstance(outcome, Accepted), outcome
    else:
        raise AssertionError(f"{bench.name} took {_LARGE_ORDERS_MAX} of its largest orders")
    assert outcome.code.lower() != DENIED, f"not the venue's own words: {outcome}"
    assert outcome.reason
    assert bench.ledger_of(order, "accepted") == []
    listed = await bench.adapter.find_by_client_id(order)
    assert isinstance(listed, NotFound) or listed.status is OrderStatus.REJECTED
    assert bench.fills_of(order) == []


@card("OD-51", "A price off the tick")
async def off_tick(bench: VenueBench) -> None:
    """A price between two ticks is refused, here or by the venue: never rounded."""
    ticket = await bench.ticket()
    price = ticket.away(Side.BUY) + ticket.instrument.tick / 4
    await refused_by_the_venue(bench, ticket.limit(Side.BUY, price=price))


@card("OD-52", "A quantity off the lot")
async def off_lot(bench: VenueBench) -> None:
    """A quantity between two lots is refused, here or by the venue: never rounded."""
    ticket = await bench.ticket()
    quantity = ticket.quantity + ticket.instrument.lot / 4
    await refused_by_the_venue(bench, ticket.limit(Side.BUY, quantity=quantity))


@card("OD-53", "A quantity below the minimum")
async def below_minimum(bench: VenueBench) -> None:
    """Less than the venue's minimum is refused with its reason."""
    ticket = await bench.ticket()
    known = ticket.instrument
    least = known.min_qty
    if known.min_notional:
        value = known.notional(Decimal(1), ticket.away(Side.BUY))
        least = max(least, known.min_notional / value)
    too_little = (least / 2) // known.lot * known.lot or known.lot / 2
    await refused_by_the_venue(bench, ticket.limit(Side.BUY, quantity=too_little))


@card("OD-54", "Client ids that are not ours")
async def odd_ids(bench: VenueBench) -> None:
    """An id that the venue or its library could choke on is refused before it is sent."""
    ticket = await bench.ticket()
    for odd in ("é", "a b", "", "x" * 65, "semi;colon"):
        await refuses(bench, ticket.limit(venue_client_id=odd), "client( order)? id")


@card("OD-55", "An instrument that is not served")
async def unknown_instrument(bench: VenueBench) -> None:
    """An order in an instrument that was not configured is refused before it is sent."""
    order = (await bench.ticket()).limit(instrument_id=f"NOSUCH.{bench.name}")
    await refuses(bench, order, order.instrument_id)
