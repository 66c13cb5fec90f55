"""One Binance account while a node serves it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from domain.fills import Fill
from domain.orders import UnifiedOrder
from domain.outcomes import AmendOutcome, CancelOutcome, Unknown
from venues.nautilus.binance.commands import BinanceCommands
from venues.nautilus.binance.execution import BinanceListeningClient
from venues.nautilus.binance.fill_history import FillHistory
from venues.nautilus.binance.http import AccountLimits
from venues.nautilus.binance.market_data import MarketDataClient
from venues.nautilus.binance.order_owners import Owners
from venues.nautilus.binance.queries import BinanceQueries
from venues.nautilus.binance.settings import BinanceSettings
from venues.nautilus.binance.symbols import symbol_of
from venues.nautilus.market_board import MarketBoard
from venues.nautilus.market_streams import MarketStreamKeeper
from venues.nautilus.streams import StreamKeeper, UserStreamKeeper
from venues.nautilus.venue_clock import ClockKeeper, VenueClock
from venues.nautilus.working_orders import WorkingOrder, ours
from venues.port import (
    Amendment,
    Balance,
    NotFound,
    OrderReport,
    PositionReport,
    RateBudget,
    VenueUnreachable,
)


class BinanceSession:
    """Implements `venues.nautilus.exchange.ExchangeSession`."""

    def __init__(
        self,
        settings: BinanceSettings,
        client: BinanceListeningClient,
        data: MarketDataClient,
        board: MarketBoard,
        queries: BinanceQueries,
        owners: Owners,
        limits: AccountLimits,
        clock: VenueClock,
    ) -> None:
        self._settings = settings
        self._client = client
        self._data = data
        self._board = board
        self._limits = limits
        self._clock = clock
        self._queries = queries
        self._fills = FillHistory(queries, settings, owners)
        self._commands = BinanceCommands(client.account, settings)

    def keepers(self) -> Sequence[StreamKeeper]:
        venue = self._settings.venue
        return (
            UserStreamKeeper(venue, self._client.stream),
            MarketStreamKeeper(f"{venue}: the quotes", self._data.quotes, self._board),
            MarketStreamKeeper(f"{venue}: the trades", self._data.trades),
            ClockKeeper(venue, self._clock, self._queries.questions.time_ms),
        )

    async def admit(self, order: UnifiedOrder, patience_s: float) -> str | None:
        await self._limits.take_order(patience_s)
        return None

    async def admit_amend(self, order: UnifiedOrder, patience_s: float) -> None:
        await self._limits.take_amend(patience_s)

    async def load(self, offered: Collection[str]) -> None:
        await self._client.load_instruments(offered)

    async def working_orders(self) -> Sequence[WorkingOrder]:
        return ours(await self._queries.working_orders())

    async def cancel(self, order: UnifiedOrder) -> CancelOutcome:
        return await self._commands.cancel(order)

    async def amend(self, order: UnifiedOrder, amendment: Amendment) -> AmendOutcome:
        return await self._commands.amend(order, amendment)

    async def cancel_all(self, instrument_id: str | None) -> CancelOutcome:
        if instrument_id is not None:
            return await self._commands.cancel_all([symbol_of(instrument_id)])
        symbols = {symbol_of(text) for text in self._settings.instrument_ids}
        try:
            symbols |= {symbol_of(one.instrument_id) for one in await self.open_orders()}
        except VenueUnreachable as unreachable:
            await self._commands.cancel_all(symbols)
            return Unknown(f"other instruments may have open orders: {unreachable}")
        return await self._commands.cancel_all(symbols)

    async def find(self, order: UnifiedOrder) -> OrderReport | NotFound:
        return await self._queries.find(order)

    async def open_orders(self) -> Sequence[OrderReport]:
        return [order.report for order in await self._queries.working_orders()]

    async def fills_since(self, since: datetime) -> Sequence[Fill]:
        return await self._fills.since(since)

    async def positions(self) -> Sequence[PositionReport]:
        return await self._queries.positions()

    async def balances(self) -> Sequence[Balance]:
        return await self._queries.balances()

    def clock_offset_ms(self) -> float | None:
        return self._clock.offset_ms

    def budgets(self) -> tuple[RateBudget, ...]:
        return self._limits.report()
