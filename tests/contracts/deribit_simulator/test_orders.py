"""Orders as the venue takes, changes and refuses them."""

import time
from decimal import Decimal
from typing import Any

import pytest

from tests.contracts.deribit_simulator.rpc import Rpc
from tests.support.simulated_venue import VenueOnLoop
from venues.simulators.deribit.instruments import FUTURE, OPTION

MARKET = {"type": "market", "price": None}
STOP = {"type": "stop_market", "price": None, "trigger": "last_price", "trigger_price": 95_000}


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"instrument_name": "BTC-NOTHING"}, -32602),
        ({"amount": 15}, -32602),
        ({"amount": 5}, 10002),
        ({"amount": None}, -32602),
        ({"amount": "much"}, -32602),
        ({"contracts": 7}, -32602),
        ({"price": 98_000.3}, 10043),
        ({"price": 120_000}, 10007),
        ({"price": None}, -32602),
        ({"label": "x" * 65}, -32602),
        ({"type": "stop_limit", "trigger_price": 105_000}, -32602),
        ({**STOP, "trigger_price": 95_000.2}, 10044),
        ({**STOP, "trigger_price": 99_000}, 11036),  # a buy stop below the market
        ({"post_only": True, "time_in_force": "fill_or_kill"}, 11055),
        ({"post_only": True, "reject_post_only": True, "price": 101_000}, 11054),
        ({"reduce_only": True, "side": "sell"}, 11030),
        ({"display_amount": 50}, 10036),
        ({"amount": 200_000, "display_amount": 1_000}, 10036),
        ({"amount": 900_000_000_000}, -32602),
        ({"instrument_name": "ETH-PERPETUAL", "price": 3_400, "amount": 900_000_000}, 10009),
        ({"instrument_name": OPTION, "amount": 1, "price": 0.0502}, 10043),
        ({**STOP, "instrument_name": OPTION, "amount": 1}, 10031),
        ({"time_in_force": "good_til_never"}, -32602),
    ],
)
async def test_refusals_have_the_venues_codes(
    rpc: Rpc, venue: VenueOnLoop, terms: dict[str, Any], code: int
) -> None:
    answer = await rpc.buy(**terms)
    assert (answer.code, answer.status) == (code, 400)
    assert venue.ledger(event="accepted") == []


async def test_a_market_order_trades_with_a_fee_in_its_currency(rpc: Rpc) -> None:
    outcome = (await rpc.buy(**MARKET, amount=1000)).result
    assert (outcome["order"]["order_state"], outcome["order"]["filled_amount"]) == ("filled", 1000)
    [trade] = outcome["trades"]
    assert (trade["fee_currency"], trade["liquidity"]) == ("BTC", "T")
    assert trade["fee"] == pytest.approx(1000 / trade["price"] * 0.0005, abs=1e-8)
    [position] = (await rpc.get("private/get_positions")).result
    assert (position["size"], position["direction"]) == (1000, "buy")


async def test_contracts_say_the_same_as_an_amount(rpc: Rpc) -> None:
    order = (await rpc.buy(amount=None, contracts=7)).result["order"]
    assert (order["amount"], order["contracts"]) == (70, 7)


async def test_a_post_only_order_slides_unless_it_asks_to_be_refused(rpc: Rpc) -> None:
    ask = (await rpc.get("public/ticker", instrument_name="BTC-PERPETUAL")).result["best_ask_price"]
    order = (await rpc.buy(post_only=True, price=101_000)).result["order"]
    assert (order["order_state"], order["price"]) == ("open", ask - 0.5)


async def test_labels_need_not_be_unique_but_an_edit_by_label_does(rpc: Rpc) -> None:
    first, second = [(await rpc.buy(label="twin")).result["order"] for _ in range(2)]
    assert first["order_id"] != second["order_id"]
    found = await rpc.get("private/get_order_state_by_label", currency="BTC", label="twin")
    assert {order["order_id"] for order in found.result} == {first["order_id"], second["order_id"]}
    edit = {"instrument_name": "BTC-PERPETUAL", "label": "twin", "amount": 200}
    assert (await rpc.get("private/edit_by_label", **edit)).code == 13032
    await rpc.get("private/cancel", order_id=first["order_id"])
    edited = (await rpc.get("private/edit_by_label", **edit)).result["order"]
    assert (edited["amount"], edited["replaced"]) == (200, True)
    assert (await rpc.get("private/cancel_by_label", label="twin")).result == 1
    assert (await rpc.get("private/edit_by_label", **edit)).code == 10004


async def test_finished_orders_can_be_neither_cancelled_nor_edited(rpc: Rpc) -> None:
    order_id = (await rpc.buy(**MARKET)).result["order"]["order_id"]
    assert (await rpc.get("private/cancel", order_id=order_id)).code == 11044
    assert (await rpc.get("private/edit", order_id=order_id, amount=200)).code == 11044
    assert (await rpc.get("private/cancel", order_id="42")).code == 10004


async def test_what_a_trigger_makes_is_another_order_with_the_same_label(
    rpc: Rpc, venue: VenueOnLoop
) -> None:
    waiting = (await rpc.sell(**STOP, label="guard")).result["order"]
    assert waiting["order_id"].startswith("SLTS-")
    assert (waiting["order_state"], waiting["price"]) == ("untriggered", "market_price")
    venue.move("BTC-PERPETUAL", Decimal(94_000))
    states = await rpc.get("private/get_order_state_by_label", currency="BTC", label="guard")
    by_state = {order["order_state"]: order for order in states.result}
    assert by_state["filled"]["trigger_order_id"] == waiting["order_id"]
    assert by_state["triggered"]["order_id"] == waiting["order_id"]
    assert (await rpc.get("private/cancel", order_id=waiting["order_id"])).code == 11044


async def test_a_waiting_order_is_cancelled_by_its_own_id(rpc: Rpc) -> None:
    for terms in (STOP, {**STOP, "instrument_name": "ETH-PERPETUAL", "trigger_price": 3_000}):
        waiting = (await rpc.sell(**terms)).result["order"]
        ended = (await rpc.get("private/cancel", order_id=waiting["order_id"])).result
        assert (ended["order_state"], ended["cancel_reason"]) == ("cancelled", "user_request")


async def test_what_is_late_by_its_own_word_is_not_begun(rpc: Rpc, venue: VenueOnLoop) -> None:
    now_ms = int(time.time() * 1000)
    assert (await rpc.buy(valid_until=now_ms + 5_000)).result["order"]["order_state"] == "open"
    assert (await rpc.buy(valid_until=now_ms - 1)).code == 13888
    venue.arm("delay", action="submit", params={"before_ms": 150})
    assert (await rpc.buy(valid_until=int(time.time() * 1000) + 100)).code == 13888
    assert len(venue.ledger(event="accepted")) == 1


async def test_cancel_all_knows_its_scope(rpc: Rpc) -> None:
    for name, price in (
        ("BTC-PERPETUAL", 98_000),
        (FUTURE, 98_000),
        ("ETH-PERPETUAL", 3_400),
    ):
        await rpc.buy(instrument_name=name, price=price)
    by_instrument = await rpc.get(
        "private/cancel_all_by_instrument", instrument_name="BTC-PERPETUAL"
    )
    assert by_instrument.result == 1
    detailed = await rpc.get("private/cancel_all_by_currency", currency="BTC", detailed=True)
    assert [group["instrument_name"] for group in detailed.result] == [FUTURE]
    assert (await rpc.get("private/cancel_all")).result == 1


async def test_options_and_linear_contracts_trade_in_their_units(rpc: Rpc) -> None:
    option = await rpc.buy(**MARKET, instrument_name=OPTION, amount=0.5)
    assert option.result["trades"][0]["fee"] == pytest.approx(0.00015)
    linear = await rpc.buy(**MARKET, instrument_name="BTC_USDC-PERPETUAL", amount=0.001)
    [trade] = linear.result["trades"]
    assert trade["trade_id"].startswith("BTC_USDC-")
    assert linear.result["order"]["order_id"].startswith("USDC-")
    assert trade["fee_currency"] == "USDC"


async def test_an_order_for_the_day_ends_at_eight(rpc: Rpc, venue: VenueOnLoop) -> None:
    order = (await rpc.buy(time_in_force="good_til_day", label="day")).result["order"]
    [record] = venue.ledger(event="accepted")
    assert record["expire_ns"] % (86_400 * 10**9) == 8 * 3600 * 10**9
    venue.venue.exchange.expire_due(record["expire_ns"])
    ended = (await rpc.get("private/get_order_state", order_id=order["order_id"])).result
    assert (ended["order_state"], ended["time_in_force"]) == ("cancelled", "good_til_day")


async def test_a_position_is_closed_by_one_word(rpc: Rpc) -> None:
    close = {"instrument_name": "BTC-PERPETUAL", "type": "market"}
    assert (await rpc.get("private/close_position", **close)).code == 11030
    await rpc.buy(**MARKET, amount=500)
    order = (await rpc.get("private/close_position", **close)).result["order"]
    assert (order["direction"], order["amount"], order["reduce_only"]) == ("sell", 500, True)
    assert (await rpc.get("private/get_position", instrument_name="BTC-PERPETUAL")).result[
        "size"
    ] == 0


async def test_conditional_orders_have_a_log(rpc: Rpc, venue: VenueOnLoop) -> None:
    await rpc.sell(**STOP, label="guard")
    gone = (await rpc.sell(**STOP)).result["order"]
    await rpc.get("private/cancel", order_id=gone["order_id"])
    venue.move("BTC-PERPETUAL", Decimal(94_000))
    log = (await rpc.get("private/get_trigger_order_history", currency="BTC")).result["entries"]
    assert sorted(entry["order_state"] for entry in log) == ["cancelled", "new", "new", "triggered"]
