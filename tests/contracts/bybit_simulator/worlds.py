"""The simulated Bybit in this process, a client of it, and the orders that most tests send."""

from dataclasses import dataclass
from typing import Any

from tests.contracts.bybit_simulator.bybit_client import BybitClient, Reply
from tests.support.simulated_venue import VenueOnLoop

CATEGORIES: dict[str, dict[str, Any]] = {
    "spot": {"category": "spot", "symbol": "BTCUSDT", "qty": "0.01"},
    "linear": {"category": "linear", "symbol": "BTCUSDT", "qty": "0.01"},
    "inverse": {"category": "inverse", "symbol": "BTCUSD", "qty": "100"},
}
MARKET: dict[str, Any] = {
    "orderType": "Market",
    "price": None,
    "timeInForce": None,
    "marketUnit": "baseCoin",
}
"""Terms that make an order a market order."""


@dataclass
class World:
    venue: VenueOnLoop
    client: BybitClient

    def order(self, link_id: str, category: str = "linear", **terms: Any) -> dict[str, Any]:
        """A resting buy, unless the terms say otherwise; None leaves a term out."""
        order = {
            **CATEGORIES[category],
            "side": "Buy",
            "orderType": "Limit",
            "price": "97000",
            "timeInForce": "GTC",
            "orderLinkId": link_id,
        } | terms
        return {name: value for name, value in order.items() if value is not None}

    async def create(self, link_id: str, category: str = "linear", **terms: Any) -> Reply:
        return await self.client.post("/v5/order/create", **self.order(link_id, category, **terms))

    async def found(self, link_id: str, category: str = "linear") -> dict[str, Any]:
        """The order as the venue shows it now."""
        rows = await self.client.get("/v5/order/realtime", category=category, orderLinkId=link_id)
        assert len(rows.rows) == 1, f"{link_id}: {rows.rows}"
        return rows.rows[0]
