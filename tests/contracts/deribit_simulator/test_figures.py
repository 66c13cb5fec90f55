"""Methods that clients ask for figures: funding, margins, summaries, charts, cash."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from tests.contracts.deribit_simulator.rpc import Rpc
from tests.support.simulated_venue import VenueOnLoop
from venues.simulators.deribit.funding import CAP, rate_of
from venues.simulators.deribit.instruments import FUTURE, OPTION

PERPETUAL, CALL = "BTC-PERPETUAL", OPTION
MARKET = {"type": "market", "price": None}
HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    ("premium", "rate"),
    [
        ("0", "0"),
        ("0.0002", "0"),
        ("0.001", "0.00075"),
        ("-0.001", "-0.00075"),
        ("0.5", str(CAP)),
    ],
)
def test_a_small_premium_costs_nothing_and_a_large_one_is_capped(premium: str, rate: str) -> None:
    assert rate_of(100_000 * (1 + Decimal(premium)), Decimal(100_000)) == Decimal(rate)


async def test_funding_now_and_in_the_past(rpc: Rpc) -> None:
    now = (await rpc.get("public/get_time")).result
    span = {"instrument_name": PERPETUAL, "start_timestamp": now - 24 * HOUR_MS}
    span["end_timestamp"] = now
    rows = (await rpc.get("public/get_funding_rate_history", **span)).result
    assert len(rows) == 24
    assert {b["timestamp"] - a["timestamp"] for a, b in pairwise(rows)} == {HOUR_MS}
    assert all(a["index_price"] == b["prev_index_price"] for a, b in pairwise(rows))
    assert rows[-1]["index_price"] == pytest.approx(100_000, rel=0.05)
    assert (await rpc.get("public/get_funding_rate_value", **span)).result == 0
    chart = await rpc.get("public/get_funding_chart_data", instrument_name=PERPETUAL, length="24h")
    assert len(chart.result["data"]) == 24
    future = span | {"instrument_name": FUTURE}
    assert (await rpc.get("public/get_funding_rate_history", **future)).code == -32602
    long_ago = span | {"start_timestamp": 0}
    assert len((await rpc.get("public/get_funding_rate_history", **long_ago)).result) == 744


async def test_summaries_of_books_tell_of_funding_and_volatility(rpc: Rpc) -> None:
    rows = (await rpc.get("public/get_book_summary_by_currency", currency="BTC")).result
    of = {row["instrument_name"]: row for row in rows}
    assert {"current_funding", "funding_8h"} <= of[PERPETUAL].keys()
    assert "current_funding" not in of[FUTURE]
    assert of[CALL]["mark_iv"] == 50


async def test_margins_before_and_of_orders(rpc: Rpc) -> None:
    asked = {"instrument_name": PERPETUAL, "amount": 10_000, "price": 98_000}
    margins = (await rpc.get("private/get_margins", **asked)).result
    assert margins["buy"] == pytest.approx(10_000 / 98_000 / 25)
    assert margins["min_price"] < 100_000 < margins["max_price"]
    resting = (await rpc.buy(amount=10_000)).result["order"]["order_id"]
    done = (await rpc.buy(**MARKET)).result["order"]["order_id"]
    ids = f'["{resting}", "{done}"]'
    rows = (await rpc.get("private/get_order_margin_by_ids", ids=ids)).result
    assert [row["initial_margin"] for row in rows] == [margins["buy"], 0]
    assert (await rpc.get("private/get_order_margin_by_ids", ids='["7"]')).code == 10004


async def test_cash_is_told_backwards_from_now(rpc: Rpc) -> None:
    for method, terms in (
        ("private/buy", {"amount": 10_000}),
        ("private/sell", {"amount": 4_000}),
        ("private/buy", {"instrument_name": CALL, "amount": 2}),
    ):
        await rpc.order(method, **MARKET, **terms)
    span: dict[str, Any] = {"currency": "BTC", "start_timestamp": 0, "end_timestamp": 1 << 42}
    log = (await rpc.get("private/get_transaction_log", **span)).result
    rows = log["logs"]
    summary = await rpc.get("private/get_account_summary", currency="BTC")
    assert rows[0]["balance"] == summary.result["balance"]
    for later, earlier in pairwise(rows):
        assert later["balance"] - later["change"] == pytest.approx(earlier["balance"])
    assert rows[-1]["balance"] - rows[-1]["change"] == pytest.approx(1000)
    sides = [(row["instrument_name"], row["side"], row["position"]) for row in rows]
    assert sides[0] == (CALL, "open buy", 2)
    assert sides[1] == (PERPETUAL, "close sell", 6_000)
    page = (await rpc.get("private/get_transaction_log", **span, count=1)).result
    following = {**span, "continuation": page["continuation"]}
    rest = (await rpc.get("private/get_transaction_log", **following)).result
    assert [*page["logs"], *rest["logs"]] == rows
    only = (await rpc.get("private/get_transaction_log", **span, query="option open")).result
    assert only["logs"] == rows[:1]


async def test_public_trades_are_found_by_their_numbers(rpc: Rpc, venue: VenueOnLoop) -> None:
    for _ in range(4):
        venue.print(PERPETUAL, Decimal(10))
    method = "public/get_last_trades_by_instrument"
    asked = {"instrument_name": PERPETUAL, "count": 10}
    newest = (await rpc.get(method, **asked)).result["trades"]
    numbers = [trade["trade_seq"] for trade in newest]
    assert numbers == sorted(numbers, reverse=True)
    since = (await rpc.get(method, **asked, start_seq=numbers[1])).result["trades"]
    assert [trade["trade_seq"] for trade in since] == [numbers[1], numbers[0]]
    until = (await rpc.get(method, **asked, end_seq=numbers[-1])).result
    assert [trade["trade_seq"] for trade in until["trades"]] == [numbers[-1]]


@pytest.mark.parametrize(
    ("terms", "cancelled"),
    [
        ({"currency": "any"}, 4),
        ({"currency": "BTC"}, 3),
        ({"currency": '["BTC", "ETH"]', "kind": "future", "type": "trigger_all"}, 1),
        ({"currency": "any", "type": "limit"}, 3),
        ({"currency": "any", "kind": "option"}, 1),
        ({"currency": "any", "type": "take"}, 0),
        ({"currency": "any", "type": "stop"}, 1),
    ],
)
async def test_orders_are_cancelled_by_currency_kind_and_type(
    rpc: Rpc, terms: dict[str, Any], cancelled: int
) -> None:
    stop = {"type": "stop_market", "price": None, "trigger": "mark_price", "trigger_price": 90_000}
    await rpc.buy()
    await rpc.sell(**stop)
    await rpc.buy(instrument_name=CALL, amount=1, price=0.05)
    await rpc.buy(instrument_name="ETH-PERPETUAL", price=3_400)
    answer = await rpc.get("private/cancel_all_by_kind_or_type", **terms)
    assert answer.result == cancelled
    assert len((await rpc.get("private/get_open_orders")).result) == 4 - cancelled


async def test_orders_are_cancelled_by_currency_pair(rpc: Rpc) -> None:
    await rpc.buy()
    await rpc.buy(instrument_name="BTC_USDC-PERPETUAL", amount=0.001)
    by_pair = {"currency_pair": "btc_usdc", "detailed": True}
    [group] = (await rpc.get("private/cancel_all_by_currency_pair", **by_pair)).result
    assert (group["instrument_name"], len(group["result"])) == ("BTC_USDC-PERPETUAL", 1)
    assert (
        await rpc.get("private/cancel_all_by_currency_pair", currency_pair="btc_eur")
    ).code == -32602


async def test_charts_of_indices_and_of_volatility(rpc: Rpc) -> None:
    now = (await rpc.get("public/get_time")).result
    asked = {"currency": "BTC", "resolution": "60", "start_timestamp": now - 600_000}
    data = (await rpc.get("public/get_volatility_index_data", **asked, end_timestamp=now)).result
    assert (len(data["data"]), data["continuation"]) == (10, None)
    wide = {"currency": "BTC", "resolution": "1", "start_timestamp": 0, "end_timestamp": now}
    data = (await rpc.get("public/get_volatility_index_data", **wide)).result
    assert (len(data["data"]), data["continuation"] < now) == (1000, True)
    history = (await rpc.get("public/get_historical_volatility", currency="BTC")).result
    assert history[-1][1] == 50
    names = (await rpc.get("public/get_supported_index_names")).result
    assert names == ["btc_usd", "btc_usdc", "eth_usd"]
    number = (await rpc.get("public/get_instrument", instrument_name=PERPETUAL)).result
    book = await rpc.get(
        "public/get_order_book_by_instrument_id", instrument_id=number["instrument_id"], depth=1
    )
    assert (book.result["instrument_name"], len(book.result["bids"])) == (PERPETUAL, 1)
    seven = await rpc.get("public/get_order_book", instrument_name=PERPETUAL, depth=7)
    assert seven.code == -32602


@pytest.mark.parametrize(
    ("span", "apart_ms", "points"),
    [("1h", 60_000, 60), ("1m", HOUR_MS, 720), ("1y", 24 * HOUR_MS, 365)],
)
async def test_charts_of_indices_reach_back_before_the_start(
    rpc: Rpc, span: str, apart_ms: int, points: int
) -> None:
    asked = {"index_name": "btc_usd", "range": span}
    rows = (await rpc.get("public/get_index_chart_data", **asked)).result
    assert len(rows) == pytest.approx(points, abs=1)
    assert {after[0] - before[0] for before, after in pairwise(rows)} == {apart_ms}
    assert rows[-1][1] == 100_000


async def test_bars_follow_each_other_and_tell_volume_and_cost(rpc: Rpc) -> None:
    now = (await rpc.get("public/get_time")).result
    asked = {"instrument_name": PERPETUAL, "start_timestamp": now - 24 * HOUR_MS}
    chart = await rpc.get(
        "public/get_tradingview_chart_data", **asked, end_timestamp=now, resolution="60"
    )
    assert chart.result["status"] == "ok"
    ticks = chart.result["ticks"]
    assert {after - before for before, after in pairwise(ticks)} == {HOUR_MS}
    assert ticks[0] <= now - 24 * HOUR_MS < ticks[0] + HOUR_MS
    assert ticks[-1] <= now < ticks[-1] + HOUR_MS
    worth = [
        volume * close
        for volume, close in zip(chart.result["volume"], chart.result["close"], strict=True)
    ]
    assert chart.result["cost"] == pytest.approx(worth, rel=0.05)


async def test_volumes_of_longer_spans_are_larger(rpc: Rpc) -> None:
    rows = (await rpc.get("public/get_trade_volumes", extended=True)).result
    [bitcoin] = [row for row in rows if row["currency"] == "BTC"]
    day, week, month = (bitcoin[f"futures_volume{span}"] for span in ("", "_7d", "_30d"))
    assert 0 < day < week < month
    plain = (await rpc.get("public/get_trade_volumes")).result
    assert "futures_volume_7d" not in plain[0]
