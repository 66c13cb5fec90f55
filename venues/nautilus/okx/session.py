"""One OKX account while a node serves it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from domain.fills import Fill
from domain.orders import UnifiedOrder
from domain.outcomes import AmendOutcome, CancelOutcome
from venues.nautilus.market_board import MarketBoard
from venues.nautilus.market_streams import MarketStreamKeeper
from venues.nautilus.okx.execution import OkxListeningClient
from venues.nautilus.okx.fill_history import FillHistory
from venues.nautilus.okx.market_data import OkxMarketData
from venues.nautilus.okx.order_owners import OrderOwners
from venues.nautilus.okx.rest import OkxRest
from venues.nautilus.streams import StreamKeeper
from venues.nautilus.venue_clock import ClockKeeper
from venues.nautilus.working_orders import WorkingOrder, ours
from venues.port import (
    Amendment,
    Balance,
    NotFound,
    OrderReport,
    PositionReport,
    RateBudget,
)


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
        venue = self._rest.settings.venue
        return (
            MarketStreamKeeper(f"{venue}: the quotes", self._data, self._board),
            ClockKeeper(venue, self._rest.clock, self._rest.time_ms),
        )

    async def admit(self, order: UnifiedOrder, patience_s: float) -> str | None:
        await self._client.commands.admit(order, patience_s)
        return None

    async def admit_amend(self, order: UnifiedOrder, patience_s: float) -> None:
        await self._client.commands.admit_amend(order, patience_s)

    async def load(self, offered: Collection[str]) -> None:
        await self._client.load_instruments(offered)
        self._data.learn_instruments()

    async def working_orders(self) -> Sequence[WorkingOrder]:
        return ours(await self._client.queries.working_orders())

    async def cancel(self, order: UnifiedOrder) -> CancelOutcome:
        return await self._client.commands.cancel(order)

    async def amend(self, order: UnifiedOrder, amendment: Amendment) -> AmendOutcome:
        return await self._client.commands.amend(order, amendment)

    async def cancel_all(self, instrument_id: str | None) -> CancelOutcome:
        return await self._client.commands.cancel_all(instrument_id)

    async def find(self, order: UnifiedOrder) -> OrderReport | NotFound:
        return await self._client.queries.find(order)

    async def open_orders(self) -> Sequence[OrderReport]:
        return [order.report for order in await self._client.queries.working_orders()]

    async def fills_since(self, since: datetime) -> Sequence[Fill]:
        return await self._fills.since(since)

    async def positions(self) -> Sequence[PositionReport]:
        return await self._client.queries.positions()

    async def balances(self) -> Sequence[Balance]:
        return await self._client.queries.balances()

    def clock_offset_ms(self) -> float | None:
        return self._rest.clock.offset_ms

    def budgets(self) -> tuple[RateBudget, ...]:
        return self._rest.limits.report()
