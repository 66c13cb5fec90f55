"""Lists of orders and executions: pages, spans, and what is forgotten when."""

import pytest

from tests.contracts.bybit_simulator.bybit_client import now_ms
from tests.contracts.bybit_simulator.worlds import MARKET, World

LINEAR = {"category": "linear", "symbol": "BTCUSDT"}
DAY_MS = 86_400_000


@pytest.mark.parametrize("path", ["/v5/order/history", "/v5/execution/list"])
async def test_pages_hold_everything_once_newest_first(world: World, path: str) -> None:
    for number in range(7):
        await world.create(f"n{number}", **MARKET)
    seen: list[str] = []
    cursor = ""
    while True:
        reply = await world.client.get(path, **LINEAR, limit=3, cursor=cursor)
        seen += [row["orderLinkId"] for row in reply.rows]
        cursor = reply.result["nextPageCursor"]
        if not cursor:
            break
        await world.create(f"late{len(seen)}", **MARKET)  # must not disturb the pages that follow
    assert seen == [f"n{number}" for number in reversed(range(7))]


async def test_open_orders_come_in_pages_of_fifty_at_most(world: World) -> None:
    for number in range(53):
        await world.create(f"o{number}")
    first = await world.client.get("/v5/order/realtime", **LINEAR, limit=500)
    assert len(first.rows) == 50
    cursor = first.result["nextPageCursor"]
    rest = await world.client.get("/v5/order/realtime", **LINEAR, limit=50, cursor=cursor)
    assert len(rest.rows) == 3


async def test_linear_lists_must_be_narrowed(world: World) -> None:
    for path in ("/v5/order/realtime", "/v5/position/list"):
        assert (await world.client.get(path, category="linear")).code == 10001


async def test_a_span_is_seven_days_at_most(world: World) -> None:
    end = now_ms()
    for path in ("/v5/order/history", "/v5/execution/list"):
        span = {"startTime": end - 8 * DAY_MS, "endTime": end}
        assert (await world.client.get(path, category="linear", **span)).code == 10001


async def test_a_restart_forgets_closed_orders_but_for_the_history(world: World) -> None:
    await world.create("done", **MARKET)
    await world.create("open")
    assert (await world.found("done"))["orderStatus"] == "Filled"
    await world.venue.stop()
    await world.venue.start()
    realtime = await world.client.get("/v5/order/realtime", **LINEAR, orderLinkId="done")
    assert realtime.rows == []
    history = await world.client.get("/v5/order/history", **LINEAR, orderLinkId="done")
    assert [row["orderStatus"] for row in history.rows] == ["Filled"]
    assert (await world.found("open"))["orderStatus"] == "New"


async def test_orders_can_be_forgotten_by_a_fault(world: World) -> None:
    await world.create("gone", timeInForce="IOC")
    world.venue.arm("forget_orders")
    for path in ("/v5/order/realtime", "/v5/order/history"):
        assert (await world.client.get(path, **LINEAR, orderLinkId="gone")).rows == []


async def test_positions_and_wallet_follow_the_fills(world: World) -> None:
    await world.create("long", **MARKET)
    position = (await world.client.get("/v5/position/list", **LINEAR)).rows[0]
    assert (position["side"], float(position["size"])) == ("Buy", 0.01)
    await world.create("flat", side="Sell", reduceOnly=True, **MARKET)
    position = (await world.client.get("/v5/position/list", **LINEAR)).rows[0]
    assert (position["side"], float(position["size"])) == ("", 0)
    fees = sum(float(row["fee"]) for row in world.venue.ledger(event="filled"))
    wallet = (await world.client.get("/v5/account/wallet-balance", accountType="UNIFIED")).rows[0]
    coins = {coin["coin"]: float(coin["walletBalance"]) for coin in wallet["coin"]}
    assert coins["USDT"] < 50_000_000 - fees  # the spread was paid too
