"""What is Bybit's alone: three categories in one account, its lists, its quirks."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.order_events import VenueAmended, VenueCanceled, VenueExpired
from domain.orders import OrderStatus, OrderType, TimeInForce
from domain.outcomes import Accepted, AmendTaken, CancelTaken
from domain.sides import Side
from tests.support.venue_bench import VenueBench
from venues.nautilus.bybit.session import BybitSession
from venues.nautilus.bybit.settings import Category
from venues.port import Amendment, OrderReport, StreamRestored
from venues.simulators.bybit import history, order_rows

SPOT, LINEAR, INVERSE = (
    "BTCUSDT-SPOT.BYBIT",
    "BTCUSDT-LINEAR.BYBIT",
    "BTCUSD-INVERSE.BYBIT",
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


def session_of(bench: VenueBench) -> BybitSession:
    session = bench.adapter._session.exchange  # type: ignore[attr-defined]
    assert isinstance(session, BybitSession)
    return session


@pytest.mark.parametrize(
    ("instrument_id", "side", "currency"),
    [
        (SPOT, Side.BUY, "BTC"),
        (SPOT, Side.SELL, "USDT"),
        (LINEAR, Side.BUY, "USDT"),
        (LINEAR, Side.SELL, "USDT"),
        (INVERSE, Side.BUY, "BTC"),
        (INVERSE, Side.SELL, "BTC"),
    ],
)
async def test_fees_are_what_the_venue_took(
    bench: VenueBench, instrument_id: str, side: Side, currency: str
) -> None:
    order = (await bench.ticket(instrument_id)).market(side)
    await bench.accepted(order)
    streamed = await bench.filled(order)
    assert {fill.fee_currency for fill in streamed} == {currency}
    took = sum(Decimal(record["fee"]) for record in bench.ledger_of(order, "filled"))
    assert sum(fill.fee for fill in streamed) == took > 0
    assert await bench.pulled(order) == streamed


async def test_a_tax_beside_the_fee_is_paid_too(
    bench: VenueBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some accounts pay it; the simulated one does not."""
    whole, tax = order_rows.execution_row, {"feeCoin": "USDT", "feeType": "GST", "fee": "0.5"}
    monkeypatch.setattr(history, "execution_row", lambda *a: whole(*a) | {"extraFees": [tax]})
    order = (await bench.ticket(LINEAR)).market()
    await bench.accepted(order)
    fills = await bench.filled(order)
    took = sum(Decimal(record["fee"]) for record in bench.ledger_of(order, "filled"))
    assert sum(fill.fee for fill in fills) == took + len(fills) * Decimal("0.5")
    assert await bench.pulled(order) == fills


async def test_inverse_positions_are_in_dollars(bench: VenueBench) -> None:
    assert bench.instrument(INVERSE).inverse
    ticket = await bench.ticket(INVERSE)
    order = ticket.market(Side.SELL, quantity=Decimal(300))
    before = await bench.position(INVERSE)
    await bench.accepted(order)
    await bench.filled(order)
    assert await bench.position(INVERSE) == before - 300
    await bench.flatten(INVERSE)


async def test_every_page_of_fills_and_open_orders_is_read(bench: VenueBench) -> None:
    """A page has 100 executions and 50 orders."""
    ticket = await bench.ticket(LINEAR)
    smallest = bench.instrument(LINEAR).lot
    traded = [ticket.market(Side.BUY, quantity=smallest) for _ in range(102)]
    resting = [ticket.limit() for _ in range(51)]
    for order in traded + resting:
        await bench.accepted(order)
    await bench.filled(traded[-1])
    wanted = [order.order_id for order in traded]
    since = traded[0].created_at
    pulled = [fill.order_id for fill in await bench.adapter.fills_since(since)]
    assert [order_id for order_id in pulled if order_id in set(wanted)] == wanted
    known = {one.venue_client_id for one in await bench.adapter.open_orders()}
    assert {order.venue_client_id for order in resting} <= known


async def test_a_finished_order_is_found_after_the_venue_restarted(bench: VenueBench) -> None:
    """Its first list has forgotten it by then."""
    order = (await bench.ticket(SPOT)).market()
    await bench.accepted(order)
    await bench.filled(order)
    await bench.sim.stop()
    await bench.sim.start()
    await bench.back_on_stream()
    report = await bench.adapter.find_by_client_id(order)
    assert isinstance(report, OrderReport)
    assert (report.status, report.filled_qty) == (OrderStatus.FILLED, order.quantity)


async def test_cancel_all_reaches_every_category_and_kind(bench: VenueBench) -> None:
    orders = []
    for instrument_id in (SPOT, LINEAR, INVERSE):
        ticket = await bench.ticket(instrument_id)
        orders += [ticket.limit(), ticket.conditional(OrderType.STOP_LIMIT, Side.SELL)]
    for order in orders:
        await bench.accepted(order)
    assert await bench.adapter.cancel_all() == CancelTaken()
    for order in orders:
        await bench.end_of(order)
    assert list(await bench.adapter.open_orders()) == []


async def test_a_post_only_order_amended_into_the_market_ends_as_cancelled(
    bench: VenueBench,
) -> None:
    """It had been accepted, so it cannot be rejected any more."""
    ticket = await bench.ticket(LINEAR)
    order = ticket.limit(Side.BUY, post_only=True)
    await bench.accepted(order)
    taken = await bench.adapter.amend_order(order, Amendment(price=ticket.through(Side.BUY)))
    assert taken == AmendTaken()
    assert isinstance((await bench.end_of(order)).event, VenueCanceled)
    assert bench.fills_of(order) == []


async def test_what_an_ioc_order_cannot_trade_expires(bench: VenueBench) -> None:
    order = (await bench.ticket(LINEAR)).limit(time_in_force=TimeInForce.IOC)
    assert isinstance(await bench.adapter.submit_order(order), Accepted)
    assert isinstance((await bench.end_of(order)).event, VenueExpired)
    report = await bench.adapter.find_by_client_id(order)
    assert isinstance(report, OrderReport)
    assert report.status is OrderStatus.EXPIRED


async def test_a_trigger_price_is_amended(bench: VenueBench) -> None:
    ticket = await bench.ticket(LINEAR)
    order = ticket.conditional(OrderType.STOP_MARKET, Side.SELL)
    await bench.accepted(order)
    lower = ticket.trigger(OrderType.STOP_MARKET, Side.SELL, 400)
    assert await bench.adapter.amend_order(order, Amendment(trigger_price=lower)) == AmendTaken()
    event = (await bench.news(order, VenueAmended)).event
    assert isinstance(event, VenueAmended)
    assert event.trigger_price == lower


async def test_requests_are_stamped_by_the_venues_clock(bench: VenueBench) -> None:
    bench.sim.arm("clock_skew", params={"ms": 60_000})
    session = session_of(bench)
    await session._rest.clock.read(session._rest.time_ms)
    try:
        await bench.accepted((await bench.ticket(LINEAR)).limit())
        assert bench.adapter.health().clock_offset_ms == pytest.approx(60_000, abs=500)
    finally:
        bench.sim.faults.clear()
        await session._rest.clock.read(session._rest.time_ms)


async def test_a_private_stream_that_died_unnoticed_is_replaced(bench: VenueBench) -> None:
    """Nobody closes it; an accepted order of which it does not speak gives it away."""
    order = (await bench.ticket(LINEAR)).limit()
    heard = len(bench.heard)
    bench.sim.arm("half_open")
    assert isinstance(await bench.adapter.submit_order(order), Accepted)
    await bench.restored(heard)
    await bench.fill_rest(order)
    await bench.filled(order)


async def test_fills_that_the_stream_lost_give_it_away_too(bench: VenueBench) -> None:
    order = (await bench.ticket(LINEAR)).limit()
    await bench.accepted(order)
    bench.sim.arm("lose_fills", client_order_id=order.venue_client_id)
    await bench.fill_rest(order)
    heard = len(bench.heard)
    async with asyncio.timeout(10):
        while not any(isinstance(event, StreamRestored) for event in bench.heard[heard:]):
            assert len(await bench.pulled(order)) > 0
            await asyncio.sleep(0.2)


@pytest.mark.parametrize("instrument_id", [LINEAR, INVERSE])
async def test_an_execution_may_name_no_fee_currency(
    bench: VenueBench, instrument_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library would end the process over it."""
    whole = order_rows.execution_row
    monkeypatch.setattr(history, "execution_row", lambda *a: whole(*a) | {"feeCurrency": ""})
    order = (await bench.ticket(instrument_id)).market()
    await bench.accepted(order)
    fills = await bench.filled(order)
    assert {fill.fee_currency for fill in fills} == {bench.instrument(instrument_id).settlement}
    assert await bench.pulled(order) == fills
    await bench.restart_adapter()
    assert await bench.pulled(order) == fills


async def test_what_is_no_trade_is_no_fill(bench: VenueBench) -> None:
    """Funding is told among the executions."""
    order = (await bench.ticket(LINEAR)).market()
    await bench.accepted(order)
    trade = (await bench.filled(order))[0]
    users = bench.sim.venue._users  # type: ignore[attr-defined]
    funding = {
        "execType": "Funding",
        "execId": "funding",
        "orderLinkId": order.venue_client_id,
        "feeCurrency": "",
    }
    users.push("main", "execution", "linear", funding, 1)
    other = (await bench.ticket(LINEAR)).market()
    await bench.accepted(other)
    await bench.filled(other)
    assert bench.fills_of(order) == [trade]


async def test_a_quiet_stream_that_died_unnoticed_is_replaced(bench: VenueBench) -> None:
    """Nothing is sent and nothing happens: its pings are not answered."""
    order = (await bench.ticket(LINEAR)).limit()
    await bench.accepted(order)
    heard = len(bench.heard)
    bench.sim.arm("half_open")
    await bench.restored(heard)
    await bench.fill_rest(order)
    await bench.filled(order)


async def test_an_execution_that_cannot_be_read_costs_no_fill(bench: VenueBench) -> None:
    """The stream is opened anew, and what it has cost is pulled."""
    order = (await bench.ticket(LINEAR)).limit()
    await bench.accepted(order)
    heard = len(bench.heard)
    users = bench.sim.venue._users  # type: ignore[attr-defined]
    broken = {"execType": "Trade", "orderLinkId": order.venue_client_id, "execId": "broken"}
    users.push("main", "execution", "linear", broken, 1)
    await bench.restored(heard)
    await bench.fill_rest(order)
    await bench.filled(order)


async def test_one_public_socket_is_replaced_and_the_others_are_left_alone(
    bench: VenueBench,
) -> None:
    sockets = session_of(bench)._data._ws_clients
    before = dict(sockets)
    await session_of(bench)._data.renew(Category.SPOT)
    changed = [kind for kind in sockets if sockets[kind] is not before[kind]]
    assert changed == [Category.SPOT.product_type]
    for instrument_id in (SPOT, LINEAR):
        now = datetime.now(UTC)
        bench.sim.move(bench.symbol(instrument_id), (await bench.quote(instrument_id)).mid * 2)
        await bench.quote_after(now, instrument_id)
