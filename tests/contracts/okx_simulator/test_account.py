"""The account's past and what it may still do: bills, closed positions, sizes."""

from decimal import Decimal

import pytest

from tests.contracts.okx_simulator.worlds import MARKET, SPOT, SWAP, World

BILLS, POSITIONS = "/api/v5/account/bills", "/api/v5/account/positions-history"
SWAP_MARKET = {**MARKET, "tgtCcy": None}


async def cash(world: World) -> dict[str, Decimal]:
    account = (await world.client.get("/api/v5/account/balance")).row
    return {row["ccy"]: Decimal(row["cashBal"]) for row in account["details"]}


async def test_bills_say_what_each_trade_did_to_each_currency(world: World) -> None:
    before = await cash(world)
    await world.place("bought", **MARKET)
    await world.place("long", SWAP, **SWAP_MARKET)
    await world.place("closed", SWAP, side="sell", **SWAP_MARKET)
    after = await cash(world)
    bills = (await world.client.get(BILLS)).rows
    assert [bill["clOrdId"] for bill in bills] == ["closed", "long", "bought", "bought"]
    assert len({bill["billId"] for bill in bills}) == 4
    for asset in ("BTC", "USDT"):
        own = [bill for bill in bills if bill["ccy"] == asset]
        assert Decimal(own[0]["bal"]) == after[asset]
        assert sum(Decimal(b["balChg"]) for b in own) == after[asset] - before[asset]
    closed = bills[0]
    assert Decimal(closed["balChg"]) == Decimal(closed["pnl"]) + Decimal(closed["fee"])
    fills = (await world.client.get("/api/v5/trade/fills")).rows
    assert {fill["billId"] for fill in fills} < {bill["billId"] for bill in bills}


async def test_bills_are_chosen_and_come_in_pages(world: World) -> None:
    await world.place("bought", **MARKET)
    await world.place("sold", side="sell", **MARKET)
    bitcoin = (await world.client.get(BILLS, ccy="BTC")).rows
    assert [bill["subType"] for bill in bitcoin] == ["2", "1"]
    assert (await world.client.get(BILLS, instType="SWAP")).rows == []
    assert (await world.client.get(BILLS, type="8")).rows == []
    newest = (await world.client.get(BILLS, limit=3)).rows
    rest = (await world.client.get(BILLS, after=newest[-1]["billId"])).rows
    archive = (await world.client.get("/api/v5/account/bills-archive")).rows
    assert newest + rest == archive
    assert len(archive) == 4


async def test_a_closed_position_is_told_with_its_prices_and_profit(world: World) -> None:
    await world.place("long", SWAP, sz="2", **SWAP_MARKET)
    await world.place("part", SWAP, side="sell", **SWAP_MARKET)
    (open_one,) = (await world.client.get(POSITIONS)).rows
    assert (open_one["type"], open_one["closeTotalPos"]) == ("1", "1")
    # Beyond flat: it closes the long and opens a short.
    await world.place("turn", SWAP, side="sell", sz="3", **SWAP_MARKET)
    (past,) = (await world.client.get(POSITIONS, instType="SWAP")).rows
    assert (past["type"], past["direction"], past["openMaxPos"]) == ("2", "long", "2")
    assert past["closeTotalPos"] == "2"
    fills = (await world.client.get("/api/v5/trade/fills")).rows
    assert Decimal(past["pnl"]) == sum(Decimal(fill["fillPnl"]) for fill in fills) < 0
    assert Decimal(past["realizedPnl"]) == Decimal(past["pnl"]) + Decimal(past["fee"])
    paid = Decimal(past["closeAvgPx"]) - Decimal(past["openAvgPx"])
    assert Decimal(past["pnl"]) == pytest.approx(paid * 2 * Decimal("0.01"))
    await world.place("cover", SWAP, sz="2", **SWAP_MARKET)
    both = (await world.client.get(POSITIONS)).rows
    assert [row["direction"] for row in both] == ["short", "long"]


@pytest.mark.parametrize("side", ["buy", "sell"])
@pytest.mark.parametrize("product", [SPOT, SWAP], ids=["spot", "swap"])
async def test_the_largest_order_is_taken_and_nothing_beyond_it(
    world: World, product: dict[str, str], side: str
) -> None:
    price = "99900" if side == "buy" else "100100"
    asked = {"instId": product["instId"], "tdMode": product["tdMode"], "px": price}
    path, field = "/api/v5/account/max-size", "maxBuy" if side == "buy" else "maxSell"
    row = (await world.client.get(path, **asked)).row
    terms = {"side": side, "px": price}
    over = str(Decimal(row[field]) + Decimal("0.01"))
    assert (await world.place("over", product, **terms, sz=over)).refusal[0] == "51008"
    assert (await world.place("most", product, **terms, sz=row[field])).code == "0"


async def test_what_is_available_is_what_is_free(world: World) -> None:
    named = {"instId": "BTC-USDT,BTC-USDT-SWAP", "tdMode": "cash"}
    spot, swap = (await world.client.get("/api/v5/account/max-avail-size", **named)).rows
    free = await cash(world)
    assert (Decimal(spot["availBuy"]), Decimal(spot["availSell"])) == (free["USDT"], free["BTC"])
    assert swap["availBuy"] == swap["availSell"] == spot["availBuy"]
    wrong = await world.client.get("/api/v5/account/max-avail-size", instId="X", tdMode="cash")
    assert wrong.code == "51001"


async def test_the_risk_of_an_account_is_its_equity_and_positions(world: World) -> None:
    await world.place("short", SWAP, side="sell", **SWAP_MARKET)
    risk = (await world.client.get("/api/v5/account/account-position-risk")).row
    assert {row["ccy"] for row in risk["balData"]} == {"BTC", "ETH", "USDT"}
    (position,) = risk["posData"]
    assert (position["pos"], position["notionalCcy"]) == ("-1", "0.01")
