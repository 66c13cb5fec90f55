"""Edits: every term counts, a refused one changes nothing, and a restart remembers all of it."""

from decimal import Decimal
from typing import Any

import pytest

from tests.contracts.deribit_simulator.rpc import Rpc
from tests.support.simulated_venue import VenueOnLoop
from venues.simulators.deribit.instruments import OPTION

MARKET = {"type": "market", "price": None}
TRAILING = {
    "type": "trailing_stop",
    "price": None,
    "trigger": "mark_price",
    "trigger_offset": 500,
}


async def state(rpc: Rpc, order_id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await rpc.get("private/get_order_state", order_id=order_id)).result
    return found


async def test_an_edit_changes_what_an_order_shows_and_how_it_behaves(rpc: Rpc) -> None:
    await rpc.sell(**MARKET, amount=5000)
    order_id = (await rpc.buy(amount=5000, display_amount=1000)).result["order"]["order_id"]
    changed = {"display_amount": 2000, "reduce_only": True, "post_only": True}
    await rpc.get("private/edit", order_id=order_id, amount=5000, **changed)
    now = await state(rpc, order_id)
    shown = (now["refresh_amount"], now["display_amount"], now["reduce_only"], now["post_only"])
    assert shown == (2000, 2000, True, True)
    await rpc.get("private/edit", order_id=order_id, amount=5000, display_amount=5000)
    assert "display_amount" not in await state(rpc, order_id)


async def test_what_an_edit_does_not_say_stays(rpc: Rpc) -> None:
    terms = {"post_only": True, "reject_post_only": True, "display_amount": 1000}
    order_id = (await rpc.buy(amount=5000, **terms)).result["order"]["order_id"]
    await rpc.get("private/edit", order_id=order_id, amount=4000)
    now = await state(rpc, order_id)
    assert (now["amount"], now["replaced"]) == (4000, True)
    assert {name: now[name] for name in terms} == terms


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        ({"price": 98_000.3}, 10043),
        ({"price": 120_000}, 10007),
        ({"reduce_only": True}, 11030),
        ({"display_amount": 50}, 10036),
        ({"trigger_offset": 5}, -32602),
        ({"price": 101_000}, 11054),
        ({"mmp": True}, -32602),
    ],
)
async def test_a_refused_edit_changes_nothing(rpc: Rpc, edit: dict[str, Any], code: int) -> None:
    order_id = (await rpc.buy(amount=5000)).result["order"]["order_id"]
    before = await state(rpc, order_id)
    asked = {"amount": 5000, "post_only": True, "reject_post_only": True, **edit}
    answer = await rpc.get("private/edit", order_id=order_id, **asked)
    assert answer.code == code
    if code != 11054:  # a price at which a post-only order would take ends it
        assert await state(rpc, order_id) == before


async def test_a_trailing_stop_can_be_given_another_offset(rpc: Rpc, venue: VenueOnLoop) -> None:
    order_id = (await rpc.sell(**TRAILING)).result["order"]["order_id"]
    assert (await state(rpc, order_id))["trigger_price"] == 99_500
    edited = await rpc.get("private/edit", order_id=order_id, amount=100, trigger_offset=900)
    order = edited.result["order"]
    assert (order["trigger_offset"], order["trigger_price"]) == (900, 99_100)
    venue.move("BTC-PERPETUAL", Decimal(100_200))
    assert (await state(rpc, order_id))["trigger_price"] == 99_300


async def test_a_restart_remembers_what_the_venue_knows_of_an_order(
    rpc: Rpc, venue: VenueOnLoop
) -> None:
    rejecting = {"post_only": True, "reject_post_only": True}
    kept = (await rpc.buy(**rejecting)).result["order"]["order_id"]
    await rpc.get("private/edit", order_id=kept, amount=200)
    rest = (await rpc.buy(**MARKET, amount=10_000_000)).result["order"]["order_id"]
    async with rpc.socket() as socket:
        await socket.call("private/enable_cancel_on_disconnect")
        terms = {"instrument_name": "BTC-PERPETUAL", "amount": 100, "price": 98_000}
        gone = (await socket.call("private/buy", **terms)).result["order"]["order_id"]
    before = [await state(rpc, order_id) for order_id in (kept, gone)]
    assert (before[0]["replaced"], before[0]["reject_post_only"]) == (True, True)
    assert before[1]["cancel_reason"] == "cancel_on_disconnect"
    await venue.stop()
    await venue.start()
    assert [await state(rpc, order_id) for order_id in (kept, gone)] == before
    # The market that is quoted anew trades with it.
    assert (await state(rpc, rest))["original_order_type"] == "market"


async def test_what_a_market_order_cannot_trade_rests_as_a_limit_order(rpc: Rpc) -> None:
    highest = (await rpc.get("public/ticker", instrument_name="BTC-PERPETUAL")).result["max_price"]
    order = (await rpc.buy(**MARKET, amount=10_000_000)).result["order"]
    assert (order["order_state"], order["order_type"]) == ("open", "limit")
    assert (order["original_order_type"], order["price"]) == ("market", highest)
    assert 0 < order["filled_amount"] < order["amount"]
    at_once = {**MARKET, "time_in_force": "immediate_or_cancel", "amount": 10_000_000}
    order = (await rpc.sell(**at_once)).result["order"]
    assert (order["order_state"], order["order_type"]) == ("cancelled", "market")


async def test_a_market_limit_order_goes_to_the_touch_and_waits_there(rpc: Rpc) -> None:
    book = {"instrument_name": "BTC-PERPETUAL"}
    price, size = (await rpc.get("public/get_order_book", **book)).result["asks"][0]
    order = (await rpc.buy(type="market_limit", price=None, amount=size + 100)).result["order"]
    assert (order["order_state"], order["price"], order["filled_amount"]) == ("open", price, size)
    assert (order["order_type"], order["original_order_type"]) == ("limit", "market_limit")


@pytest.mark.parametrize(
    "terms",
    [
        {"linked_order_type": "one_cancels_other"},
        {"trigger_fill_condition": "incremental"},
        {"otoco_config": "[]"},
        {"instrument_name": OPTION, "amount": 0.1, "price": 500, "advanced": "usd"},
        {"mmp": True},
    ],
)
async def test_a_term_that_is_not_simulated_is_refused_and_not_lost(
    rpc: Rpc, venue: VenueOnLoop, terms: dict[str, Any]
) -> None:
    answer = await rpc.buy(**terms)
    assert answer.code == -32602
    assert answer.body["error"]["data"]["param"] in terms
    assert venue.ledger(event="accepted") == []
