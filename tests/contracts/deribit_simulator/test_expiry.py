"""Dated instruments expire: by their date, or when the admin port says so."""

from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from tests.contracts.deribit_simulator.rpc import CREDENTIALS, Rpc
from tests.support.simulated_venue import VenueOnLoop
from venues.simulators.app import Served, Simulators
from venues.simulators.deribit.instruments import EXPIRY, FUTURE, LISTINGS, OPTION
from venues.simulators.faults import Faults
from venues.simulators.registry import build_simulator
from venues.simulators.venue import Setup
from venues.simulators.wire import WireLog

CALL = OPTION
MARKET = {"type": "market", "price": None}
STOP = {"type": "stop_market", "price": None, "trigger": "mark_price", "trigger_price": 90_000}


def expire(venue: VenueOnLoop, symbol: str, price: int) -> dict[str, Any]:
    told: dict[str, Any] = venue.venue.expire_instrument(  # type: ignore[attr-defined]
        symbol, Decimal(price)
    )
    return told


async def balance(rpc: Rpc) -> float:
    summary = await rpc.get("private/get_account_summary", currency="BTC")
    found: float = summary.result["balance"]
    return found


async def test_a_future_is_delivered_and_its_orders_end(rpc: Rpc, venue: VenueOnLoop) -> None:
    bought = (await rpc.buy(**MARKET, instrument_name=FUTURE, amount=10_000)).result
    entry = bought["order"]["average_price"]
    resting = (await rpc.buy(instrument_name=FUTURE, amount=10)).result["order"]["order_id"]
    stop = (await rpc.sell(**STOP, instrument_name=FUTURE, amount=10)).result
    waiting = stop["order"]["order_id"]
    before = await balance(rpc)
    async with rpc.socket() as socket:
        channels = ["user.orders.any.any.raw", "user.portfolio.btc", "instrument.state.future.BTC"]
        await socket.call("private/subscribe", channels=channels)
        assert expire(venue, FUTURE, 110_000)["delivered"] == {"main": "10000"}
        told = await socket.heard("user.orders.any.any.raw", 2)
        assert {order["order_id"]: order["cancel_reason"] for order in told} == {
            resting: "settlement",
            waiting: "settlement",
        }
        [state] = await socket.heard("instrument.state.future.BTC")
        assert (state["instrument_name"], state["state"]) == (FUTURE, "delivered")
        assert (await socket.heard("user.portfolio.btc", 2))[-1]["futures_pl"] == 0
    profit = 10_000 / entry - 10_000 / 110_000
    fee = 10_000 / 110_000 * 0.00025
    assert await balance(rpc) - before == pytest.approx(profit - fee, abs=2e-8)
    assert (await rpc.get("private/get_positions")).result == []


async def test_nothing_trades_in_it_any_more(rpc: Rpc, venue: VenueOnLoop) -> None:
    order_id = (await rpc.buy(instrument_name=FUTURE)).result["order"]["order_id"]
    expire(venue, FUTURE, 110_000)
    assert (await rpc.buy(instrument_name=FUTURE)).code == 10012
    assert (await rpc.get("private/edit", order_id=order_id, amount=200)).code == 11044
    assert (await rpc.get("private/cancel", order_id=order_id)).code == 11044
    book = (await rpc.get("public/get_order_book", instrument_name=FUTURE)).result
    assert (book["state"], book["delivery_price"]) == ("delivered", 110_000)
    assert (book["bids"], book["asks"]) == ([], [])
    live = (await rpc.get("public/get_instruments", currency="BTC")).result
    gone = (await rpc.get("public/get_instruments", currency="BTC", expired=True)).result
    assert FUTURE not in {each["instrument_name"] for each in live}
    assert [(each["instrument_name"], each["is_active"]) for each in gone] == [(FUTURE, False)]
    dates = (await rpc.get("public/get_expirations", currency="BTC", kind="any")).result
    assert FUTURE.removeprefix("BTC-") not in dates["future"]
    assert FUTURE.removeprefix("BTC-") in dates["option"]


@pytest.mark.parametrize(("index", "worth"), [(125_000, 0.2), (90_000, 0)])
async def test_an_option_is_worth_what_exercising_it_is(
    rpc: Rpc, venue: VenueOnLoop, index: int, worth: float
) -> None:
    await rpc.buy(**MARKET, instrument_name=CALL, amount=2)
    before = await balance(rpc)
    expire(venue, CALL, index)
    fee = min(2 * 0.00015, 2 * worth * 0.125)
    assert await balance(rpc) - before == pytest.approx(2 * worth - fee, abs=1e-8)


async def test_the_venue_tells_of_deliveries(rpc: Rpc, venue: VenueOnLoop) -> None:
    await rpc.sell(**MARKET, instrument_name=FUTURE, amount=1000)
    expire(venue, FUTURE, 110_000)
    await venue.stop()
    await venue.start()
    by_currency = {"currency": "BTC", "type": "delivery"}
    own = (await rpc.get("private/get_settlement_history_by_currency", **by_currency)).result
    [row] = own["settlements"]
    assert (row["type"], row["instrument_name"], row["position"]) == ("delivery", FUTURE, -1000)
    assert (row["mark_price"], row["index_price"]) == (110_000, 110_000)
    assert row["profit_loss"] < 0
    for method in ("private/get_settlement_history", "public/get_last_settlements"):
        found = (await rpc.get(f"{method}_by_instrument", instrument_name=FUTURE)).result
        assert [each["mark_price"] for each in found["settlements"]] == [110_000]
        other = (await rpc.get(f"{method}_by_instrument", instrument_name=CALL)).result
        assert other["settlements"] == []
    prices = (await rpc.get("public/get_delivery_prices", index_name="btc_usd")).result
    assert [each["delivery_price"] for each in prices["data"]] == [110_000]
    times = {"start_timestamp": 0, "end_timestamp": 1 << 42, "query": "delivery"}
    [entry] = (await rpc.get("private/get_transaction_log", currency="BTC", **times)).result["logs"]
    assert (entry["side"], entry["position"]) == ("close buy", 0)
    assert entry["settlement_price"] == 110_000
    assert entry["balance"] == await balance(rpc)


async def test_what_has_a_date_expires_by_it(rpc: Rpc, venue: VenueOnLoop) -> None:
    now = (await rpc.get("public/get_time")).result
    last = int(EXPIRY.timestamp() * 1000)
    dated = {name for name, listing in LISTINGS.items() if now < listing.expiry_ms <= last}
    assert {FUTURE, OPTION} <= dated
    venue.arm("clock_skew", params={"ms": last - now})
    async with rpc.socket() as socket:
        channel = "instrument.state.any.any"
        await socket.call("public/subscribe", channels=[channel])
        told: set[str] = set()  # those of years before it among them, as long as the venue is new
        while not dated <= told:
            events = await socket.heard(channel, len(told) + 1)
            told = {event["instrument_name"] for event in events}
    assert not {name for name in told if "PERPETUAL" in name}
    assert (await rpc.buy()).result["order"]["order_state"] == "open"


async def test_the_admin_port_lets_an_instrument_expire(tmp_path: Any) -> None:
    faults, wire = Faults(1), WireLog()
    venues = [
        build_simulator(name, Setup(keys, tmp_path / name, faults, wire, 1_800_000_000 * 10**9))
        for name, keys in (("DERIBIT", CREDENTIALS), ("BYBIT", {"api_key": "k", "api_secret": "s"}))
    ]
    simulators = Simulators([Served(venue, 0) for venue in venues], faults, wire, 1, "127.0.0.1")
    await simulators.start(0)
    url = f"http://127.0.0.1:{simulators.ports['admin']}/instruments/expire"
    asked = {"venue": "DERIBIT", "symbol": FUTURE, "price": "110000"}
    try:
        async with aiohttp.ClientSession() as session:
            answers = []
            for body in (
                asked,
                asked,
                asked | {"symbol": "BTC-PERPETUAL"},
                asked | {"symbol": CALL, "price": "-1"},
                asked | {"venue": "BYBIT"},
            ):
                async with session.post(url, json=body) as answer:
                    answers.append((answer.status, await answer.json()))
    finally:
        await simulators.close()
    assert answers[0] == (200, {"symbol": FUTURE, "price": "110000", "delivered": {}})
    assert [status for status, _ in answers[1:]] == [400] * 4
    words = ("has expired already", "does not expire", "above zero", "lets no instrument expire")
    for (_, told), word in zip(answers[1:], words, strict=True):
        assert word in told["error"]
