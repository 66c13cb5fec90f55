"""The simulated OKX in this process, a client of it, and the orders that most tests send."""

from dataclasses import dataclass
from typing import Any

from tests.contracts.okx_simulator.okx_client import OkxClient, OkxSocket, Reply
from tests.support.simulated_venue import VenueOnLoop

SPOT = {"instId": "BTC-USDT", "tdMode": "cash", "sz": "0.01"}
SWAP = {"instId": "BTC-USDT-SWAP", "tdMode": "cross", "sz": "1"}
MARKET: dict[str, Any] = {"ordType": "market", "px": None, "tgtCcy": "base_ccy"}
"""Terms that make an order a market order; prices stand at 100,000."""

ORDER, ALGO = "/api/v5/trade/order", "/api/v5/trade/order-algo"


def order(name: str, product: dict[str, str] = SPOT, **terms: Any) -> dict[str, Any]:
    """A resting buy, unless the terms say otherwise; None leaves a term out."""
    whole = {**product, "clOrdId": name, "side": "buy", "ordType": "limit", "px": "97000"} | terms
    return {key: value for key, value in whole.items() if value is not None}


def stop(name: str, product: dict[str, str] = SPOT, **terms: Any) -> dict[str, Any]:
    """A sell stop below the market, unless the terms say otherwise."""
    whole = {
        **product,
        "algoClOrdId": name,
        "side": "sell",
        "ordType": "conditional",
        "slTriggerPx": "98000",
        "slOrdPx": "-1",
    } | terms
    return {key: value for key, value in whole.items() if value is not None}


@dataclass
class World:
    venue: VenueOnLoop
    client: OkxClient

    async def place(self, name: str, product: dict[str, str] = SPOT, **terms: Any) -> Reply:
        return await self.client.post(ORDER, order(name, product, **terms))

    async def place_algo(self, name: str, product: dict[str, str] = SPOT, **terms: Any) -> Reply:
        return await self.client.post(ALGO, stop(name, product, **terms))

    async def found(self, name: str, instrument: str = "BTC-USDT") -> dict[str, Any]:
        """The order as the venue shows it now."""
        return (await self.client.get(ORDER, instId=instrument, clOrdId=name)).row

    async def found_algo(self, name: str) -> dict[str, Any]:
        return (await self.client.get(ALGO, algoClOrdId=name)).row

    async def orders(self) -> OkxSocket:
        """A private socket that hears of all orders."""
        socket = await self.client.private()
        await socket.subscribe("orders", instType="ANY")
        return socket
