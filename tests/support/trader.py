"""A strategy at the API: it places orders, follows them and reads its positions."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx

from domain.identifiers import order_id_for, venue_client_id
from domain.orders import OrderStatus

ORDERS = "/api/live/orders"

type Document = dict[str, Any]


def order_body(instrument_id: str, side: str, quantity: str, **terms: Any) -> Document:
    """A market order, or with a price a limit order, under an id of its own."""
    return {
        "strategy_id": "demo",
        "client_order_id": f"e2e-{secrets.token_hex(8)}",
        "instrument_id": instrument_id,
        "side": side,
        "order_type": "LIMIT" if "price" in terms else "MARKET",
        "quantity": quantity,
        **terms,
    }


def order_id_of(body: Document) -> str:
    """The order's id, known before it is placed."""
    return order_id_for(body["strategy_id"], body["client_order_id"])


def client_id_of(body: Document) -> str:
    """The client order id that the venue will see, known before the order is placed."""
    return venue_client_id(order_id_of(body), 1)


class Trader:
    """Speaks HTTP and nothing else; whatever is not a 2xx is given back as it came."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def place(self, body: Document, **query: Any) -> httpx.Response:
        return await self.http.post(ORDERS, json=body, params=query)

    async def placed(self, body: Document, **query: Any) -> Document:
        """The order as the answer to its placement tells it."""
        answer = await self.place(body, **query)
        assert answer.is_success, answer.text
        order: Document = answer.json()
        return order

    async def order(self, order_id: str) -> Document:
        """The order with its fills and events."""
        answer = await self.http.get(f"{ORDERS}/{order_id}")
        assert answer.status_code == 200, answer.text
        order: Document = answer.json()
        return order

    async def listed(self, **filters: Any) -> list[Document]:
        answer = await self.http.get(ORDERS, params={"limit": 500, **filters})
        assert answer.status_code == 200, answer.text
        orders: list[Document] = answer.json()["orders"]
        return orders

    async def cancel(self, order_id: str) -> httpx.Response:
        return await self.http.post(f"{ORDERS}/{order_id}/cancel")

    async def resolve(self, order_id: str, decision: str) -> httpx.Response:
        body = {"decision": decision, "reason": "a test decides"}
        return await self.http.post(f"{ORDERS}/{order_id}/resolve", json=body)

    async def until(
        self,
        order_id: str,
        holds: Callable[[Document], bool],
        within_s: float = 10.0,
        look_every_s: float = 0.02,
    ) -> Document:
        """The order as soon as this holds of it; it need not be on record yet."""
        deadline = time.monotonic() + within_s
        while True:
            answer = await self.http.get(f"{ORDERS}/{order_id}")
            if answer.status_code == 200 and holds(answer.json()):
                order: Document = answer.json()
                return order
            assert time.monotonic() < deadline, f"after {within_s} s: {answer.text}"
            await asyncio.sleep(look_every_s)

    async def until_status(
        self, order_id: str, *statuses: OrderStatus, within_s: float = 10.0
    ) -> Document:
        return await self.until(order_id, lambda order: order["status"] in statuses, within_s)

    async def ended(self, order_id: str, within_s: float = 10.0) -> Document:
        """The order once it is finished."""
        return await self.until(
            order_id, lambda order: OrderStatus(order["status"]).is_terminal, within_s
        )

    async def position(self, instrument_id: str) -> Decimal:
        """The net quantity held, over all accounts."""
        answer = await self.http.get(f"/api/live/positions/{instrument_id}")
        assert answer.status_code == 200, answer.text
        return sum((Decimal(p["quantity"]) for p in answer.json()["positions"]), Decimal(0))

    async def status(self) -> Document:
        answer = await self.http.get("/api/live/status")
        assert answer.status_code == 200, answer.text
        status: Document = answer.json()
        return status
