"""Take-profits and stop-losses, of orders and of positions: set, moved, triggered, cleared."""

from decimal import Decimal
from typing import Any

import pytest

from tests.contracts.bybit_simulator.worlds import MARKET, World

NAMED = {"category": "linear", "symbol": "BTCUSDT"}
BRACKET = {"takeProfit": "102000", "stopLoss": "98000"}
STOP = "/v5/position/trading-stop"


async def stop(world: World, **terms: Any) -> int:
    return (await world.client.post(STOP, **(NAMED | {"tpslMode": "Full"} | terms))).code


async def position(world: World, **named: str) -> dict[str, Any]:
    (row,) = (await world.client.get("/v5/position/list", **(NAMED | named))).rows
    return row


async def exits(world: World) -> dict[str, dict[str, Any]]:
    """The orders that wait to close the position, by their kind."""
    rows = (await world.client.get("/v5/order/realtime", **NAMED, orderFilter="StopOrder")).rows
    return {row["stopOrderType"]: row for row in rows}


@pytest.mark.parametrize(
    ("category", "symbol", "moved"),
    [("linear", "BTCUSDT", 102_500), ("linear", "BTCUSDT", 97_500), ("inverse", "BTCUSD", 97_500)],
)
async def test_an_order_brings_its_exits_and_the_first_of_them_closes_the_position(
    world: World, category: str, symbol: str, moved: int
) -> None:
    assert (await world.create("entry", category, **MARKET, **BRACKET)).code == 0
    named = {"category": category, "symbol": symbol}
    held = await position(world, **named)
    assert [float(held[name]) for name in ("takeProfit", "stopLoss")] == [102_000, 98_000]
    world.venue.move(f"{symbol}-{category.upper()}", Decimal(moved))
    held = await position(world, **named)
    assert (float(held["size"]), held["takeProfit"], held["stopLoss"]) == (0, "", "")
    rows = (await world.client.get("/v5/order/history", **named)).rows
    ends = {row["stopOrderType"]: (row["orderStatus"], row["cancelType"]) for row in rows}
    hit, missed = ("TakeProfit", "StopLoss") if moved > 100_000 else ("StopLoss", "TakeProfit")
    assert ends[hit] == ("Filled", "UNKNOWN")
    assert ends[missed] == ("Deactivated", "CancelByTpSlTsClear")


async def test_exits_come_when_the_order_fills_and_are_told_as_the_venue_s_own(
    world: World,
) -> None:
    private = await world.client.private("order")
    assert (await world.create("entry", price="99000", **BRACKET)).code == 0
    entry = (await private.next(topic="order"))["data"][0]
    assert (entry["takeProfit"], entry["stopLoss"], entry["tpslMode"]) == (
        "102000",
        "98000",
        "Full",
    )
    assert await exits(world) == {}
    world.venue.move("BTCUSDT-LINEAR", Decimal(98_900))
    orders = await exits(world)
    assert set(orders) == {"TakeProfit", "StopLoss"}
    for kind, row in orders.items():
        assert (row["createType"], row["orderLinkId"]) == (f"CreateBy{kind}", "")
        assert (row["parentOrderLinkId"], row["side"]) == ("entry", "Sell")
        assert row["reduceOnly"] is row["closeOnTrigger"] is True
        assert (row["qty"], row["orderStatus"]) == ("0.010", "Untriggered")


async def test_exits_of_the_whole_follow_the_size_of_the_position(world: World) -> None:
    await world.create("entry", **MARKET, **BRACKET)
    await world.create("more", **MARKET)
    assert [row["qty"] for row in (await exits(world)).values()] == ["0.020", "0.020"]
    await world.create("less", **(MARKET | {"side": "Sell", "qty": "0.005"}))
    assert [row["qty"] for row in (await exits(world)).values()] == ["0.015", "0.015"]
    # Beyond flat: what closed the long must not close the short.
    await world.create("turn", **(MARKET | {"side": "Sell", "qty": "0.1"}))
    assert await exits(world) == {}


async def test_exits_of_a_position_are_set_moved_and_taken_back(world: World) -> None:
    assert await stop(world, stopLoss="98000") == 10001  # nothing is open
    await world.create("entry", **(MARKET | {"side": "Sell"}))
    private = await world.client.private("position")
    assert await stop(world, stopLoss="103000", slTriggerBy="MarkPrice") == 0
    told = (await private.next(topic="position"))["data"][0]
    assert float(told["stopLoss"]) == 103_000
    assert (await exits(world))["StopLoss"]["triggerBy"] == "MarkPrice"
    assert await stop(world, stopLoss="103000", slTriggerBy="MarkPrice") == 34040
    assert await stop(world, stopLoss="104000", takeProfit="97000") == 0
    held = await position(world)
    assert (float(held["stopLoss"]), float(held["takeProfit"])) == (104_000, 97_000)
    assert await stop(world, stopLoss="0") == 0
    assert set(await exits(world)) == {"TakeProfit"}
    assert (await position(world))["stopLoss"] == ""


async def test_a_trailing_stop_of_a_position_follows_the_price(world: World) -> None:
    await world.create("entry", **MARKET)
    assert await stop(world, trailingStop="500", activePrice="101000") == 0
    assert float((await position(world))["trailingStop"]) == 500
    assert float((await exits(world))["TrailingStop"]["triggerPrice"]) == 101_000
    world.venue.move("BTCUSDT-LINEAR", Decimal(100_000))
    world.venue.move("BTCUSDT-LINEAR", Decimal(99_000))
    assert float((await position(world))["size"]) == 0.01
    world.venue.move("BTCUSDT-LINEAR", Decimal(102_000))
    world.venue.move("BTCUSDT-LINEAR", Decimal(101_000))
    assert float((await position(world))["size"]) == 0


@pytest.mark.parametrize("moved", [97_500, 102_500])
async def test_a_pair_closes_a_part_and_its_other_half_ends(world: World, moved: int) -> None:
    await world.create("entry", **MARKET)
    pair = {"tpslMode": "Partial", "tpSize": "0.004", "slSize": "0.004"}
    assert await stop(world, **BRACKET, **pair) == 0
    assert set(await exits(world)) == {"PartialTakeProfit", "PartialStopLoss"}
    world.venue.move("BTCUSDT-LINEAR", Decimal(moved))
    assert float((await position(world))["size"]) == pytest.approx(0.006)
    assert await exits(world) == {}


async def test_an_order_may_bring_exits_of_its_own_part_at_a_limit(world: World) -> None:
    await world.create("whole", **MARKET)
    limit = {"tpslMode": "Partial", "tpOrderType": "Limit", "tpLimitPrice": "101900"}
    assert (await world.create("part", **MARKET, **BRACKET, **limit)).code == 0
    orders = await exits(world)
    assert {row["qty"] for row in orders.values()} == {"0.010"}
    assert orders["PartialTakeProfit"]["orderType"] == "Limit"
    world.venue.move("BTCUSDT-LINEAR", Decimal(102_500))
    assert float((await position(world))["size"]) == 0.01


async def test_exits_survive_a_restart_and_still_work(world: World) -> None:
    await world.create("entry", price="99000", **BRACKET)
    await world.venue.stop()
    await world.venue.start()
    world.venue.move("BTCUSDT-LINEAR", Decimal(98_900))
    assert set(await exits(world)) == {"TakeProfit", "StopLoss"}
    await world.venue.stop()
    await world.venue.start()
    world.venue.move("BTCUSDT-LINEAR", Decimal(97_500))
    assert float((await position(world))["size"]) == 0
    assert await exits(world) == {}


@pytest.mark.parametrize(
    "terms",
    [
        {"stopLoss": "1", "takeProfit": "nonsense"},
        {"stopLoss": "98000", "tpslMode": "bogus"},
        {"stopLoss": "101000"},
        {"takeProfit": "99000"},
        {"stopLoss": "98000.05"},
        {"stopLoss": "98000", "slTriggerBy": "Guess"},
        {"stopLoss": "98000", "slOrderType": "Limit", "slLimitPrice": "97000"},
        {"stopLoss": "98000", "reduceOnly": True, "side": "Sell"},
    ],
)
async def test_wrong_exits_refuse_the_order(world: World, terms: dict[str, Any]) -> None:
    assert (await world.create("no", **(MARKET | terms))).code == 10001
    assert world.venue.ledger(event="accepted") == []
