"""kill -9 of each process in turn while 50 orders are in flight (promises 1 to 4 and 7).

Afterwards the venue's ledger, the OMS and the positions agree exactly: none lost, none doubled.
"""

import asyncio
import secrets
import time
from typing import Any

import httpx
import pytest

from domain.identifiers import venue_client_id
from domain.orders import OrderStatus
from tests.support.agreement import assert_books_agree
from tests.support.stack import PaperStack

ORDERS = 50
KILL_AFTER = 15  # answers; the rest is in flight then
SETTLED_WITHIN_S = 60.0

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


async def place_until_taken(client: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    """What a strategy does: the same request with the same id until there is a 2xx.

    A new id only after a definite refusal: quotes do not survive a crash of the database, and until
    the next one comes, risk refuses what it cannot value.
    """
    deadline = time.monotonic() + SETTLED_WITHIN_S
    while True:
        try:
            answer = await client.post("/api/live/orders", json=body)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.is_success:
            document: dict[str, Any] = answer.json()
            return document
        said = "no answer" if answer is None else answer.text
        if answer is not None and answer.status_code == 422:
            assert answer.json()["rule"] == "max_quote_age_ms", said
            body = body | {"client_order_id": f"{body['client_order_id']}-again"}
        else:
            assert answer is None or answer.status_code == 503, f"refused: {said}"
        assert time.monotonic() < deadline, f"not taken: {said}"
        await asyncio.sleep(0.3)


async def until_settled(client: httpx.AsyncClient, order_ids: list[str]) -> dict[str, Any]:
    """Every order, once each is terminal or confirmed as working at its venue."""
    settled: dict[str, Any] = {}
    deadline = time.monotonic() + SETTLED_WITHIN_S
    while len(settled) < len(order_ids):
        for order_id in order_ids:
            if order_id in settled:
                continue
            answer = await client.get(f"/api/live/orders/{order_id}")
            if answer.status_code == 404:
                continue  # taken, and its record waits for the database
            order = answer.json()
            status = OrderStatus(order["status"])
            # A market order that is only accepted still waits for its fills.
            waits = status.is_working and order["order_type"] == "MARKET"
            if status.is_terminal or (status.is_working and not waits):
                settled[order_id] = order
        open_ids = [order_id for order_id in order_ids if order_id not in settled]
        assert time.monotonic() < deadline, f"not settled: {open_ids}"
        await asyncio.sleep(0.3)
    return settled


@pytest.mark.parametrize("victim", ["gateway", "nautilus", "temporal", "postgres"])
async def test_no_order_is_lost_or_doubled(stack: PaperStack, victim: str) -> None:
    await stack.until_ready()
    run = f"{victim}-{secrets.token_hex(3)}"
    async with stack.client() as client:
        placing = [asyncio.create_task(place_until_taken(client, body)) for body in orders(run)]
        while sum(task.done() for task in placing) < KILL_AFTER:
            await asyncio.sleep(0.005)
        stack.kill(victim)
        taken = await asyncio.gather(*placing)
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
