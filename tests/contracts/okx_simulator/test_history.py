"""Pages of orders and fills, and what the venue forgets."""

import pytest

from tests.contracts.okx_simulator.okx_client import headers_for, stamp
from tests.contracts.okx_simulator.worlds import MARKET, ORDER, World
from venues.simulators.okx.history import DAY_NS, HOUR_NS

FILLS = "/api/v5/trade/fills"


async def test_fills_are_paged_newest_first(world: World) -> None:
    for number in range(5):
        await world.place(f"f{number}", **MARKET)
    newest = (await world.client.get(FILLS, limit=2)).rows
    assert [fill["clOrdId"] for fill in newest] == ["f4", "f3"]
    older = (await world.client.get(FILLS, limit=2, after=newest[-1]["billId"])).rows
    assert [fill["clOrdId"] for fill in older] == ["f2", "f1"]
    newer = (await world.client.get(FILLS, before=older[0]["billId"])).rows
    assert [fill["clOrdId"] for fill in newer] == ["f4", "f3"]
    since = (await world.client.get(FILLS, begin=newest[-1]["fillTime"])).rows
    assert {"f4", "f3"} <= {fill["clOrdId"] for fill in since}
    history = await world.client.get("/api/v5/trade/fills-history", instType="SPOT")
    assert len(history.rows) == 5
    assert (await world.client.get("/api/v5/trade/fills-history")).code == "50014"


async def test_working_and_finished_orders_are_listed_apart(world: World) -> None:
    await world.place("works")
    await world.place("done", **MARKET)
    pending = (await world.client.get("/api/v5/trade/orders-pending", instType="SPOT")).rows
    assert [order["clOrdId"] for order in pending] == ["works"]
    past = (await world.client.get("/api/v5/trade/orders-history", instType="SPOT")).rows
    assert [order["clOrdId"] for order in past] == ["done"]
    none = await world.client.get("/api/v5/trade/orders-history", instType="SWAP")
    assert none.rows == []


@pytest.mark.parametrize(
    ("age_ns", "history", "archive", "quick_fills"),
    [(HOUR_NS, 2, 2, 1), (3 * HOUR_NS, 1, 1, 1), (4 * DAY_NS, 1, 1, 0), (8 * DAY_NS, 0, 1, 0)],
)
async def test_what_is_old_is_forgotten(
    world: World, age_ns: int, history: int, archive: int, quick_fills: int
) -> None:
    """Unfilled canceled orders after two hours, filled ones from the history after seven days,
    fills from the quick list after three."""
    await world.place("done", **MARKET)
    await world.place("gone")
    named = {"instId": "BTC-USDT", "clOrdId": "gone"}
    await world.client.post("/api/v5/trade/cancel-order", named)
    world.venue.arm("clock_skew", params={"ms": age_ns // 1_000_000})
    ahead_s = age_ns / 1e9

    async def rows(path: str) -> int:
        target = f"{path}?instType=SPOT"
        headers = headers_at(target, ahead_s)
        return len((await world.client.request("GET", target, "", headers)).rows)

    assert await rows("/api/v5/trade/orders-history") == history
    assert await rows("/api/v5/trade/orders-history-archive") == archive
    assert await rows(FILLS) == quick_fills
    assert await rows("/api/v5/trade/fills-history") == 1


async def test_forgotten_orders_are_not_found(world: World) -> None:
    await world.place("done", **MARKET)
    world.venue.arm("forget_orders", params={"after_s": 0})
    reply = await world.client.get(ORDER, instId="BTC-USDT", clOrdId="done")
    assert reply.code == "51603"


def headers_at(target: str, ahead_s: float) -> dict[str, str]:
    """Signed at the venue's time."""
    return headers_for("GET", target, "", at=stamp(ahead_s))
