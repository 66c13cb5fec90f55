"""What a venue can do to its news. Fills count once each, whether they are told late, twice, or
not at all."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from domain.orders import OrderStatus
from tests.support.faults import SimulatorAdmin
from tests.support.trader import Trader, client_id_of, order_body
from venues.simulators.fault_kinds import Action, FaultKind

SPOT, FUTURES = "BTCUSDT.BINANCE_SPOT", "BTCUSDT-PERP.BINANCE_FUTURES"
BOTH = pytest.mark.parametrize("instrument_id", [SPOT, FUTURES])
SETTLED_WITHIN_S = 60.0


async def test_fills_while_the_user_streams_were_away_are_pulled(
    trader: Trader, venues: SimulatorAdmin
) -> None:
    orders = [
        await trader.placed(order_body(instrument, "BUY", "0.02", price="99000"))
        for instrument in (SPOT, FUTURES)
    ]

    await venues.drop_user_streams("all", refuse_s=1.5)
    await venues.move("BTCUSDT", "98500")

    for order in orders:
        filled = await trader.ended(order["order_id"], SETTLED_WITHIN_S)
        assert (filled["status"], filled["filled_qty"]) == ("FILLED", "0.02")


@BOTH
async def test_an_order_that_neither_reply_nor_news_tells_of_is_found(
    trader: Trader, venues: SimulatorAdmin, instrument_id: str
) -> None:
    body = order_body(instrument_id, "BUY", "0.02", price="99000")
    client_id = client_id_of(body)
    await venues.arm(FaultKind.DROP_USER_STREAM, client_id, action=Action.SUBMIT, refuse_s=1.0)
    await venues.arm(FaultKind.EXECUTE_THEN_503, client_id, action=Action.SUBMIT)

    order_id = (await trader.placed(body))["order_id"]
    found = await trader.until_status(order_id, OrderStatus.ACCEPTED, within_s=SETTLED_WITHIN_S)

    assert "OutcomeUnknown" in [event["name"] for event in found["events"]]
    assert await venues.submits(client_id) == 1
    await trader.cancel(order_id)
    assert (await trader.ended(order_id, SETTLED_WITHIN_S))["status"] == "CANCELED"


@BOTH
async def test_an_expired_listen_key_costs_no_fill(
    trader: Trader, venues: SimulatorAdmin, instrument_id: str
) -> None:
    order = await trader.placed(order_body(instrument_id, "BUY", "0.02", price="99000"))

    await venues.expire_listen_keys()
    await venues.move("BTCUSDT", "98500")

    assert (await trader.ended(order["order_id"]))["status"] == "FILLED"


@BOTH
async def test_a_fill_that_is_told_three_times_counts_once(
    trader: Trader, venues: SimulatorAdmin, instrument_id: str
) -> None:
    before = await trader.position(instrument_id)
    body = order_body(instrument_id, "SELL", "0.02")
    await venues.arm(FaultKind.DUPLICATE_FILLS, client_id_of(body), copies=3)

    order = await trader.ended((await trader.placed(body))["order_id"])
    await asyncio.sleep(0.3)  # the copies have come by now

    assert await trader.order(order["order_id"]) == order
    assert (order["filled_qty"], len(order["fills"])) == ("0.02", 1)
    assert await trader.position(instrument_id) == before - Decimal("0.02")


@BOTH
async def test_a_fill_that_is_told_late_is_booked_when_it_comes(
    trader: Trader, venues: SimulatorAdmin, instrument_id: str
) -> None:
    body = order_body(instrument_id, "SELL", "0.02")
    await venues.arm(FaultKind.DELAY_FILLS, client_id_of(body), ms=1_500)

    answer = await trader.place(body)
    filled = await trader.ended(answer.json()["order_id"])

    assert answer.json()["status"] == "ACCEPTED"
    assert (filled["status"], filled["anomaly"]) == ("FILLED", None)
