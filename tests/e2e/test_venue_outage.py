"""A venue that stops answering, or starts anew, loses no order and doubles none."""

from __future__ import annotations

import asyncio
import os
import signal

from domain.orders import OrderStatus
from tests.support.stack import PaperStack
from tests.support.trader import Trader, order_body, order_id_of

INSTRUMENTS = ("BTCUSDT.BINANCE_SPOT", "BTCUSDT-PERP.BINANCE_FUTURES")
SETTLED_WITHIN_S = 60.0


async def test_orders_sent_to_a_frozen_venue_are_settled_once_it_moves_again(
    stack: PaperStack, trader: Trader
) -> None:
    pid = stack.pid("simulators")
    os.kill(pid, signal.SIGSTOP)
    try:
        bodies = [order_body(instrument, "BUY", "0.02") for instrument in INSTRUMENTS]
        orders = [await trader.placed(body, wait_ms=100) for body in bodies]
        for order in orders:
            await trader.until_status(order["order_id"], OrderStatus.UNKNOWN)
        await asyncio.sleep(1.5)  # by then the venue will find the requests too old
    finally:
        os.kill(pid, signal.SIGCONT)

    for order in orders:
        filled = await trader.ended(order["order_id"], SETTLED_WITHIN_S)
        assert filled["status"] == "FILLED"
        assert len(stack.ledger(filled["venue"]).orders[filled["venue_client_id"]]) == 1


async def test_orders_outlive_a_restart_of_their_venue(stack: PaperStack, trader: Trader) -> None:
    working = [
        await trader.placed(order_body(instrument, "BUY", "0.02", price="99000"))
        for instrument in INSTRUMENTS
    ]
    killed = stack.pid("simulators")

    stack.kill("simulators")
    during = [order_body(instrument, "BUY", "0.02") for instrument in INSTRUMENTS]
    for body in during:
        await trader.placed(body, wait_ms=0)
    await stack.until_restarted("simulators", killed)

    for body in during:
        filled = await trader.ended(order_id_of(body), SETTLED_WITHIN_S)
        assert filled["status"] == "FILLED"
        assert len(stack.ledger(filled["venue"]).orders[filled["venue_client_id"]]) == 1
    for order in working:
        assert (await trader.order(order["order_id"]))["status"] == "ACCEPTED"
        assert (await trader.cancel(order["order_id"])).status_code == 202
        assert (await trader.ended(order["order_id"]))["status"] == "CANCELED"
