"""Ordinary orders by REST and by WebSocket, and the venue's words for each refusal."""

import time
from typing import Any

import pytest

from tests.contracts.okx_simulator.worlds import MARKET, ORDER, SWAP, World, order

CANCEL, AMEND = "/api/v5/trade/cancel-order", "/api/v5/trade/amend-order"


async def test_an_order_rests_is_amended_and_canceled(world: World) -> None:
    placed = (await world.place("life")).row
    assert (placed["clOrdId"], placed["sCode"], placed["sMsg"]) == ("life", "0", "")
    named = {"instId": "BTC-USDT", "clOrdId": "life"}
    amended = await world.client.post(AMEND, {**named, "newPx": "96000", "newSz": "0.02"})
    assert amended.row["ordId"] == placed["ordId"]
    found = await world.found("life")
    assert (found["state"], found["px"], found["sz"]) == ("live", "96000", "0.02")
    await world.client.post(CANCEL, named)
    found = await world.found("life")
    assert (found["state"], found["cancelSource"]) == ("canceled", "1")


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"instId": "DOGE-USDT"}, "51001"),
        ({"sz": "0.000001"}, "51020"),
        ({"sz": "0.010000001"}, "51121"),
        ({"px": "97000.05"}, "51150"),
        ({"px": "106000"}, "51006"),
        ({"sz": "600"}, "51008"),
        ({"clOrdId": "not-allowed"}, "51000"),
        ({"clOrdId": "a" * 33}, "51000"),
        ({"side": "up"}, "51000"),
        ({"ordType": "guess"}, "51000"),
        ({"tdMode": "cross"}, "51000"),
        ({"sz": "-1"}, "51000"),
        ({"px": None}, "51000"),
    ],
)
async def test_refusals_of_spot_orders(world: World, terms: dict[str, Any], code: str) -> None:
    assert (await world.place("no", **terms)).refusal[0] == code
    assert not world.venue.summary().orders


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"tdMode": "cash"}, "51000"),
        ({"tdMode": "isolated"}, "51000"),
        ({"posSide": "long"}, "51000"),
        ({"sz": "0.001"}, "51020"),
        ({"sz": "0.015"}, "51121"),
        ({"side": "sell", "reduceOnly": "true", "px": "103000"}, "51169"),
        ({"sz": "90000000"}, "51008"),
    ],
)
async def test_refusals_of_swap_orders(world: World, terms: dict[str, Any], code: str) -> None:
    assert (await world.place("no", SWAP, **terms)).refusal[0] == code
    assert not world.venue.summary().orders


STOP_LOSS = {"slTriggerPx": "90000", "slOrdPx": "-1"}


@pytest.mark.parametrize(
    "terms",
    [
        {"attachAlgoOrds": [STOP_LOSS]},
        STOP_LOSS,
        {"stpMode": "nonsense"},
        {"pxAmendType": "1"},
        {"slippagePct": "0.01"},
        {"isElpTakerAccess": True},
        {"tradeQuoteCcy": "USDC"},
        {"tag": "not-allowed"},
    ],
)
async def test_a_term_that_is_not_simulated_is_refused_not_dropped(
    world: World, terms: dict[str, Any]
) -> None:
    assert (await world.place("no", **terms)).refusal[0] == "51000"
    await world.place("resting")
    named = {"instId": "BTC-USDT", "clOrdId": "resting", "newPx": "96000"}
    if "attachAlgoOrds" in terms or "pxAmendType" in terms:
        assert (await world.client.post(AMEND, {**named, **terms})).refusal[0] == "51000"
    assert list(world.venue.summary().orders) == ["resting"]


async def test_terms_that_change_nothing_are_taken(world: World) -> None:
    """As the venue's own client sends them with every order."""
    terms: dict[str, Any] = {"attachAlgoOrds": [], "pxAmendType": "0", "banAmend": "", "tag": "t1"}
    sent = order("plain") | terms | {"pxVol": None, "pxUsd": "", "isElpTakerAccess": False}
    assert (await world.client.post(ORDER, sent)).row["tag"] == "t1"
    assert (await world.found("plain"))["tag"] == "t1"


@pytest.mark.parametrize(
    ("mode", "maker", "taker"),
    [
        (None, ("canceled", "32"), ("live", "")),
        ("cancel_maker", ("canceled", "32"), ("live", "")),
        ("cancel_taker", ("live", ""), ("canceled", "32")),
        ("cancel_both", ("canceled", "32"), ("canceled", "32")),
    ],
)
async def test_an_account_never_trades_with_itself(
    world: World, mode: str | None, maker: tuple[str, str], taker: tuple[str, str]
) -> None:
    await world.place("maker", px="100000", side="sell")
    await world.place("taker", px="100000", stpMode=mode)
    ends = []
    for name in ("maker", "taker"):
        row = await world.found(name)
        ends.append((row["state"], row["cancelSource"]))
        assert row["accFillSz"] == "0"
    assert ends == [maker, taker]
    assert (await world.found("taker"))["stpMode"] == (mode or "cancel_maker")


async def test_cancel_both_excludes_fill_or_kill(world: World) -> None:
    refused = await world.place("no", ordType="fok", stpMode="cancel_both")
    assert refused.refusal == ("50016", "Parameter stpMode does not match parameter ordType")


async def test_a_client_id_is_taken_while_its_order_works(world: World) -> None:
    await world.place("once")
    assert (await world.place("once")).refusal == ("51016", "Client order ID already exists.")
    await world.client.post(CANCEL, {"instId": "BTC-USDT", "clOrdId": "once"})
    assert (await world.place("once")).code == "0"


async def test_what_is_gone_cannot_be_canceled_or_amended(world: World) -> None:
    await world.place("filled", **MARKET)
    await world.place("canceled")
    await world.client.post(CANCEL, {"instId": "BTC-USDT", "clOrdId": "canceled"})
    for name, cancel, amend in (
        ("filled", "51402", "51510"),
        ("canceled", "51401", "51509"),
        ("never", "51400", "51503"),
    ):
        named = {"instId": "BTC-USDT", "clOrdId": name}
        assert (await world.client.post(CANCEL, named)).refusal[0] == cancel
        assert (await world.client.post(AMEND, {**named, "newPx": "96000"})).refusal[0] == amend
    reply = await world.client.get(ORDER, instId="BTC-USDT", clOrdId="never")
    assert (reply.status, reply.code) == (200, "51603")


async def test_a_batch_answers_for_each_order(world: World) -> None:
    batch = [order("one"), order("two", sz="0.000001")]
    reply = await world.client.post("/api/v5/trade/batch-orders", batch)
    assert reply.code == "2"
    assert [entry["sCode"] for entry in reply.body["data"]] == ["0", "51020"]
    numbers = [{"instId": "BTC-USDT", "ordId": reply.body["data"][0]["ordId"]}]
    reply = await world.client.post("/api/v5/trade/cancel-batch-orders", numbers)
    assert reply.row["sCode"] == "0"
    assert (await world.client.post("/api/v5/trade/batch-orders", [order("x")] * 21)).status == 200


async def test_fees_are_negative_costs_in_what_was_received(world: World) -> None:
    await world.place("bought", **MARKET)
    await world.place("sold", side="sell", **MARKET)
    await world.place("long", SWAP, **{**MARKET, "tgtCcy": None})
    fills = (await world.client.get("/api/v5/trade/fills")).rows
    by_order = {fill["clOrdId"]: fill for fill in fills}
    assert (by_order["bought"]["fee"], by_order["bought"]["feeCcy"]) == ("-0.00001", "BTC")
    assert by_order["sold"]["feeCcy"] == "USDT"
    taken = by_order["long"]
    # One contract is 0.01 BTC: 0.05 % of a thousand dollars.
    assert float(taken["fee"]) == pytest.approx(-0.5, rel=1e-3)
    assert (taken["fillSz"], taken["execType"], taken["feeCcy"]) == ("1", "T", "USDT")


async def test_a_market_buy_is_sized_in_quote_unless_it_says_otherwise(world: World) -> None:
    await world.place("budget", **{**MARKET, "tgtCcy": None}, sz="1000")
    found = await world.found("budget")
    assert (found["sz"], found["tgtCcy"]) == ("1000", "quote_ccy")
    assert 0.0099 < float(found["accFillSz"]) < 0.01


async def test_positions_and_balances_follow_the_trades(world: World) -> None:
    await world.place("short", SWAP, side="sell", **{**MARKET, "tgtCcy": None})
    (position,) = (await world.client.get("/api/v5/account/positions")).rows
    assert (position["instId"], position["pos"], position["posSide"]) == (
        "BTC-USDT-SWAP",
        "-1",
        "net",
    )
    await world.place("bought", **MARKET)
    account = (await world.client.get("/api/v5/account/balance", ccy="BTC,USDT")).row
    cash = {row["ccy"]: row for row in account["details"]}
    assert set(cash) == {"BTC", "USDT"}
    assert cash["BTC"]["cashBal"] == "1000.00999"
    whole = float(cash["USDT"]["availBal"]) + float(cash["USDT"]["frozenBal"])
    assert whole == pytest.approx(float(cash["USDT"]["cashBal"]))


async def test_an_expired_request_is_refused_unseen(world: World) -> None:
    reply = await world.client.post(ORDER, order("late"), expTime=str(int(time.time() * 1000) - 1))
    assert reply.code == "50036"
    assert not world.venue.summary().orders


async def test_orders_by_websocket_name_instruments_by_number(world: World) -> None:
    socket = await world.client.private()
    args = order("socket", instId=None, instIdCode=10001)
    reply = await socket.call("order", args)
    assert (reply["op"], reply["code"], reply["data"][0]["clOrdId"]) == ("order", "0", "socket")
    named = {"instIdCode": 10001, "clOrdId": "socket"}
    amended = await socket.call("amend-order", {**named, "newPx": "96000", "reqId": "r7"})
    assert amended["data"][0]["reqId"] == "r7"
    assert (await socket.call("cancel-order", named))["code"] == "0"
    again = await socket.call("cancel-order", named)
    assert (again["code"], again["data"][0]["sCode"]) == ("1", "51401")
    late = await socket.call("order", args, expTime="1")
    assert (late["code"], late["data"]) == ("50036", [])
    refused = await socket.call("mass-cancel", {"instType": "SPOT", "instFamily": "BTC-USDT"})
    assert refused["code"] == "51000"
