"""TC-E90 to TC-E101: options, where the venue lists them."""

from decimal import Decimal

from domain.instruments import InstrumentKind
from domain.orders import OrderType, TimeInForce
from domain.outcomes import CancelTaken
from domain.sides import Side
from tests.contracts.cards.card import Need, card
from tests.contracts.cards.needs import order_types, refuses, time_in_force
from tests.contracts.cards.suites.cancels import canceled, none_open
from tests.contracts.cards.suites.limit_orders import rests
from tests.support.bench_orders import Ticket
from tests.support.venue_bench import VenueBench


def _option_id(bench: VenueBench) -> str | None:
    for instrument_id in bench.spec.instruments:
        if bench.instrument(instrument_id).kind is InstrumentKind.OPTION:
            return instrument_id
    return None


async def _no_options(bench: VenueBench) -> str:
    order = (await bench.ticket()).limit(instrument_id=f"BTC-NEVER-100000-C.{bench.name}")
    return await refuses(bench, order, order.instrument_id)


OPTIONS = Need(
    "options", lambda bench: _option_id(bench) is not None, _no_options, "BTC-NEVER-100000-C"
)


async def option_ticket(bench: VenueBench) -> Ticket:
    return await bench.ticket(_option_id(bench))


@card("TC-E90", "Limit buy of an option", OPTIONS)
async def buy_option(bench: VenueBench) -> None:
    """A limit buy of an option rests at its price and quantity."""
    ticket = await option_ticket(bench)
    await rests(bench, ticket.limit(Side.BUY, price=ticket.away(Side.BUY, 2000)))


@card("TC-E91", "Limit sell of an option", OPTIONS)
async def sell_option(bench: VenueBench) -> None:
    """A limit sell of an option rests at its price and quantity."""
    ticket = await option_ticket(bench)
    await rests(bench, ticket.limit(Side.SELL, price=ticket.away(Side.SELL, 2000)))


@card("TC-E94", "Order type that options lack", OPTIONS)
async def lacking_type(bench: VenueBench) -> None:
    """An order type that the venue does not take for options is refused before it is sent, and the
    reason names it."""
    ticket = await option_ticket(bench)
    for lacking in sorted(set(OrderType) - order_types(bench, ticket.instrument.instrument_id)):
        await refuses(bench, ticket.order(lacking, Side.BUY), lacking)


@card("TC-E96", "Conditional order on an option", OPTIONS)
async def conditional_option(bench: VenueBench) -> None:
    """Every conditional order on an option is refused before it is sent, or waits as declared."""
    ticket = await option_ticket(bench)
    offered = order_types(bench, ticket.instrument.instrument_id)
    for kind in (kind for kind in OrderType if kind.is_conditional):
        order = ticket.order(kind, Side.BUY)
        if kind in offered:
            await bench.accepted(order)
            assert await bench.adapter.cancel_order(order) == CancelTaken()
            await bench.end_of(order)
        else:
            await refuses(bench, order, kind)


@card("TC-E99", "FOK order of an option", OPTIONS, time_in_force(TimeInForce.FOK))
async def fok_option(bench: VenueBench) -> None:
    """A marketable FOK order of an option fills whole."""
    ticket = await option_ticket(bench)
    order = ticket.limit(Side.BUY, price=ticket.quote.ask, time_in_force=TimeInForce.FOK)
    await bench.accepted(order)
    assert sum(fill.quantity for fill in await bench.filled(order)) == order.quantity


@card("TC-E100", "Cancel an option order", OPTIONS)
async def cancel_option(bench: VenueBench) -> None:
    """A working option order is cancelled, and its end is told."""
    ticket = await option_ticket(bench)
    order = ticket.limit(Side.BUY, price=ticket.away(Side.BUY, 2000))
    await bench.accepted(order)
    assert await bench.adapter.cancel_order(order) == CancelTaken()
    await canceled(bench, order)
    await none_open(bench, order)


@card("TC-E101", "An option position over a restart", OPTIONS, lessons=["L8"])
async def option_position(bench: VenueBench) -> None:
    """An option position is reported by a new session to the digit."""
    ticket = await option_ticket(bench)
    held_in = ticket.instrument.instrument_id
    held = await bench.position(held_in)
    order = ticket.limit(Side.BUY, price=ticket.quote.ask)
    await bench.accepted(order)
    await bench.filled(order)
    await bench.restart_adapter()
    assert await bench.position(held_in) == held + order.quantity
    assert held + order.quantity > Decimal(0)
