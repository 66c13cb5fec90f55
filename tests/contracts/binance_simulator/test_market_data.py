"""Public REST: trades, tickers, averages, funding and open interest."""

import itertools
import time
from decimal import Decimal
from typing import Any

import pytest

from tests.contracts.binance_simulator.worlds import MARKET, World

D = Decimal
DAY_MS = 24 * 3600 * 1000


async def spot(world: World, name: str, **params: Any) -> Any:
    return await world.spot.public(f"/api/v3/{name}", **params)


async def futures(world: World, name: str, **params: Any) -> Any:
    return await world.futures.public(f"/fapi/v1/{name}", **params)


async def test_trades_are_found_from_an_id_on(world: World) -> None:
    for number in range(4):
        await world.buy(f"m{number}", **MARKET)
        await world.long(f"m{number}", **MARKET)
    for ask in (spot, futures):
        trades = (await ask(world, "trades", symbol="BTCUSDT")).body
        assert len(trades) >= 4
        first = trades[-3]["id"]
        for name, key in (("historicalTrades", "id"), ("aggTrades", "a")):
            page = (await ask(world, name, symbol="BTCUSDT", fromId=first, limit=2)).body
            assert [trade[key] for trade in page] == [first, trades[-2]["id"]]
            assert len((await ask(world, name, symbol="BTCUSDT", limit=2)).body) == 2
    window = {"startTime": 1, "endTime": int(time.time() * 1000)}
    assert len((await spot(world, "aggTrades", symbol="BTCUSDT", **window)).body) >= 4
    assert (await spot(world, "aggTrades", symbol="BTCUSDT", fromId=1, endTime=5)).code == -1128


async def test_the_average_price_is_of_five_minutes(world: World) -> None:
    reply = (await spot(world, "avgPrice", symbol="BTCUSDT")).body
    assert reply["mins"] == 5
    rows = (await spot(world, "klines", symbol="BTCUSDT", interval="1m", limit=6)).body
    lowest, highest = min(D(row[3]) for row in rows), max(D(row[2]) for row in rows)
    assert lowest <= D(reply["price"]) <= highest


@pytest.mark.parametrize(
    ("window", "minutes"), [("1m", 1), ("59m", 59), ("4h", 240), ("1d", 1440), ("7d", 10_080)]
)
async def test_a_ticker_of_a_window(world: World, window: str, minutes: int) -> None:
    row = (await spot(world, "ticker", symbol="BTCUSDT", windowSize=window)).body
    span_ms = row["closeTime"] - row["openTime"]
    assert minutes * 60_000 <= span_ms < (minutes + 15) * 60_000
    assert D(row["lowPrice"]) <= D(row["lastPrice"]) <= D(row["highPrice"])
    assert D(row["volume"]) > 0


async def test_tickers_of_some_symbols_long_or_short(world: World) -> None:
    named = '["ETHUSDT","BTCUSDT"]'
    for name in ("ticker", "ticker/24hr", "ticker/tradingDay"):
        rows = (await spot(world, name, symbols=named, type="MINI")).body
        assert [row["symbol"] for row in rows] == ["ETHUSDT", "BTCUSDT"]
        assert "priceChange" not in rows[0]
        full = (await spot(world, name, symbol="BTCUSDT")).body
        assert D(full["priceChange"]) == D(full["lastPrice"]) - D(full["openPrice"])
    day = (await spot(world, "ticker/tradingDay", symbol="BTCUSDT")).body
    assert day["openTime"] % DAY_MS == 0
    prices = (await spot(world, "ticker/price", symbols=named)).body
    assert [row["symbol"] for row in prices] == ["ETHUSDT", "BTCUSDT"]


@pytest.mark.parametrize(
    ("name", "params", "code"),
    [
        ("ticker", {}, -1102),
        ("ticker", {"symbol": "BTCUSDT", "windowSize": "8d"}, -1130),
        ("ticker", {"symbol": "BTCUSDT", "windowSize": "0m"}, -1130),
        ("ticker/24hr", {"symbol": "BTCUSDT", "symbols": '["ETHUSDT"]'}, -1128),
        ("ticker/24hr", {"symbols": '["NOPE"]'}, -1121),
        ("ticker/24hr", {"symbols": "BTCUSDT"}, -1130),
        ("ticker/24hr", {"type": "SHORT"}, -1139),
    ],
)
async def test_refusals(world: World, name: str, params: dict[str, str], code: int) -> None:
    assert (await spot(world, name, **params)).code == code


async def test_funding_is_told_and_not_charged(world: World) -> None:
    mark = (await futures(world, "premiumIndex", symbol="BTCUSDT")).body
    assert D(mark["markPrice"]) - D(mark["indexPrice"]) == D(20)
    rates = (await futures(world, "fundingRate", symbol="BTCUSDT", limit=3)).body
    times = [rate["fundingTime"] for rate in rates]
    assert [later - earlier for earlier, later in itertools.pairwise(times)] == [28_800_000] * 2
    assert {rate["fundingRate"] for rate in rates} == {mark["lastFundingRate"]} == {"0.00000000"}
    from_start = await futures(world, "fundingRate", symbol="BTCUSDT", startTime=times[1])
    assert [rate["fundingTime"] for rate in from_start.body] == times[1:]
    assert (await futures(world, "fundingInfo")).body == []


async def test_open_interest_is_what_the_accounts_hold(world: World) -> None:
    before = (await futures(world, "openInterest", symbol="BTCUSDT")).body
    await world.long("open", **MARKET)
    after = (await futures(world, "openInterest", symbol="BTCUSDT")).body
    assert (before["openInterest"], after["openInterest"]) == ("0.000", "0.010")


async def test_prices_are_told_by_the_second_version_too(world: World) -> None:
    first = (await futures(world, "ticker/price", symbol="BTCUSDT")).body
    second = (await world.futures.public("/fapi/v2/ticker/price", symbol="BTCUSDT")).body
    assert first.keys() == second.keys() == {"symbol", "price", "time"}
