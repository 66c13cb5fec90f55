"""One OKX account while a node serves it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from domain.fills import Fill
from domain.orders import UnifiedOrder
from domain.outcomes import AmendOutcome, CancelOutcome
from venues.nautilus.budgets import OutOfBudget
from venues.nautilus.market_board import MarketBoard
from venues.nautilus.okx.execution import OkxListeningClient
from venues.nautilus.okx.fill_history import FillHistory
from venues.nautilus.okx.market_data import OkxMarketData
from venues.nautilus.okx.order_owners import OrderOwners
from venues.nautilus.okx.rest import OkxRest
from venues.nautilus.streams import MarketStreamKeeper, StreamKeeper
from venues.port import (
    Amendment,
    Balance,
    NoRoom,
    NotFound,
    OrderReport,
    PositionReport,
    RateBudget,
)

_ADMISSION_PATIENCE_S = 2.5
"""Somewhat longer than the windows of the venue: after that there must be room."""


class ClockKeeper:
    """Compares the venue's clock with ours now and then."""

    def __init__(self, rest: OkxRest) -> None:
        self._rest = rest

    async def watch(self) -> None:
        await self._rest.watch_clock()


class OkxSession:
    """Implements `venues.nautilus.exchange.ExchangeSession`.

    The private streams look after themselves; see `user_socket`.
    """

    def __init__(
        self,
        rest: OkxRest,
        client: OkxListeningClient,
        data: OkxMarketData,
        board: MarketBoard,
        owners: OrderOwners,
    ) -> None:
        self._rest = rest
        self._client = client
        self._data = data
        self._board = board
        self._fills = FillHistory(client.queries, rest.settings, owners)

    def keepers(self) -> Sequence[StreamKeeper]:
        market = MarketStreamKeeper(self._rest.settings.venue, self._data, self._board)
        return market, ClockKeeper(self._rest)

    async def admit(self, order: UnifiedOrder) -> str | None:
        left_s = (order.send_deadline - datetime.now(UTC)).total_seconds()
        try:
            await self._client.commands.admit(order, max(min(left_s, _ADMISSION_PATIENCE_S), 0))
        except OutOfBudget as shortage:
            raise NoRoom(str(shortage)) from shortage
        return None

    async def cancel(self, order: UnifiedOrder) -> CancelOutcome:
        return await self._client.commands.cancel(order)

    async def amend(self, order: UnifiedOrder, amendment: Amendment) -> AmendOutcome:
        return await self._client.commands.amend(order, amendment)

    async def cancel_all(self, instrument_id: str | None) -> CancelOutcome:
        return await self._client.commands.cancel_all(instrument_id)

    async def find(self, order: UnifiedOrder) -> OrderReport | NotFound:
        return await self._client.queries.find(order)

    async def open_orders(self) -> Sequence[OrderReport]:
        return await self._client.queries.open_orders()

    async def fills_since(self, since: datetime) -> Sequence[Fill]:
        return await self._fills.since(since)

    async def positions(self) -> Sequence[PositionReport]:
        return await self._client.queries.positions()

    async def balances(self) -> Sequence[Balance]:
        return await self._client.queries.balances()

    def clock_offset_ms(self) -> float | None:
        return self._rest.clock_offset_ms

    def budgets(self) -> tuple[RateBudget, ...]:
        return self._rest.limits.report()
