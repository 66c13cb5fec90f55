"""Features that not every venue has, and how their absence must show: a clear refusal, unsent."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from domain.orders import OrderType, TimeInForce, TrailingOffsetType, TriggerType, UnifiedOrder
from domain.outcomes import AmendRefused, CancelRefused, CancelTaken, Rejected
from domain.sides import Side
from tests.contracts.cards.card import Need
from tests.support.bench_orders import Ticket
from tests.support.venue_bench import VenueBench
from venues.port import Amendment

DENIED = "denied_locally"
GTD_LIFE = timedelta(hours=1)


async def refuses(bench: VenueBench, order: UnifiedOrder, word: str) -> str:
    """The adapter refuses the order itself, says why, and sends nothing of it; the reason, in which
    the regular expression `word` is found."""
    before = len(bench.sim.commands())
    outcome = await bench.adapter.submit_order(order)
    assert isinstance(outcome, Rejected), f"it should have been refused, but: {outcome}"
    assert outcome.code.lower() == DENIED, f"refused by the venue, not by the adapter: {outcome}"
    assert re.search(word, outcome.reason, re.IGNORECASE), f"not about {word!r}: {outcome}"
    sent = bench.sim.commands()[before:]
    assert sent == [], f"it was refused and yet sent: {sent}"
    return outcome.reason


def _order_need(
    name: str, met: Callable[[VenueBench], bool], write: Callable[[Ticket], UnifiedOrder], word: str
) -> Need:
    async def refused(bench: VenueBench) -> str:
        return await refuses(bench, write(await bench.ticket()), word)

    return Need(name, met, refused, word)


def order_types(bench: VenueBench, instrument_id: str | None = None) -> frozenset[OrderType]:
    """What can be ordered in an instrument of the venue."""
    return bench.adapter.capabilities.order_types_for(bench.instrument(instrument_id).kind)


def order_type(wanted: OrderType) -> Need:
    side = Side.SELL
    return _order_need(
        wanted.value,
        lambda bench: wanted in order_types(bench),
        lambda ticket: ticket.order(wanted, side),
        wanted.value,
    )


def time_in_force(wanted: TimeInForce) -> Need:
    return _order_need(
        wanted.value,
        lambda bench: wanted in bench.adapter.capabilities.times_in_force,
        lambda ticket: ticket.limit(time_in_force=wanted, expire_at=_expiry(wanted)),
        wanted.value,
    )


def declared_order(bench: VenueBench, ticket: Ticket, wanted: OrderType) -> UnifiedOrder:
    """A sell of that type; a trailing one at a distance that the venue declares."""
    if wanted.is_trailing and TrailingOffsetType.BASIS_POINTS not in (
        bench.adapter.capabilities.trailing_offset_types
    ):
        offset = ticket.on_tick(ticket.quote.mid / 100)
        kind = TrailingOffsetType.PRICE
        return ticket.trailing(Side.SELL, trailing_offset=offset, trailing_offset_type=kind)
    return ticket.order(wanted, Side.SELL)


def trigger_type(wanted: TriggerType) -> Need:
    return _order_need(
        f"trigger by {wanted.value}",
        lambda bench: wanted in bench.adapter.capabilities.trigger_types,
        lambda ticket: ticket.conditional(OrderType.STOP_MARKET, Side.SELL, trigger_type=wanted),
        wanted.value,
    )


def trailing_by(wanted: TrailingOffsetType) -> Need:
    return _order_need(
        f"trailing by {wanted.value}",
        lambda bench: wanted in bench.adapter.capabilities.trailing_offset_types,
        lambda ticket: ticket.trailing(Side.SELL, trailing_offset_type=wanted),
        "trail|offset",
    )


def _expiry(wanted: TimeInForce) -> datetime | None:
    return datetime.now(UTC) + GTD_LIFE if wanted is TimeInForce.GTD else None


POST_ONLY = _order_need(
    "post-only",
    lambda bench: bench.adapter.capabilities.post_only,
    lambda ticket: ticket.limit(post_only=True),
    "post-only",
)
REDUCE_ONLY = _order_need(
    "reduce-only",
    lambda bench: bench.adapter.capabilities.reduce_only and bench.contract_id is not None,
    lambda ticket: ticket.market(Side.SELL, reduce_only=True),
    "reduce-only",
)
DISPLAY_QTY = _order_need(
    "display quantity",
    lambda bench: bench.adapter.capabilities.display_qty,
    lambda ticket: ticket.limit(display_qty=ticket.quantity / 2),
    "shows|display",
)


async def _no_positions(bench: VenueBench) -> str:
    """What is bought is a balance: nothing could be closed that was not bought, or reduced."""
    order = (await bench.ticket()).market(Side.BUY)
    base = bench.instrument().base
    before = await _balance(bench, base)
    await bench.accepted(order)
    fills = await bench.filled(order)
    fees = sum(fill.fee for fill in fills if fill.fee_currency == base)
    assert await _balance(bench, base) - before == order.quantity - fees
    assert list(await bench.adapter.positions()) == [], "a spot account reported positions"
    return await refuses(bench, replace(order, reduce_only=True), "position")


async def _balance(bench: VenueBench, currency: str) -> Decimal:
    known = {one.currency: one.total for one in await bench.adapter.balances()}
    return known.get(currency, Decimal(0))


POSITIONS = Need(
    "positions", lambda bench: bench.contract_id is not None, _no_positions, "position"
)


def amendable(wanted: OrderType) -> Need:
    """The venue changes any term of a working order of that type in place."""

    async def refused(bench: VenueBench) -> str:
        order = (await bench.ticket()).order(wanted, Side.SELL)
        if wanted not in order_types(bench):
            return await refuses(bench, order, wanted.value)
        return await refuses_to_amend(bench, order, Amendment(quantity=order.quantity * 2))

    def met(bench: VenueBench) -> bool:
        return bench.adapter.capabilities.amends(wanted, reduces=False)

    return Need(f"amend {wanted.value}", met, refused, f"amend|{wanted.value}")


def reducible(wanted: OrderType) -> Need:
    """The venue makes a working order of that type smaller in place, at least."""

    async def refused(bench: VenueBench) -> str:
        order = (await bench.ticket()).order(wanted, Side.SELL)
        return await refuses_to_amend(bench, order, Amendment(quantity=order.quantity / 2))

    def met(bench: VenueBench) -> bool:
        return bench.adapter.capabilities.amends(wanted, reduces=True)

    return Need(f"reduce {wanted.value}", met, refused, "amend")


async def refuses_to_amend(bench: VenueBench, order: UnifiedOrder, wanted: Amendment) -> str:
    """An order works; the adapter refuses to amend it, says why, sends nothing of it, and the order
    stands as it was. The reason."""
    await bench.accepted(order)
    before = await bench.adapter.find_by_client_id(order)
    sent = len(bench.sim.commands(order.venue_client_id))
    outcome = await bench.adapter.amend_order(order, wanted)
    assert isinstance(outcome, AmendRefused), f"it should have been refused: {outcome}"
    assert len(bench.sim.commands(order.venue_client_id)) == sent, "refused and yet sent"
    assert await bench.adapter.find_by_client_id(order) == before
    assert await bench.adapter.cancel_order(order) == CancelTaken()
    return outcome.reason


async def _cancels_not_all(bench: VenueBench) -> str:
    before = len(bench.sim.commands())
    outcome = await bench.adapter.cancel_all(bench.instrument_id)
    assert isinstance(outcome, CancelRefused), f"it should have been refused: {outcome}"
    assert len(bench.sim.commands()) == before, "refused and yet sent"
    return outcome.reason


CANCELS_ALL = Need(
    "cancel all", lambda bench: bench.adapter.capabilities.cancels_all, _cancels_not_all, "all"
)


def expiring(ticket: Ticket, life: timedelta = GTD_LIFE) -> UnifiedOrder:
    """A good-till-date order; whole seconds, which every venue takes."""
    expiry = (datetime.now(UTC) + life + timedelta(seconds=1)).replace(microsecond=0)
    return ticket.limit(time_in_force=TimeInForce.GTD, expire_at=expiry)
