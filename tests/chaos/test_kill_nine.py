"""kill -9 of each process in turn while 50 orders are in flight (promises 1 to 4 and 7).

Afterwards the venue's ledger, the OMS and the positions agree exactly: none lost, none doubled.
"""

import secrets
from functools import partial
from typing import Any

import pytest

from domain.identifiers import venue_client_id
from tests.support.agreement import assert_books_agree
from tests.support.in_flight import placed_while_killing, until_settled
from tests.support.stack import PaperStack

ORDERS = 50

INSTRUMENTS = {
    "BTCUSDT.BINANCE_SPOT": "0.001",
    "BTCUSDT-PERP.BINANCE_FUTURES": "0.002",
}


def orders(run: str) -> list[dict[str, Any]]:
    """Market orders on both venues, buys and sells in turn, and resting orders among them."""
    bodies = []
    for number in range(ORDERS):
        instrument, quantity = list(INSTRUMENTS.items())[number % 2]
        body: dict[str, Any] = {
            "strategy_id": "demo",
            "client_order_id": f"{run}-{number}",
            "instrument_id": instrument,
            "side": "BUY" if number % 4 < 2 else "SELL",
            "order_type": "MARKET",
            "quantity": quantity,
            "send_within_ms": 60_000,
        }
        if number % 5 == 0:
            body |= {"order_type": "LIMIT", "side": "BUY", "price": "97000"}
        bodies.append(body)
    return bodies


@pytest.mark.parametrize("victim", ["gateway", "nautilus", "temporal", "postgres"])
async def test_no_order_is_lost_or_doubled(stack: PaperStack, victim: str) -> None:
    await stack.until_ready()
    run = f"{victim}-{secrets.token_hex(3)}"
    async with stack.client() as client:
        taken = await placed_while_killing(client, orders(run), partial(stack.kill, victim))
        await stack.until_ready()
        settled = await until_settled(client, [order["order_id"] for order in taken])

    spot, futures = stack.ledger("BINANCE_SPOT"), stack.ledger("BINANCE_FUTURES")
    at_venue = {**spot.orders, **futures.orders}
    for order_id, order in settled.items():
        denied = order["status"] == "DENIED" and order["reason_code"] == "max_quote_age_ms"
        assert denied or order["status"] in ("FILLED", "ACCEPTED"), order
        sent = at_venue.get(venue_client_id(order_id, 1), [])
        assert len(sent) == (0 if denied else 1)
    await assert_books_agree(stack)
