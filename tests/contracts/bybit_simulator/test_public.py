"""What the venue says without a key: bars of every interval, funding, open interest, limits."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from tests.contracts.bybit_simulator.worlds import MARKET, World
from venues.simulators.bybit.intervals import INTERVALS

MARKETS = "/v5/market"
LINEAR = {"category": "linear", "symbol": "BTCUSDT"}
HOURS_8_MS = 8 * 3_600_000
D = Decimal


@pytest.mark.parametrize("interval", INTERVALS)
async def test_bars_of_every_interval_reach_back_before_the_venue_began(
    world: World, interval: str
) -> None:
    asked: dict[str, Any] = LINEAR | {"interval": interval, "limit": "3"}
    reply = await world.client.get(f"{MARKETS}/kline", **asked)
    bars: list[Any] = reply.rows
    opens = [int(bar[0]) for bar in bars]
    assert len(opens) == 3
    assert opens == sorted(opens, reverse=True)
    assert opens[0] == INTERVALS[interval].open_ms(reply.body["time"])
    for later, earlier in pairwise(opens):
        assert INTERVALS[interval].end_ms(earlier) == later
    for _, opened, high, low, close, _, _ in bars:
        assert D(low) <= min(D(opened), D(close)) <= max(D(opened), D(close)) <= D(high)


@pytest.mark.parametrize("name", ["mark-price", "index-price", "premium-index-price"])
async def test_marks_indices_and_premiums_have_bars_too(world: World, name: str) -> None:
    path = f"{MARKETS}/{name}-kline"
    asked = {"symbol": "BTCUSDT", "interval": "5", "limit": "2"}
    reply = await world.client.get(path, **asked)
    assert reply.result["category"] == "linear"  # unless it is said
    assert [len(bar) for bar in reply.rows] == [5, 5]
    spot = await world.client.get(path, **asked, category="spot")
    assert spot.code == 10001


async def test_bars_are_chosen_by_time_and_unknown_intervals_refused(world: World) -> None:
    path = f"{MARKETS}/kline"
    bars: list[Any] = (await world.client.get(path, **LINEAR, interval="5", limit=5)).rows
    chosen = {"interval": "5", "start": bars[3][0], "end": bars[1][0]}
    assert (await world.client.get(path, **LINEAR, **chosen)).rows[1:] == bars[2:4]
    assert (await world.client.get(path, **LINEAR, interval="7")).code == 10001


async def test_bars_of_any_interval_are_streamed(world: World) -> None:
    socket = await world.client.socket("/v5/public/linear")
    assert (await socket.subscribe("kline.D.BTCUSDT", "kline.15.BTCUSDT"))["success"] is True
    await world.create("taker", **MARKET)
    for interval in ("D", "15"):
        bar = (await socket.next(topic=f"kline.{interval}.BTCUSDT"))["data"][0]
        assert (bar["interval"], bar["confirm"]) == (interval, False)
        assert bar["end"] + 1 == INTERVALS[interval].end_ms(bar["start"])
    assert (await socket.subscribe("kline.7.BTCUSDT"))["success"] is False


async def test_funding_is_settled_every_eight_hours_and_never_paid(world: World) -> None:
    path = f"{MARKETS}/funding/history"
    rates = (await world.client.get(path, **LINEAR, limit=3)).rows
    times = [int(row["fundingRateTimestamp"]) for row in rates]
    assert [row["fundingRate"] for row in rates] == ["0"] * 3
    assert times[0] - times[1] == times[1] - times[2] == HOURS_8_MS
    one = {"startTime": times[2], "endTime": times[2]}
    assert (await world.client.get(path, **LINEAR, **one)).rows == rates[2:]
    (ticker,) = (await world.client.get(f"{MARKETS}/tickers", **LINEAR)).rows
    assert ticker["fundingRate"] == "0"
    assert int(ticker["nextFundingTime"]) == times[0] + HOURS_8_MS


async def test_open_interest_is_what_the_accounts_hold(world: World) -> None:
    await world.create("short", **(MARKET | {"side": "Sell", "qty": "0.03"}))
    path = f"{MARKETS}/open-interest"
    (row,) = (await world.client.get(path, **LINEAR, intervalTime="5min")).rows
    assert (row["openInterest"], row["singleOpenInterest"]) == ("0.060", "0.030")
    (ticker,) = (await world.client.get(f"{MARKETS}/tickers", **LINEAR)).rows
    assert ticker["openInterest"] == "0.060"
    assert (await world.client.get(path, **LINEAR, intervalTime="2min")).code == 10001


async def test_the_price_limit_is_the_one_that_orders_meet(world: World) -> None:
    socket = await world.client.socket("/v5/public/linear")
    await socket.subscribe("priceLimit.BTCUSDT")
    told = (await world.client.get(f"{MARKETS}/price-limit", symbol="BTCUSDT")).result
    streamed = (await socket.next(topic="priceLimit.BTCUSDT"))["data"]
    assert streamed == {name: told[name] for name in ("symbol", "buyLmt", "sellLmt")}
    highest = D(told["buyLmt"]) // D("0.1") * D("0.1")
    over: dict[str, Any] = {"price": str(highest + 1), "timeInForce": "IOC"}
    assert (await world.create("over", **over)).code == 110003
    assert (await world.create("most", **(over | {"price": str(highest)}))).code == 0


async def test_there_is_one_tier_of_risk(world: World) -> None:
    (tier,) = (await world.client.get(f"{MARKETS}/risk-limit", **LINEAR)).rows
    assert (tier["symbol"], tier["maxLeverage"], tier["initialMargin"]) == (
        "BTCUSDT",
        "100.00",
        "0.01",
    )
