"""An order says that it has traded before the trades say so: nothing is made up in between, and the
fill is booked once, as the venue has it (lesson L6)."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.fills import Fill
from domain.orders import OrderStatus, UnifiedOrder
from domain.sides import Side
from tests.contracts.node_venues.conftest import Proxied
from venues.port import FillNews, OrderReport

pytestmark = pytest.mark.asyncio(loop_scope="session")

# Where each venue lists trades, and how it says that there are none.
_NO_ROWS: Mapping[str, tuple[tuple[str, ...], Callable[[Any], Any]]] = {
    "BINANCE_SPOT": (("/api/v3/myTrades",), lambda _: []),
    "BINANCE_FUTURES": (("/fapi/v1/userTrades",), lambda _: []),
    "BYBIT": (
        ("/v5/execution/list",),
        lambda body: body | {"result": body["result"] | {"list": [], "nextPageCursor": ""}},
    ),
    "OKX": (
        ("/api/v5/trade/fills", "/api/v5/trade/fills-history"),
        lambda body: body | {"data": []},
    ),
}


def withhold_trades(venue: Proxied) -> None:
    paths, empty = _NO_ROWS[venue.name]
    for path in paths:
        venue.proxy.rewrite(path, lambda body, _: empty(body))


def trade_half(venue: Proxied, order: UnifiedOrder) -> None:
    """Somebody takes half of what rests."""
    exchange = venue.bench.sim.venue.exchange
    resting = exchange.state.orders.by_client_id("main", order.venue_client_id)
    assert resting is not None
    exchange.fill_resting(resting, order.quantity / 2, int(datetime.now(UTC).timestamp() * 10**9))


def heard(venue: Proxied, after: int) -> list[Fill]:
    return [one.fill for one in venue.bench.heard[after:] if isinstance(one, FillNews)]


async def test_what_an_order_has_traded_is_no_fill_until_the_trade_is_there(
    venue: Proxied,
) -> None:
    bench = venue.bench
    ticket = await bench.ticket()
    order = ticket.limit(Side.BUY, price=ticket.touch(Side.BUY))
    await bench.accepted(order)
    await bench.stop_adapter()
    trade_half(venue, order)
    withhold_trades(venue)
    before = len(bench.heard)
    await bench.start_adapter()

    report = await bench.adapter.find_by_client_id(order)
    assert isinstance(report, OrderReport)
    assert (report.status, report.filled_qty) == (
        OrderStatus.PARTIALLY_FILLED,
        order.quantity / 2,
    )
    assert await bench.pulled(order) == []
    assert heard(venue, before) == []

    venue.proxy.clear()
    trade_half(venue, order)
    streamed = await bench.filled(order, order.quantity / 2)
    pulled = await bench.pulled(order)
    booked = [str(record["trade_id"]) for record in bench.ledger_of(order, "filled")]
    assert [fill.quantity for fill in pulled] == [order.quantity / 2] * 2
    assert len({fill.trade_id for fill in pulled}) == len(booked) == 2
    assert streamed == pulled[1:]
    assert heard(venue, before) == streamed
