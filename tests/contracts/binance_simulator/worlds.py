"""The simulated Binance in this process, and clients of both products."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.binance_client import BinanceClient, BinanceSocket
from venues.simulators.ledger import LedgerSummary, read_ledger, summarise

MARKET = {"type": "MARKET", "timeInForce": None, "price": None}
"""Terms that make an order a market order."""


@dataclass
class World:
    """Both products, their admin port, and a client of each."""

    session: aiohttp.ClientSession
    spot: BinanceClient
    futures: BinanceClient
    admin_url: str
    folder: Path
    ports: dict[str, int]

    async def admin(self, method: str, path: str, **body: Any) -> Any:
        async with self.session.request(method, self.admin_url + path, json=body) as answer:
            assert answer.status in (200, 201), await answer.text()
            return await answer.json()

    async def buy(self, client_id: str, **terms: Any) -> Any:
        """A resting spot buy, unless the terms say otherwise."""
        order = {
            "symbol": "BTCUSDT",
            "side": "BUY",
            "type": "LIMIT",
            "timeInForce": "GTC",
            "quantity": "0.01000000",
            "price": "90000.00000000",
            "newClientOrderId": client_id,
        } | terms
        wanted = {name: value for name, value in order.items() if value is not None}
        return await self.spot.signed("POST", "/api/v3/order", **wanted)

    async def long(self, client_id: str, **terms: Any) -> Any:
        """A resting futures buy, unless the terms say otherwise."""
        order = {
            "symbol": "BTCUSDT",
            "side": "BUY",
            "type": "LIMIT",
            "timeInForce": "GTC",
            "positionSide": "BOTH",
            "quantity": "0.010",
            "price": "96000.00",
            "newClientOrderId": client_id,
            "reduceOnly": "False",
        } | terms
        wanted = {name: value for name, value in order.items() if value is not None}
        return await self.futures.signed("POST", "/fapi/v1/order", **wanted)

    def ledger(self, product: str = "spot") -> LedgerSummary:
        """What really happened."""
        return summarise(read_ledger(self.folder / f"{product}.jsonl"))

    async def user(self, product: str) -> BinanceSocket:
        """An open user stream."""
        return await (spot_user(self) if product == "spot" else futures_user(self))


async def spot_user(world: World) -> BinanceSocket:
    socket = await world.spot.logged_on("/ws-api/v3")
    reply = await socket.call("userDataStream.subscribe")
    assert reply["result"] == {"subscriptionId": 0}
    return socket


async def futures_user(world: World) -> BinanceSocket:
    reply = await world.futures.keyed("POST", "/fapi/v1/listenKey")
    return await world.futures.socket(f"/ws?listenKey={reply.body['listenKey']}")
