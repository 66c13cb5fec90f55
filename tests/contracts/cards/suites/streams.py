"""OD-70 to OD-82: what the streams lose, repeat, delay or cut off counts once all the same."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from domain.order_events import VenueCanceled
from domain.orders import UnifiedOrder
from domain.outcomes import CancelTaken, Unknown
from domain.sides import Side
from tests.contracts.cards.card import card
from tests.contracts.cards.suites.amendments import partly_filled
from tests.support.venue_bench import VenueBench
from venues.port import FillNews, VenueUnreachable

_LONG = 130  # more than a page of any venue's history here
NOTICED_MAX_S = 5.0
BACK_MAX_S = 10.0


async def alive(bench: VenueBench) -> None:
    """An order and its cancel are heard again."""
    order = (await bench.ticket()).limit()
    await bench.accepted(order)
    assert await bench.adapter.cancel_order(order) == CancelTaken()
    assert isinstance((await bench.end_of(order)).event, VenueCanceled)


async def pulled_whole(bench: VenueBench, order: UnifiedOrder) -> None:
    pulled = await bench.pulled(order)
    assert sum(fill.quantity for fill in pulled) == order.quantity
    assert len({fill.trade_id for fill in pulled}) == len(pulled)


@card("OD-70", "Pulled fills are the streamed ones", lessons=["L4", "L6"])
async def pulled_like_streamed(bench: VenueBench) -> None:
    """A fill from the venue's history is the streamed one to the last field: it counts once."""
    order = (await bench.ticket()).market(Side.BUY)
    await bench.accepted(order)
    streamed = await bench.filled(order)
    assert await bench.pulled(order) == streamed


@card("OD-71", "Fills before a time are left out")
async def since(bench: VenueBench) -> None:
    """The history is asked from a moment on: earlier fills stay out, later ones are in."""
    order = (await bench.ticket()).market(Side.SELL)
    await bench.accepted(order)
    fills = await bench.filled(order)
    last = max(fill.ts_event for fill in fills)
    later = await bench.adapter.fills_since(last + timedelta(seconds=2))
    assert order.order_id not in {fill.order_id for fill in later}
    known = await bench.adapter.fills_since(min(fill.ts_event for fill in fills))
    assert order.order_id in {fill.order_id for fill in known}


@card("OD-72", "A long history is read to its end", lessons=["L4"])
async def long_history(bench: VenueBench) -> None:
    """More fills than fit on one page of the venue's history are all found, each once, oldest
    first."""
    begun = datetime.now(UTC) - timedelta(seconds=2)
    ticket = await bench.ticket()
    orders = [
        ticket.market(Side.BUY if number % 2 else Side.SELL, quantity=ticket.quantity)
        for number in range(_LONG)
    ]
    for start in range(0, _LONG, 10):
        await asyncio.gather(*(bench.accepted(order) for order in orders[start : start + 10]))
    for order in orders:
        await bench.filled(order)
    pulled = await bench.adapter.fills_since(begun)
    ours = {order.order_id: order.quantity for order in orders}
    got: dict[str, Decimal] = {}
    for fill in pulled:
        if fill.order_id in ours:
            got[fill.order_id] = got.get(fill.order_id, Decimal(0)) + fill.quantity
    assert got == ours
    times = [fill.ts_event for fill in pulled]
    assert times == sorted(times), "not oldest first"
    assert len({(fill.instrument_id, fill.trade_id, fill.order_id) for fill in pulled}) == len(
        pulled
    )


@card("OD-73", "A fill during a gap in the stream", lessons=["L4"])
async def gap(bench: VenueBench) -> None:
    """The private stream dies, the order fills, the stream comes back: the gap is told, the fill is
    found by a pull, and the stream works again."""
    order = (await bench.ticket()).limit(Side.BUY)
    await bench.accepted(order)
    before = len(bench.heard)
    assert bench.sim.drop_streams(refuse_s=1.0) > 0, "there was no private stream to drop"
    assert order.price is not None
    bench.sim.move(bench.symbol(), order.price * 99 / 100)
    async with asyncio.timeout(BACK_MAX_S):
        await bench.restored(before)
        await pulled_whole(bench, order)
    assert all(fill.is_maker for fill in await bench.pulled(order))
    assert bench.adapter.health().connected
    bench.sim.restore_market()
    await alive(bench)


@card("OD-74", "A fill told twice", lessons=["L6"])
async def duplicated(bench: VenueBench) -> None:
    """A fill that the venue streams three times has one identity, and is pulled once."""
    order = (await bench.ticket()).market(Side.BUY)
    bench.sim.arm("duplicate_fills", count=1, params={"copies": 3})
    await bench.accepted(order)
    await bench.filled(order)
    await pulled_whole(bench, order)
    identities = {
        (fill.account_id, fill.instrument_id, fill.trade_id, fill.order_id): fill.quantity
        for fill in bench.fills_heard(order)
    }
    assert sum(identities.values()) == order.quantity


@card("OD-75", "A fill told late", lessons=["L14"])
async def delayed(bench: VenueBench) -> None:
    """A fill that is streamed long after the answer arrives whole."""
    order = (await bench.ticket()).market(Side.SELL)
    bench.sim.arm("delay_fills", count=2, params={"ms": 500})
    await bench.accepted(order)
    fills = await bench.filled(order)
    assert sum(fill.quantity for fill in fills) == order.quantity


@card("OD-76", "A fill that the stream lost", lessons=["L5"])
async def lost(bench: VenueBench) -> None:
    """A fill that a healthy looking stream never told is found by a pull."""
    order = (await bench.ticket()).market(Side.BUY)
    bench.sim.arm("lose_fills", client_order_id=order.venue_client_id)
    await bench.accepted(order)
    await pulled_whole(bench, order)
    await alive(bench)
    assert bench.adapter.health().connected


@card("OD-77", "A late fill of a cancelled order", lessons=["L14"])
async def late_after_cancel(bench: VenueBench) -> None:
    """A fill that is streamed only after the end of its order is told all the same."""
    bench.sim.arm("delay_fills", count=1, params={"ms": 400})
    ticket = await bench.ticket()
    order = ticket.limit(
        Side.BUY,
        price=ticket.quote.ask,
        quantity=ticket.quote.ask_size + 10 * ticket.instrument.lot,
    )
    await bench.accepted(order)
    assert await bench.adapter.cancel_order(order) == CancelTaken()
    assert isinstance((await bench.end_of(order)).event, VenueCanceled)
    fills = await bench.filled(order, ticket.quote.ask_size)
    traded = sum(Decimal(one["quantity"]) for one in bench.ledger_of(order, "filled"))
    assert sum(fill.quantity for fill in fills) == traded


@card("OD-78", "A session that expires", lessons=["L15"])
async def session_expires(bench: VenueBench) -> None:
    """The venue ends every login, token or listen key: the gap is told, they are renewed, and the
    next order is taken and heard."""
    before = len(bench.heard)
    assert bench.sim.venue.expire_listen_keys() > 0, "there was no session that could expire"
    await bench.restored(before, BACK_MAX_S)
    await bench.back_on_stream()
    await alive(bench)


@card("OD-79", "The venue goes away and comes back", lessons=["L2", "L4"])
async def venue_away(bench: VenueBench) -> None:
    """Every connection dies: it is noticed within seconds, orders are Unknown, questions raise;
    when the venue is back, so are stream, market data and commands, and what filled meanwhile is
    pulled."""
    ticket = await bench.ticket()
    order, resting = ticket.limit(), ticket.limit(Side.BUY)
    await bench.accepted(resting)
    assert resting.price is not None
    symbol, before = bench.symbol(), len(bench.heard)
    await bench.sim.stop()
    try:
        await bench.noticed(before, NOTICED_MAX_S)
        outcome = await bench.adapter.submit_order(order)
        assert isinstance(outcome, Unknown), outcome
        with pytest.raises(VenueUnreachable):
            await bench.adapter.find_by_client_id(order)
    finally:
        await bench.sim.start()
    back_at = datetime.now(UTC)
    bench.sim.move(symbol, resting.price * 99 / 100)
    async with asyncio.timeout(BACK_MAX_S):
        await bench.restored(before)
        await bench.back_on_stream()
        await bench.quote_after(back_at)
        await pulled_whole(bench, resting)
    bench.sim.restore_market()
    assert bench.ledger_of(order, "accepted") == []
    await bench.accepted(order)
    assert await bench.adapter.cancel_order(order) == CancelTaken()
    assert isinstance((await bench.end_of(order)).event, VenueCanceled)


@card("OD-80", "Partial fills", lessons=["L14"])
async def partial_fills(bench: VenueBench) -> None:
    """An order fills in parts, first taking, then resting: each part is heard once and the parts
    sum up to the whole."""
    order, filled = await partly_filled(bench)
    await bench.fill_rest(order)
    fills = await bench.filled(order)
    assert sum(fill.quantity for fill in fills) == order.quantity
    assert {fill.is_maker for fill in fills} == {True, False}
    assert sum(fill.quantity for fill in fills if not fill.is_maker) == filled
    assert await bench.pulled(order) == fills


@card("OD-81", "An order that is not ours")
async def foreign_order(bench: VenueBench) -> None:
    """What somebody trades by hand in the same account is no news and no fill of ours."""
    begun = datetime.now(UTC) - timedelta(seconds=2)
    known, before = await bench.adapter.fills_since(begun), len(bench.heard)
    bench.sim.trade_by_hand(bench.symbol(), (await bench.ticket()).quantity)
    await alive(bench)  # by now the stream has told of it
    fills = [event for event in bench.heard[before:] if isinstance(event, FillNews)]
    assert fills == [], "a foreign fill was booked as ours"
    assert await bench.adapter.fills_since(begun) == known
