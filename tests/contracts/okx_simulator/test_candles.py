"""Bars of every interval, by REST and by stream, of trades, marks and indices."""

import time
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from tests.contracts.okx_simulator.worlds import MARKET, World
from venues.simulators.okx.intervals import INTERVALS

CANDLES = "/api/v5/market/candles"
D = Decimal


@pytest.mark.parametrize("interval", INTERVALS)
async def test_bars_of_every_interval_reach_back_before_the_venue_began(
    world: World, interval: str
) -> None:
    asked = {"instId": "BTC-USDT-SWAP", "bar": interval, "limit": "3"}
    bars = (await world.client.get(CANDLES, **asked)).rows
    opens = [int(bar[0]) for bar in bars]
    assert [len(bar) for bar in bars] == [9, 9, 9]
    for later, earlier in pairwise(opens):
        assert INTERVALS[interval].end_ms(earlier) == later
    assert [bar[-1] for bar in bars] == ["0", "1", "1"]
    for bar in bars:
        opened, high, low, close = (D(price) for price in bar[1:5])
        assert low <= min(opened, close) <= max(opened, close) <= high


async def test_days_begin_in_hong_kong_unless_they_are_utc(world: World) -> None:
    asked = {"instId": "BTC-USDT", "limit": "1"}
    opens = {
        bar: int((await world.client.get(CANDLES, **asked, bar=bar)).rows[0][0]) // 3_600_000 % 24
        for bar in ("1D", "1Dutc", "1W", "1Wutc", "1M", "1Mutc")
    }
    assert opens == {"1D": 16, "1Dutc": 0, "1W": 16, "1Wutc": 0, "1M": 16, "1Mutc": 0}


@pytest.mark.parametrize(
    ("path", "instrument", "fields"),
    [
        ("history-candles", "BTC-USDT", 9),
        ("index-candles", "BTC-USDT", 6),
        ("history-index-candles", "BTC-USDT", 6),
        ("mark-price-candles", "BTC-USDT-SWAP", 6),
        ("history-mark-price-candles", "BTC-USDT-SWAP", 6),
    ],
)
async def test_there_are_bars_of_the_past_of_indices_and_of_marks(
    world: World, path: str, instrument: str, fields: int
) -> None:
    asked = {"instId": instrument, "bar": "1H"}
    bars = (await world.client.get(f"/api/v5/market/{path}", **asked)).rows
    assert len(bars) == 100  # what is usual
    assert {len(bar) for bar in bars} == {fields}
    older = await world.client.get(f"/api/v5/market/{path}", **asked, after=bars[-1][0], limit=2)
    assert [int(bar[0]) < int(bars[-1][0]) for bar in older.rows] == [True, True]


async def test_unknown_bars_and_pairs_are_refused(world: World) -> None:
    assert (await world.client.get(CANDLES, instId="BTC-USDT", bar="7m")).code == "51000"
    index = await world.client.get("/api/v5/market/index-candles", instId="BTC-USDT-SWAP")
    assert index.code == "51001"


async def test_bars_of_any_interval_are_streamed(world: World) -> None:
    socket = await world.client.socket("business")
    for channel in ("candle1Dutc", "candle15m", "mark-price-candle1H", "index-candle5m"):
        await socket.subscribe(channel, instId="BTC-USDT")
    await world.place("taker", **MARKET)
    day = await bar_of(socket, "candle1Dutc")
    assert (len(day), day[-1]) == (9, "0")
    assert D(day[5]) >= D("0.01")
    now_ns = time.time_ns()
    world.venue.venue.beat(now_ns)
    for channel in ("mark-price-candle1H", "index-candle5m"):
        assert len(await bar_of(socket, channel)) == 6
    world.venue.venue.beat(now_ns + 900 * 1_000_000_000)
    ended = await bar_of(socket, "candle15m")
    while ended[-1] == "0":
        ended = await bar_of(socket, "candle15m")
    assert int(ended[0]) == INTERVALS["15m"].open_ms(now_ns // 1_000_000)
    await socket.send(op="subscribe", args=[{"channel": "candle7m", "instId": "BTC-USDT"}])
    assert (await socket.next(event="error"))["code"] == "60018"


async def bar_of(socket: Any, channel: str) -> list[str]:
    while True:
        message = await socket.next(arg={"channel": channel, "instId": "BTC-USDT"})
        if "data" in message:
            (bar,) = message["data"]
            return list(bar)
