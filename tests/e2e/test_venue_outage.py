"""A venue that stops answering, or starts anew, loses no order and doubles none."""

from __future__ import annotations

import asyncio
import os
import signal
import time

from domain.orders import OrderStatus
from tests.support.faults import SimulatorAdmin
from tests.support.stack import PaperStack
from tests.support.trader import Trader, client_id_of, order_body

SPOT, FUTURES = "BTCUSDT.BINANCE_SPOT", "BTCUSDT-PERP.BINANCE_FUTURES"
SETTLED_WITHIN_S = 60.0


async def test_orders_sent_to_a_frozen_venue_are_settled_once_it_moves_again(
    stack: PaperStack, trader: Trader, venues: SimulatorAdmin
) -> None:
    bodies = [order_body(instrument, "BUY", "0.02") for instrument in (SPOT, FUTURES)]
    pid = stack.pid("simulators")
    os.kill(pid, signal.SIGSTOP)
    try:
        orders = [await trader.placed(body, wait_ms=100) for body in bodies]
        for order in orders:
            await trader.until_status(order["order_id"], OrderStatus.UNKNOWN)
        await asyncio.sleep(1.5)  # the requests in the venue's hands are too old by then
    finally:
        os.kill(pid, signal.SIGCONT)
    t = time.monotonic()
    for order in orders:
        filled = await trader.ended(order["order_id"], SETTLED_WITHIN_S)
        print(time.monotonic()-t, filled["status"], filled["reason"], [e["name"] for e in filled["events"]], await venues.submits(filled["venue_client_id"]))
        assert filled["status"] == "FILLED"
        assert len(stack.ledger(filled["venue"]).orders[filled["venue_client_id"]]) == 1


async def test_working_orders_outlive_a_restart_of_their_venue(
    stack: PaperStack, trader: Trader, venues: SimulatorAdmin
) -> None:
    bodies = [order_body(instrument, "BUY", "0.02", price="99000") for instrument in (SPOT, FUTURES)]
    working = [await trader.placed(body) for body in bodies]

    stack.kill("simulators")
    t = time.monotonic()
    during = [await trader.placed(order_body(i, "BUY", "0.02"), wait_ms=0) for i in (SPOT, FUTURES)]
    await stack.until_ready()
    print("ready", time.monotonic()-t)
    for order in during:
        filled = await trader.ended(order["order_id"], SETTLED_WITHIN_S)
        print(time.monotonic()-t, filled["status"], filled["reason"], [e["name"] for e in filled["events"]])
    for order in working:
        assert (await trader.order(order["order_id"]))["status"] == "ACCEPTED"
        await trader.cancel(order["order_id"])
        assert (await trader.ended(order["order_id"]))["status"] == "CANCELED"
        print(time.monotonic()-t)
