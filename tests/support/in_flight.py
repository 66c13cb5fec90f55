"""Orders in flight while something dies: what a strategy does, and when an order has settled."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

import httpx

from domain.orders import OrderStatus

SETTLED_WITHIN_S = 60.0
KILL_AFTER = 15  # answers; the rest is in flight then


async def placed_while_killing(
    client: httpx.AsyncClient, bodies: Sequence[dict[str, Any]], kill: Callable[[], None]
) -> list[dict[str, Any]]:
    """All orders, placed at once; `kill` strikes while most of them are in flight."""
    placing = [asyncio.create_task(place_until_taken(client, body)) for body in bodies]
    while sum(task.done() for task in placing) < KILL_AFTER:
        await asyncio.sleep(0.005)
    kill()
    return await asyncio.gather(*placing)


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


async def until_settled(client: httpx.AsyncClient, order_ids: Sequence[str]) -> dict[str, Any]:
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
