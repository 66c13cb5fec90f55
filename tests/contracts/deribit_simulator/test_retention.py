"""What the venue still knows of the past: 30 minutes of orders, 24 hours of trades, all by
`historical`."""

from typing import Any

import pytest

from tests.contracts.deribit_simulator.rpc import Rpc
from tests.support.simulated_venue import VenueOnLoop

MARKET = {"type": "market", "price": None}
LABEL = {"currency": "BTC", "label": "old"}
BTC = {"instrument_name": "BTC-PERPETUAL"}
MINUTE_MS = 60_000
HISTORY = "private/get_order_history_by_instrument"
TRADES = "private/get_user_trades_by_instrument"


async def ids(rpc: Rpc, method: str, **params: Any) -> list[str]:
    """The ids of orders or trades that a method tells."""
    told = (await rpc.get(method, **params)).result
    rows = told["trades"] if isinstance(told, dict) else told
    return [row.get("trade_id") or row["order_id"] for row in rows]


async def test_finished_orders_are_recent_for_half_an_hour(rpc: Rpc, venue: VenueOnLoop) -> None:
    order_id = (await rpc.buy(**MARKET, label="old")).result["order"]["order_id"]
    assert await ids(rpc, HISTORY, **BTC) == [order_id]
    assert await ids(rpc, HISTORY, **BTC, historical=True) == []
    venue.arm("clock_skew", params={"ms": 31 * MINUTE_MS})
    assert (await rpc.get("private/get_order_state_by_label", **LABEL)).result == []
    assert (await rpc.get("private/get_order_state", order_id=order_id)).code == 10004
    assert await ids(rpc, HISTORY, **BTC) == []
    assert await ids(rpc, HISTORY, **BTC, historical=True) == [order_id]
    assert len(await ids(rpc, TRADES, **BTC)) == 1


async def test_open_orders_are_never_old(rpc: Rpc, venue: VenueOnLoop) -> None:
    order_id = (await rpc.buy(label="old")).result["order"]["order_id"]
    venue.arm("clock_skew", params={"ms": 31 * MINUTE_MS})
    assert await ids(rpc, "private/get_order_state_by_label", **LABEL) == [order_id]
    assert await ids(rpc, "private/get_open_orders_by_label", **LABEL) == [order_id]


async def test_trades_are_recent_for_a_day(rpc: Rpc, venue: VenueOnLoop) -> None:
    await rpc.buy(**MARKET)
    venue.arm("clock_skew", params={"ms": 25 * 60 * MINUTE_MS})
    assert await ids(rpc, TRADES, **BTC, start_timestamp=0) == []
    assert len(await ids(rpc, TRADES, **BTC, start_timestamp=0, historical=True)) == 1


async def test_orders_that_never_traded_must_be_asked_for(rpc: Rpc) -> None:
    order_id = (await rpc.buy()).result["order"]["order_id"]
    await rpc.get("private/cancel", order_id=order_id)
    assert await ids(rpc, HISTORY, **BTC) == []
    assert await ids(rpc, HISTORY, **BTC, include_unfilled=True) == [order_id]


async def test_trades_come_in_pages(rpc: Rpc) -> None:
    for _ in range(5):
        await rpc.buy(**MARKET)
    asked = {**BTC, "count": 2, "sorting": "asc"}
    first = (await rpc.get(TRADES, **asked, start_timestamp=0)).result
    assert first["has_more"]
    last = first["trades"][-1]["trade_seq"]
    second = (await rpc.get(TRADES, **asked, start_seq=last + 1)).result
    third = (await rpc.get(TRADES, **asked, start_seq=second["trades"][-1]["trade_seq"] + 1)).result
    pages = [trade["trade_id"] for page in (first, second, third) for trade in page["trades"]]
    assert pages == sorted(set(pages))
    assert (len(pages), third["has_more"]) == (5, False)
    newest = await ids(rpc, TRADES, **BTC, count=1)
    assert newest == pages[-1:]


async def test_a_restart_forgets_nothing(rpc: Rpc, venue: VenueOnLoop) -> None:
    resting = (await rpc.buy(label="rests")).result["order"]
    stop = {"type": "stop_market", "price": None, "trigger": "mark_price", "trigger_price": 90_000}
    waiting = (await rpc.sell(**stop)).result["order"]
    await rpc.buy(**MARKET, amount=500)
    await venue.stop()
    await venue.start()
    found = await ids(rpc, "private/get_open_orders")
    assert set(found) == {resting["order_id"], waiting["order_id"]}
    assert (await rpc.get("private/get_positions")).result[0]["size"] == 500
    assert len(await ids(rpc, TRADES, **BTC)) == 1


class Forgotten:
    """An order that nobody may look at any more: it ended before one that is too old already."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the walk did not end where memory does: {name}")


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("private/get_order_state_by_label", {"currency": "BTC"}),
        (HISTORY, BTC),
        ("private/get_order_history_by_currency", {"currency": "BTC"}),
    ],
)
async def test_a_question_looks_no_further_back_than_memory_goes(
    rpc: Rpc, venue: VenueOnLoop, method: str, params: dict[str, Any]
) -> None:
    await rpc.buy(**MARKET)
    venue.arm("clock_skew", params={"ms": 31 * MINUTE_MS})
    recent = (await rpc.buy(**MARKET)).result["order"]["order_id"]
    store = venue.venue.exchange.state.orders
    store._ended["main"][:0] = [Forgotten()]  # type: ignore[list-item]
    assert await ids(rpc, method, **params) == [recent]


async def test_trades_are_looked_for_only_where_they_can_be(rpc: Rpc, venue: VenueOnLoop) -> None:
    for ahead_ms in (0, 60_000, 120_000):
        venue.faults.clear()
        venue.arm("clock_skew", params={"ms": ahead_ms})
        await rpc.buy(**MARKET)
    store = venue.venue.exchange.state.orders
    known = [fill.time_ns // 10**6 for fill in store.fills("main", "BTC-PERPETUAL")]
    middle = {"start_timestamp": known[1] - 1000, "end_timestamp": known[1] + 1000}
    everything = await ids(rpc, TRADES, **BTC)
    for sorting in ("asc", "desc"):
        assert await ids(rpc, TRADES, **BTC, **middle, sorting=sorting) == everything[1:2]
    assert await ids(rpc, TRADES, **BTC, sorting="asc") == everything[::-1]
    by_currency = await ids(rpc, "private/get_user_trades_by_currency", currency="BTC")
    assert by_currency == everything
