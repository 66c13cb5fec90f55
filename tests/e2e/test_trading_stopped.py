"""Stopped trading sends nothing new, whatever is on its way, and never holds a cancel back."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator

import pytest

from domain.orders import OrderStatus
from tests.support.faults import SimulatorAdmin
from tests.support.stack import PaperStack
from tests.support.trader import ORDERS, Document, Trader, client_id_of, order_body
from venues.simulators.fault_kinds import Action, FaultKind

SPOT, FUTURES = "BTCUSDT.BINANCE_SPOT", "BTCUSDT-PERP.BINANCE_FUTURES"


@pytest.fixture(autouse=True)
async def started_again(stack: PaperStack, calm_market: None) -> AsyncIterator[None]:
    yield
    async with stack.client() as http:
        assert (await http.post("/api/live/start")).status_code == 200


async def stop(trader: Trader) -> Document:
    answer = await trader.http.post("/api/live/stop", json={"reason": "a test says so"})
    assert answer.status_code == 200, answer.text
    state: Document = answer.json()
    return state


async def refused(trader: Trader) -> None:
    body = order_body(SPOT, "BUY", "0.02")
    answer = await trader.place(body)
    assert (answer.status_code, answer.json()["code"]) == (409, "trading_stopped")
    assert "a test says so" in answer.json()["detail"]
    assert (await trader.http.get(f"{ORDERS}/{client_id_of(body)[:-2]}")).status_code == 404


async def test_new_orders_are_refused_and_cancels_pass(
    trader: Trader, venues: SimulatorAdmin
) -> None:
    working = [
        await trader.placed(order_body(instrument, "BUY", "0.02", price="99000"))
        for instrument in (SPOT, FUTURES)
    ]

    state = await stop(trader)

    assert (state["running"], state["reason"], state["by"]) == (False, "a test says so", "operator")
    sent = len(await venues.commands())
    await refused(trader)
    assert len(await venues.commands()) == sent
    for order in working:
        assert (await trader.cancel(order["order_id"])).status_code == 202
        assert (await trader.ended(order["order_id"]))["status"] == "CANCELED"


async def test_an_approved_order_is_not_sent_any_more(
    stack: PaperStack, trader: Trader, venues: SimulatorAdmin
) -> None:
    body = order_body(SPOT, "BUY", "0.02")
    pid = stack.pid("nautilus")
    os.kill(pid, signal.SIGSTOP)  # whoever would send it does not come to it
    try:
        order_id = (await trader.placed(body, wait_ms=100))["order_id"]
        await trader.until_status(order_id, OrderStatus.APPROVED)
        await stop(trader)
    finally:
        os.kill(pid, signal.SIGCONT)

    ended = await trader.ended(order_id)

    assert (ended["status"], ended["reason_code"]) == ("CANCELED", "trading_stopped")
    assert await venues.submits(client_id_of(body)) == 0


async def test_an_order_that_never_arrived_is_not_sent_again(
    trader: Trader, venues: SimulatorAdmin
) -> None:
    body = order_body(SPOT, "BUY", "0.02")
    await venues.arm(FaultKind.ERROR_503_NOT_EXECUTED, client_id_of(body), action=Action.SUBMIT)

    order_id = (await trader.placed(body, wait_ms=100))["order_id"]
    await trader.until_status(order_id, OrderStatus.UNKNOWN)
    await stop(trader)
    ended = await trader.ended(order_id, within_s=20)

    assert (ended["status"], ended["reason_code"]) == ("CANCELED", "trading_stopped")
    assert await venues.submits(client_id_of(body)) == 1


async def test_it_stays_stopped_over_a_restart_of_the_gateway_until_it_is_started(
    stack: PaperStack, trader: Trader
) -> None:
    await stop(trader)
    killed = stack.pid("gateway")

    stack.kill("gateway")
    await stack.until_restarted("gateway", killed)

    trading = (await trader.status())["trading"]
    assert (trading["running"], trading["reason"]) == (False, "a test says so")
    await refused(trader)
    assert (await trader.http.post("/api/live/start")).json()["running"] is True
    order = await trader.placed(order_body(SPOT, "BUY", "0.02"))
    assert (await trader.ended(order["order_id"]))["status"] == "FILLED"
