"""TC-E20 to TC-E27: orders that wait at the venue for a price. OD-20 to OD-29: how they go off."""

from decimal import Decimal

from domain.order_events import VenueTriggered
from domain.orders import OrderStatus, OrderType, TrailingOffsetType, TriggerType, UnifiedOrder
from domain.outcomes import Accepted, CancelTaken, Rejected
from domain.sides import Side
from tests.contracts.cards.card import card
from tests.contracts.cards.needs import order_type, order_types, trailing_by, trigger_type
from tests.support.venue_bench import VenueBench
from venues.port import OrderReport

_STOP, _STOP_LIMIT = OrderType.STOP_MARKET, OrderType.STOP_LIMIT
_TAKE, _TAKE_LIMIT = OrderType.TAKE_PROFIT_MARKET, OrderType.TAKE_PROFIT_LIMIT
_TRAILING = OrderType.TRAILING_STOP_MARKET
_BEYOND = Decimal("0.001")  # past the trigger, within the limit price of a ticket


async def waits(bench: VenueBench, order: UnifiedOrder) -> None:
    """Submit it; the venue has it, untraded, on its terms, among the open orders; cancel it."""
    outcome = await bench.accepted(order)
    report = await bench.adapter.find_by_client_id(order)
    assert isinstance(report, OrderReport), report
    assert (report.status, report.filled_qty) == (OrderStatus.ACCEPTED, Decimal(0))
    assert report.venue_order_id == outcome.venue_order_id
    if not order.order_type.is_trailing:  # its trigger is where the market has put it
        assert report.trigger_price in (order.trigger_price, None)
    assert report.price in (order.price, None)
    open_ids = {one.venue_client_id for one in await bench.adapter.open_orders()}
    assert order.venue_client_id in open_ids, "it waits, but is not among the open orders"
    assert bench.ledger_of(order, "filled") == []
    assert await bench.adapter.cancel_order(order) == CancelTaken()
    await bench.end_of(order)
    assert bench.fills_of(order) == []


async def triggers(bench: VenueBench, order: UnifiedOrder) -> None:
    """Submit it and bring the market to its trigger: it is told, and the order fills whole."""
    await bench.accepted(order)
    assert order.trigger_price is not None
    quote = await bench.quote()
    up = order.trigger_price > quote.mid
    await bench.move(order.trigger_price * (1 + (_BEYOND if up else -_BEYOND)))
    await filled_after_trigger(bench, order)


async def filled_after_trigger(bench: VenueBench, order: UnifiedOrder) -> None:
    fills = await bench.filled(order)
    assert sum(fill.quantity for fill in fills) == order.quantity
    assert sum(Decimal(one["quantity"]) for one in bench.ledger_of(order, "filled")) == (
        order.quantity
    )
    report = await bench.adapter.find_by_client_id(order)
    assert isinstance(report, OrderReport), report
    assert (report.status, report.filled_qty) == (OrderStatus.FILLED, order.quantity)
    assert len(bench.ledger_of(order, "accepted")) == 1


def _define_waiting() -> None:
    kinds = (
        (20, _STOP, "Stop market"),
        (22, _STOP_LIMIT, "Stop limit"),
        (24, _TAKE, "Take-profit market (market if touched)"),
        (26, _TAKE_LIMIT, "Take-profit limit (limit if touched)"),
    )
    for first, kind, words in kinds:
        for number, side in ((first, Side.BUY), (first + 1, Side.SELL)):

            async def play(bench: VenueBench, kind: OrderType = kind, side: Side = side) -> None:
                await waits(bench, (await bench.ticket()).conditional(kind, side))

            play.__doc__ = (
                f"A {kind.value} {side.value.lower()} waits untraded on its terms, is among the "
                "open orders, and can be cancelled."
            )
            card(f"TC-E{number}", f"{words}, {side.value.lower()}", order_type(kind))(play)


def _define_triggering() -> None:
    kinds = ((20, _STOP), (21, _STOP_LIMIT), (22, _TAKE), (23, _TAKE_LIMIT))
    for number, kind in kinds:
        for letter, side in (("", Side.SELL), ("b", Side.BUY)):

            async def play(bench: VenueBench, kind: OrderType = kind, side: Side = side) -> None:
                await triggers(bench, (await bench.ticket()).conditional(kind, side))

            play.__doc__ = (
                f"A {kind.value} {side.value.lower()} fills whole once the market is at its "
                "trigger, and not before."
            )
            title = f"{kind.value} {side.value.lower()} triggers"
            card(f"OD-{number}{letter}", title, order_type(kind))(play)


_define_waiting()
_define_triggering()


async def _trails(bench: VenueBench, order: UnifiedOrder) -> None:
    """The market rises two percent, then falls back three: a trigger that had not followed, one
    percent under the start, would not be reached."""
    start = (await bench.quote()).mid
    await bench.accepted(order)
    await bench.move(start * Decimal("1.02"))
    assert bench.fills_of(order) == []
    await bench.move(start * Decimal("1.005"))
    await filled_after_trigger(bench, order)


@card(
    "OD-24",
    "Trailing stop by price",
    order_type(_TRAILING),
    trailing_by(TrailingOffsetType.PRICE),
)
async def trailing_by_price(bench: VenueBench) -> None:
    """A trailing stop at a distance in price follows the market up and sells on the way down."""
    ticket = await bench.ticket()
    offset = ticket.on_tick(ticket.quote.mid / 100)
    order = ticket.trailing(
        Side.SELL, trailing_offset=offset, trailing_offset_type=TrailingOffsetType.PRICE
    )
    await _trails(bench, order)


@card(
    "OD-25",
    "Trailing stop by basis points",
    order_type(_TRAILING),
    trailing_by(TrailingOffsetType.BASIS_POINTS),
)
async def trailing_by_basis_points(bench: VenueBench) -> None:
    """A trailing stop at a distance in basis points follows the market up and sells on the way
    down."""
    await _trails(bench, (await bench.ticket()).trailing(Side.SELL))


def _define_watching() -> None:
    for number, watched in (
        (26, TriggerType.LAST),
        (27, TriggerType.MARK),
        (28, TriggerType.INDEX),
    ):

        async def play(bench: VenueBench, watched: TriggerType = watched) -> None:
            kind = _STOP if _STOP in order_types(bench) else _STOP_LIMIT
            ticket = await bench.ticket()
            await triggers(bench, ticket.conditional(kind, Side.SELL, trigger_type=watched))

        play.__doc__ = f"A stop that watches the {watched.value.lower()} price triggers by it."
        card(f"OD-{number}", f"Trigger by {watched.value}", trigger_type(watched))(play)


_define_watching()


@card("OD-29", "A stop beyond the market", order_type(_STOP))
async def stop_at_the_wrong_side(bench: VenueBench) -> None:
    """A stop whose trigger the market has passed already is refused by the venue with its reason,
    or trades at once: never left lying."""
    ticket = await bench.ticket()
    passed = ticket.trigger(_STOP, Side.BUY)
    order = ticket.conditional(_STOP, Side.SELL, trigger_price=passed)
    outcome = await bench.adapter.submit_order(order)
    if isinstance(outcome, Rejected):
        assert outcome.reason, f"the refusal does not say why: {outcome}"
        assert bench.ledger_of(order, "accepted") == []
    else:
        assert isinstance(outcome, Accepted), outcome
        await bench.filled(order)


@card("OD-29b", "A trigger is told", order_type(_STOP_LIMIT))
async def trigger_is_told(bench: VenueBench) -> None:
    """A stop limit whose limit is out of reach rests after its trigger; the trigger is news, the
    order is still open, and it can be cancelled."""
    ticket = await bench.ticket()
    trigger = ticket.trigger(_STOP_LIMIT, Side.SELL)
    order = ticket.conditional(_STOP_LIMIT, Side.SELL, price=trigger)
    await bench.accepted(order)
    await bench.move(trigger * Decimal("0.99"))
    await bench.news(order, VenueTriggered)
    report = await bench.adapter.find_by_client_id(order)
    assert isinstance(report, OrderReport), report
    assert (report.status, report.filled_qty) == (OrderStatus.ACCEPTED, Decimal(0))
    assert order.venue_client_id in {
        one.venue_client_id for one in await bench.adapter.open_orders()
    }
    assert await bench.adapter.cancel_order(order) == CancelTaken()
    await bench.end_of(order)
