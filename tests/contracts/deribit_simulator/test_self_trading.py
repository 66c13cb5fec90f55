"""An account does not trade with itself: the resting order goes, or the incoming one is refused."""

from tests.contracts.deribit_simulator.rpc import Rpc
from tests.support.simulated_venue import VenueOnLoop

INSIDE_BID, INSIDE_ASK = 99_999.5, 99_999
REJECT = {"mode": "reject_taker", "extended_to_subaccounts": False}


async def test_an_own_resting_order_is_cancelled_by_default(rpc: Rpc, venue: VenueOnLoop) -> None:
    summary = (await rpc.get("private/get_account_summaries")).result
    assert summary["self_trading_reject_mode"] == "cancel_maker"
    async with rpc.socket() as socket:
        await socket.call("private/subscribe", channels=["user.changes.any.any.raw"])
        own = (await rpc.buy(price=INSIDE_BID)).result["order"]["order_id"]
        crossing = (await rpc.sell(price=INSIDE_ASK)).result
        assert (crossing["trades"], crossing["order"]["order_state"]) == ([], "open")
        told = (await socket.heard("user.changes.any.any.raw", 2))[-1]
        states = {order["order_id"]: order["order_state"] for order in told["orders"]}
        assert states == {own: "cancelled", crossing["order"]["order_id"]: "open"}
    ended = (await rpc.get("private/get_order_state", order_id=own)).result
    assert "cancel_reason" not in ended
    assert venue.ledger(event="filled") == []


async def test_others_behind_it_are_traded_with(rpc: Rpc) -> None:
    await rpc.buy(price=INSIDE_BID)
    outcome = (await rpc.sell(type="market", price=None, amount=100)).result
    assert [trade["price"] < 99_999 for trade in outcome["trades"]] == [True]


async def test_an_account_may_want_its_incoming_orders_refused(
    rpc: Rpc, venue: VenueOnLoop
) -> None:
    assert (await rpc.get("private/set_self_trading_config", **REJECT)).result == "ok"
    await venue.stop()
    await venue.start()
    summary = (await rpc.get("private/get_account_summary", currency="BTC", extended=True)).result
    assert summary["self_trading_reject_mode"] == "reject_taker"
    own = (await rpc.buy(price=INSIDE_BID)).result["order"]["order_id"]
    for terms in ({"price": INSIDE_ASK}, {"type": "market", "price": None}):
        assert (await rpc.sell(**terms)).code == 10003
    away = (await rpc.sell(price=101_000)).result["order"]["order_id"]
    moved = {"order_id": away, "amount": 100, "price": INSIDE_ASK}
    assert (await rpc.get("private/edit", **moved)).code == 10003
    states = [
        (await rpc.get("private/get_order_state", order_id=each)).result["order_state"]
        for each in (own, away)
    ]
    assert states == ["open", "open"]
    assert len(venue.ledger(event="accepted")) == 2


async def test_an_order_that_does_not_reach_the_own_one_is_taken(rpc: Rpc) -> None:
    await rpc.get("private/set_self_trading_config", **REJECT)
    await rpc.buy(price=98_000)
    assert (await rpc.sell(type="market", price=None)).result["order"]["order_state"] == "filled"
