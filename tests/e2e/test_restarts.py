"""The whole stack restarted, twice in a row, on the state it left: nothing changes."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg

from tests.support.stack import PaperStack
from tests.support.trader import Document, Trader, order_body

INSTRUMENTS = (
    "BTCUSDT.BINANCE_SPOT",
    "ETHUSDT.BINANCE_SPOT",
    "BTCUSDT-PERP.BINANCE_FUTURES",
    "ETHUSDT-PERP.BINANCE_FUTURES",
)
PRICES = {"BTC": "97000", "ETH": "3400"}


async def test_open_orders_outlive_two_restarts_and_can_be_canceled(stack: PaperStack) -> None:
    working = await place_working_orders(stack)
    before = await what_is_known(stack)

    for _ in range(2):
        assert await asyncio.to_thread(stack.stop) == 0
        await asyncio.to_thread(stack.start)
        await stack.until_ready()
        assert await what_is_known(stack) == before

    async with stack.client() as http:
        trader = Trader(http)
        for order in working:
            assert (await trader.cancel(order["order_id"])).status_code == 202
        for order in working:
            ended = await trader.ended(order["order_id"])
            (at_venue,) = stack.ledger(ended["venue"]).orders[ended["venue_client_id"]]
            assert (ended["status"], at_venue.state) == ("CANCELED", "canceled")
        after = await trader.placed(order_body(INSTRUMENTS[0], "BUY", "0.02"))
        assert (await trader.ended(after["order_id"]))["status"] == "FILLED"


async def place_working_orders(stack: PaperStack) -> list[Document]:
    async with stack.client() as http:
        trader = Trader(http)
        bodies = [
            order_body(instrument, "BUY", "0.05", price=PRICES[instrument[:3]])
            for instrument in INSTRUMENTS
        ]
        orders = [await trader.placed(body) for body in bodies]
        assert {order["status"] for order in orders} == {"ACCEPTED"}
        return orders


async def what_is_known(stack: PaperStack) -> dict[str, Any]:
    """Everything on record and at the venues that a restart could change."""
    connection = await asyncpg.connect(stack.postgres_dsn)
    try:
        records = {
            table: await connection.fetch(f"SELECT * FROM {table} ORDER BY {key}")
            for table, key in {
                "unified_orders": "order_id",
                "order_events": "order_id, version",
                "fills": "booked_seq",
                "unified_positions": "account_id, instrument_id",
                "refusals": "seq",
            }.items()
        }
    finally:
        await connection.close()
    ledgers = {venue: stack.ledger(venue) for venue in ("BINANCE_SPOT", "BINANCE_FUTURES")}
    return records | ledgers
