"""What stands in an account besides the orders of this profile: another mode, other people's
orders, and our own of yesterday's profile."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.orders import OrderStatus, UnifiedOrder
from domain.outcomes import CancelTaken
from domain.sides import Side
from tests.contracts.node_venues.conftest import Proxied, only_at
from venues.port import NotFound, OrderReport

pytestmark = pytest.mark.asyncio(loop_scope="session")

_NOTICED_WITHIN_S = 10.0

# How each venue says that it keeps a long and a short position of one contract.
_HEDGED: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "BINANCE_FUTURES": ("/fapi/v1/positionSide/dual", lambda _: {"dualSidePosition": True}),
    "BYBIT": (
        "/v5/position/list",
        lambda body: body | {"result": {"list": [{"positionIdx": 1}, {"positionIdx": 2}]}},
    ),
    "OKX": ("/api/v5/account/config", lambda body: body | {"data": [{"posMode": _LONG_SHORT}]}),
}
_LONG_SHORT = "long_short_mode"

# Where each venue lists what is open, and how a row says its client id and its status.
_OPEN = {
    "BINANCE_SPOT": ("/api/v3/openOrders", "clientOrderId", "status"),
    "BINANCE_FUTURES": ("/fapi/v1/openOrders", "clientOrderId", "status"),
    "BYBIT": ("/v5/order/realtime", "orderLinkId", "orderStatus"),
    "OKX": ("/api/v5/trade/orders-pending", "clOrdId", "state"),
}

# Lists of what is over: as long as the account is old.
_OVER = ("allOrders", "myTrades", "userTrades", "order/history", "orders-history", "execution/list")

# How far back a venue's "no such order" means something.
_REMEMBERS = {
    "BINANCE_SPOT": None,
    "BINANCE_FUTURES": timedelta(days=3),
    "BYBIT": timedelta(hours=24),
    "OKX": timedelta(hours=2),
}


@only_at(*_HEDGED)
async def test_an_account_in_hedge_mode_is_refused_with_one_clear_sentence(
    venue: Proxied,
) -> None:
    bench, (path, hedged) = venue.bench, _HEDGED[venue.name]
    await bench.stop_adapter()
    venue.proxy.rewrite(path, lambda body, _: hedged(body))
    starting = bench.in_background(bench.start_adapter())
    await asyncio.sleep(0)  # the adapter is made at once
    async with asyncio.timeout(_NOTICED_WITHIN_S):
        while not (problems := bench.adapter.health().problems):
            await asyncio.sleep(0.05)
    assert "hedge mode" in problems[0]
    assert "positions are net here" in problems[0]
    assert not starting.done()
    venue.proxy.clear()
    await starting
    assert bench.adapter.health().problems == ()


async def test_somebody_elses_order_that_nobody_can_read_costs_nothing(venue: Proxied) -> None:
    """A leg that waits for another is PENDING_NEW at Binance: a word that the library lacks."""
    bench, (path, client_id, status) = venue.bench, _OPEN[venue.name]
    ours = (await bench.ticket()).limit(Side.BUY)
    await bench.accepted(ours)

    def with_riddles(body: Any, _: Mapping[str, str]) -> Any:
        rows = body if isinstance(body, list) else body.get("data")
        rows = body["result"]["list"] if rows is None else rows
        for row in [row for row in rows if row.get(client_id) == ours.venue_client_id]:
            rows.append(row | {client_id: "web_4711", status: "PENDING_NEW"})
            rows.append({"what": "is this"})
        return body

    venue.proxy.rewrite(path, with_riddles)
    await bench.restart_adapter()
    listed = {report.venue_client_id for report in await bench.adapter.open_orders()}
    assert listed == {ours.venue_client_id, "web_4711"}
    assert await bench.adapter.cancel_order(ours) == CancelTaken()
    await bench.end_of(ours)


async def test_what_is_over_is_not_read_at_the_start(venue: Proxied) -> None:
    """It grows with every order, and the start has a bound."""
    venue.proxy.asked.clear()
    await venue.bench.restart_adapter()
    assert venue.proxy.asked
    assert [one for one in venue.proxy.asked if any(part in one for part in _OVER)] == []


def of_yesterday(venue: Proxied) -> str:
    """An instrument that the profile will not name any more, of another kind than the first where
    the venue has one."""
    return {"BYBIT": "BTCUSDT-SPOT.BYBIT"}.get(venue.name, venue.bench.spec.instruments[1])


async def with_the_first_alone(venue: Proxied) -> None:
    """The profile names no other instrument from now on."""
    spec = venue.bench.spec
    venue.bench.spec = replace(spec, instruments=spec.instruments[:1])
    await venue.bench.start_adapter()


async def with_all_again(venue: Proxied, instruments: tuple[str, ...]) -> None:
    venue.bench.spec = replace(venue.bench.spec, instruments=instruments)
    await venue.bench.restart_adapter()


def moved_through(venue: Proxied, order: UnifiedOrder, symbol: str) -> None:
    assert order.price is not None
    venue.bench.sim.move(symbol, order.price * 99 / 100)


async def test_an_order_of_yesterdays_profile_is_seen_filled_and_cancelled(
    venue: Proxied,
) -> None:
    bench, instruments, other = venue.bench, venue.bench.spec.instruments, of_yesterday(venue)
    ticket, symbol = await bench.ticket(other), bench.symbol(other)
    fills, rests = ticket.limit(Side.BUY), ticket.limit(Side.BUY, price=ticket.away(Side.BUY, 900))
    for order in (fills, rests):
        await bench.accepted(order)
    await bench.stop_adapter()
    await with_the_first_alone(venue)
    try:
        reports = {report.venue_client_id: report for report in await bench.adapter.open_orders()}
        for order in (fills, rests):
            assert reports[order.venue_client_id].instrument_id == other
        moved_through(venue, fills, symbol)
        [fill] = await bench.pulled(fills)
        assert (fill.instrument_id, fill.quantity) == (other, fills.quantity)
        assert await bench.adapter.cancel_order(rests) == CancelTaken()
        assert [one.venue_client_id for one in await bench.adapter.open_orders()] == []
    finally:
        await with_all_again(venue, instruments)


async def test_a_fill_of_yesterdays_profile_that_nobody_saw_is_found_with_its_order(
    venue: Proxied,
) -> None:
    bench, instruments, other = venue.bench, venue.bench.spec.instruments, of_yesterday(venue)
    ticket, symbol = await bench.ticket(other), bench.symbol(other)
    order = ticket.limit(Side.BUY)
    await bench.accepted(order)
    await bench.stop_adapter()
    moved_through(venue, order, symbol)
    await with_the_first_alone(venue)
    try:
        report = await bench.adapter.find_by_client_id(order)
        assert isinstance(report, OrderReport)
        assert (report.status, report.instrument_id) == (OrderStatus.FILLED, other)
        [fill] = await bench.pulled(order)
        assert (fill.instrument_id, fill.quantity) == (other, order.quantity)
    finally:
        await with_all_again(venue, instruments)


async def test_not_found_says_how_far_back_that_means_something(venue: Proxied) -> None:
    found_none = await venue.bench.adapter.find_by_client_id((await venue.bench.ticket()).limit())
    assert isinstance(found_none, NotFound)
    remembers = _REMEMBERS[venue.name]
    if remembers is None:
        assert found_none.records_since is None
        return
    assert found_none.records_since is not None
    reaches = datetime.now(UTC) - found_none.records_since
    assert remembers * 0.9 <= reaches <= remembers + timedelta(minutes=1)


async def test_the_node_keeps_no_book_of_positions(venue: Proxied) -> None:
    """It would grow by some kilobytes with every order, and nobody reads it."""
    ticket = await venue.bench.ticket()
    for side in (Side.BUY, Side.SELL, Side.SELL, Side.BUY):
        order = ticket.market(side)
        await venue.bench.accepted(order)
        await venue.bench.filled(order)
    cache = venue.bench.adapter._session.gateway.cache  # type: ignore[attr-defined]
    assert cache.positions() == []
    assert [one for one in cache.orders() if not one.is_closed] == []
