"""The account's past and its coins: transactions, closed positions, balances, a check before."""

from decimal import Decimal
from typing import Any

import pytest

from tests.contracts.bybit_simulator.bybit_client import now_ms
from tests.contracts.bybit_simulator.worlds import CATEGORIES, MARKET, World

LOG, CLOSED = "/v5/account/transaction-log", "/v5/position/closed-pnl"
COINS = "/v5/asset/transfer/query-account-coins-balance"
D = Decimal


async def cash(world: World) -> dict[str, Decimal]:
    reply = await world.client.get(COINS, accountType="UNIFIED", coin="BTC,USDT,NONE")
    return {row["coin"]: D(row["walletBalance"]) for row in reply.result["balance"]}


async def trade(world: World, name: str, category: str, side: str = "Buy", **terms: Any) -> None:
    reply = await world.create(name, category, **(MARKET | {"side": side} | terms))
    assert reply.code == 0, reply.body


async def test_the_log_says_what_each_trade_did_to_each_currency(world: World) -> None:
    before = await cash(world)
    await trade(world, "spot", "spot")
    await trade(world, "long", "linear")
    await trade(world, "less", "linear", "Sell", qty="0.004")
    await trade(world, "coin", "inverse")
    after = await cash(world)
    log = (await world.client.get(LOG)).rows
    assert [row["orderLinkId"] for row in log] == ["coin", "less", "long", "spot", "spot"]
    for asset in ("BTC", "USDT"):
        own = [row for row in log if row["currency"] == asset]
        assert D(own[0]["cashBalance"]) == after[asset]
        assert sum(D(row["change"]) for row in own) == after[asset] - before[asset]
    assert [row["size"] for row in log[1:3]] == ["0.006", "0.01"]
    assert {row["qty"] for row in log[3:]} >= {"0.01"}


async def test_the_log_is_chosen_from_and_comes_in_pages(world: World) -> None:
    for number in range(3):
        await trade(world, f"n{number}", "spot")
    await trade(world, "contract", "linear")
    spot = (await world.client.get(LOG, category="spot", currency="BTC")).rows
    assert [row["orderLinkId"] for row in spot] == ["n2", "n1", "n0"]
    assert (await world.client.get(LOG, type="SETTLEMENT")).rows == []
    seen, cursor = [], ""
    while True:
        reply = await world.client.get(LOG, limit=2, cursor=cursor)
        seen += [row["id"] for row in reply.rows]
        if not (cursor := reply.result["nextPageCursor"]):
            break
    assert len(seen) == len(set(seen)) == 7
    later = now_ms() + 60_000
    assert (await world.client.get(LOG, startTime=later)).rows == []


@pytest.mark.parametrize("category", ["linear", "inverse"])
async def test_what_was_closed_is_told_by_order_with_its_profit(
    world: World, category: str
) -> None:
    symbol, size = CATEGORIES[category]["symbol"], D(CATEGORIES[category]["qty"])
    before = await cash(world)
    await trade(world, "open", category)
    await trade(world, "half", category, "Sell", qty=str(size / 2))
    # Beyond flat: only the rest of the long is closed.
    await trade(world, "turn", category, "Sell", qty=str(size))
    reply = await world.client.get(CLOSED, category=category, symbol=symbol)
    names = {order_id(world, name): name for name in ("half", "turn")}
    assert [names[row["orderId"]] for row in reply.rows] == ["turn", "half"]
    assert [D(row["closedSize"]) for row in reply.rows] == [size / 2, size / 2]
    await trade(world, "cover", category, qty=str(size / 2))
    rows = (await world.client.get(CLOSED, category=category)).rows
    asset = "USDT" if category == "linear" else "BTC"
    change = (await cash(world))[asset] - before[asset]
    assert sum(D(row["closedPnl"]) for row in rows) == pytest.approx(change, abs=D("1e-7"))
    assert change < 0
    assert (await world.client.get(CLOSED, category="spot")).code == 10001


def order_id(world: World, name: str) -> str:
    (accepted,) = world.venue.ledger(event="accepted", client_order_id=name)
    number = f"{accepted['order_id']:032x}"
    cuts = ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32))
    return "-".join(number[a:b] for a, b in cuts)


async def test_coins_are_asked_for_by_name(world: World) -> None:
    assert set(await cash(world)) == {"BTC", "USDT"}
    one = "/v5/asset/transfer/query-account-coin-balance"
    reply = await world.client.get(one, accountType="UNIFIED", coin="BTC")
    assert reply.result["balance"]["walletBalance"] == "1000"
    assert (await world.client.get(COINS, accountType="FUND", coin="BTC")).code == 10001
    assert (await world.client.get(COINS, accountType="UNIFIED")).code == 10001


async def test_an_order_can_be_checked_beforehand_and_is_not_placed(world: World) -> None:
    check = "/v5/order/pre-check"
    order = world.order("checked", qty="100", price="100000")
    told = (await world.client.post(check, **order)).result
    assert told["orderLinkId"] == "checked"
    assert told["preImrE4"] == 0 < told["postImrE4"]
    assert (await world.client.post(check, **order | {"price": "120000"})).code == 110003
    assert (await world.client.post(check, **order | {"reduceOnly": True})).code == 110017
    assert world.venue.ledger(event="accepted") == []
