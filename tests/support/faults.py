"""The simulators' admin port: what goes wrong at the venues, and what reached them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from decimal import Decimal
from typing import Any

import httpx

from venues.simulators.fault_kinds import Action, FaultKind

_RECEIVED_WITHIN_S = 30.0
MIDS = {"BTCUSDT": "100000", "ETHUSDT": "3500"}


class SimulatorAdmin:
    """What a test does to the venues. Every call takes effect before it returns."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def calm(self) -> None:
        """No faults; quotes around round prices that stay where they are."""
        await self.heal()
        await self._post("/market/resume")
        await self._post("/market/pause")
        for symbol, mid in MIDS.items():
            await self.move(symbol, mid)

    async def heal(self) -> None:
        """No faults."""
        await self._done(self._http.delete("/faults"))

    async def arm(
        self,
        kind: FaultKind,
        client_id: str | None = None,
        *,
        venue: str = "all",
        action: Action | None = None,
        count: int | None = 1,
        **params: Any,
    ) -> int:
        """Let the fault strike requests about this order, or its fills; the fault's id.

        `client_id` None: about any order. `count` None: until it is cleared.
        """
        definition: dict[str, Any] = {
            "kind": kind,
            "venue": venue,
            "count": count,
            "params": params,
        }
        if client_id is not None:
            definition["client_order_id"] = client_id
        if action is not None:
            definition["action"] = action
        fault_id: int = (await self._post("/faults", definition))["fault_id"]
        return fault_id

    async def disarm(self, *fault_ids: int) -> None:
        for fault_id in fault_ids:
            await self._done(self._http.delete(f"/faults/{fault_id}"))

    async def strikes(self, fault_id: int) -> int:
        """How often the fault has struck."""
        faults = (await self._done(self._http.get("/faults"))).json()
        return next(int(f["strikes"]) for f in faults if f["fault_id"] == fault_id)

    async def move(self, symbol: str, mid: str) -> None:
        """Quote the symbol around another price, on every venue."""
        await self._post("/market", {"symbol": symbol, "mid": mid})

    async def move_by(self, symbol: str, difference: str) -> None:
        """Quote the symbol so much higher or lower, on every venue."""
        await self._post("/market", {"symbol": symbol, "move": difference})

    async def trade(self, venue: str, symbol: str, quantity: str) -> None:
        """Somebody without an account buys at the venue."""
        bought = {"venue": venue, "symbol": symbol, "side": "BUY", "quantity": quantity}
        await self._post("/market/trade", bought)

    async def silence(self, venue: str) -> None:
        """Stop the venue's market streams until `calm`."""
        await self._post("/market/silence", {"venue": venue})

    async def drop_user_streams(self, venue: str, refuse_s: float) -> None:
        """Abort the venue's user streams, and refuse new ones for so long."""
        await self._post("/drop-user-streams", {"venue": venue, "refuse_s": refuse_s})

    async def expire_listen_keys(self) -> None:
        """End every listen key, as if nobody had renewed it; its streams fall silent."""
        await self._post("/expire-listen-keys")

    async def commands(self, client_id: str = "") -> list[dict[str, Any]]:
        """The order commands that reached a venue, about one order or all of them."""
        commands: list[dict[str, Any]] = (await self._done(self._http.get("/wire"))).json()
        return [c for c in commands if client_id in ("", c["client_order_id"])]

    async def submits(self, client_id: str) -> int:
        """How often the order was sent to its venue."""
        return sum(c["action"] == Action.SUBMIT for c in await self.commands(client_id))

    async def until_received(
        self, action: Action, more: int, venues: Collection[str] | None = None
    ) -> None:
        """Wait until so many more commands of a kind have come to these venues; None: to any."""

        async def received() -> int:
            commands = await self.commands()
            theirs = [c for c in commands if venues is None or c["venue"] in venues]
            return sum(command["action"] == action for command in theirs)

        before = await received()
        async with asyncio.timeout(_RECEIVED_WITHIN_S):
            while await received() < before + more:
                await asyncio.sleep(0.01)

    async def order(self, venue: str, client_id: str) -> dict[str, Any]:
        """The one order that the venue has under this client id."""
        state = (await self._done(self._http.get("/state", params={"venue": venue}))).json()
        (order,) = (o for o in state[venue]["orders"] if o["client_order_id"] == client_id)
        found: dict[str, Any] = order
        return found

    async def held(self, instrument_id: str) -> Decimal:
        """What the venue's account holds: the base asset's balance, or the futures position."""
        symbol, _, venue = instrument_id.rpartition(".")
        state = (await self._done(self._http.get("/state", params={"venue": venue}))).json()
        (account,) = state[venue]["accounts"].values()
        if "positions" in account:
            position = account["positions"].get(symbol.removesuffix("-PERP"))
            return Decimal(position["amount"]) if position else Decimal(0)
        balance = account["balances"][symbol.removesuffix("USDT")]
        return Decimal(balance["free"]) + Decimal(balance["locked"])

    async def _post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return (await self._done(self._http.post(path, json=body or {}))).json()

    @staticmethod
    async def _done(request: Any) -> httpx.Response:
        answer: httpx.Response = await request
        assert answer.is_success, answer.text
        return answer
