"""Bars: every interval that the venue has, by REST and on streams."""

import itertools
import time
from decimal import Decimal
from typing import Any

import pytest

from tests.contracts.binance_simulator.worlds import MARKET, World

D = Decimal
MINUTE_MS = 60_000
FUTURES = ("1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w")
SPOT = ("1s", *FUTURES)


async def bars(world: World, product: str, name: str = "klines", **params: Any) -> Any:
    client, prefix = getattr(world, product), "/api/v3" if product == "spot" else "/fapi/v1"
    asked: dict[str, Any] = {"symbol": "BTCUSDT", "interval": "1m"} | params
    wanted = {key: value for key, value in asked.items() if value is not None}
    return await client.public(f"{prefix}/{name}", **wanted)


@pytest.mark.parametrize(("product", "intervals"), [("spot", SPOT), ("futures", FUTURES)])
async def test_an_indicator_can_warm_up_at_every_interval(
    world: World, product: str, intervals: tuple[str, ...]
) -> None:
    for interval in (*intervals, "1M"):
        reply = await bars(world, product, interval=interval, limit=3)
        rows = reply.body
        assert len(rows) == 3, interval
        assert all(row[6] + 1 == after[0] for row, after in itertools.pairwise(rows))
        assert rows[-1][0] <= time.time() * 1000 <= rows[-1][6] + 1000
        assert all(D(row[3]) <= D(row[4]) <= D(row[2]) for row in rows)


async def test_other_intervals_do_not_exist(world: World) -> None:
    for product, interval in (("spot", "7m"), ("futures", "1s"), ("spot", "1D")):
        assert (await bars(world, product, interval=interval)).code == -1120


async def test_a_page_begins_at_its_start_or_ends_now(world: World) -> None:
    latest = (await bars(world, "spot", interval="5m", limit=10)).body
    assert len((await bars(world, "spot", interval="5m")).body) == 500
    window = {"startTime": latest[2][0], "endTime": latest[6][0]}
    page = (await bars(world, "spot", interval="5m", limit=3, **window)).body
    assert [row[0] for row in page] == [row[0] for row in latest[2:5]]
    page = (await bars(world, "spot", interval="5m", endTime=latest[6][0], limit=3)).body
    assert [row[0] for row in page] == [row[0] for row in latest[4:7]]
    assert len((await bars(world, "futures", limit=9999)).body) == 1500


async def test_days_can_follow_another_clock(world: World) -> None:
    for zone, hour in (("8", 16), ("-1:00", 1), ("05:45", 18.25)):
        rows = (await bars(world, "spot", interval="1d", timeZone=zone, limit=2)).body
        assert rows[-1][0] % (24 * 60 * MINUTE_MS) == hour * 60 * MINUTE_MS
    assert (await bars(world, "spot", interval="1d", timeZone="15")).code == -1130


async def test_futures_have_bars_of_marks_and_indices_and_by_pair(world: World) -> None:
    pair = {"symbol": None, "pair": "BTCUSDT", "interval": "1h", "limit": 2}
    marks = (await bars(world, "futures", "markPriceKlines", interval="1h", limit=2)).body
    indices = (await bars(world, "futures", "indexPriceKlines", **pair)).body
    assert D(marks[0][1]) - D(indices[0][1]) == D(20)
    assert (marks[0][5], indices[0][5]) == ("0.000", "0.000")
    perpetual = pair | {"contractType": "PERPETUAL"}
    continuous = (await bars(world, "futures", "continuousKlines", **perpetual)).body
    assert continuous[0] == (await bars(world, "futures", interval="1h", limit=2)).body[0]
    assert (await bars(world, "spot", "uiKlines", interval="1h", limit=2)).status == 200


@pytest.mark.parametrize(
    ("product", "interval"),
    [("spot", "1s"), ("spot", "5m"), ("spot", "1d@+08:00"), ("futures", "1h"), ("futures", "1w")],
)
async def test_bars_are_streamed(world: World, product: str, interval: str) -> None:
    socket = await getattr(world, product).socket(f"/ws/btcusdt@kline_{interval}")
    await (world.buy if product == "spot" else world.long)("seen", **MARKET)
    over = interval == "1s"  # of a second that is told once a second
    event = await socket.next(lambda each: each["k"]["n"] > 0 and each["k"]["x"] is over)
    bar = event["k"]
    assert (event["e"], bar["s"], bar["i"]) == ("kline", "BTCUSDT", interval.partition("@")[0])
    assert bar["t"] <= time.time() * 1000 <= bar["T"] + 2000
