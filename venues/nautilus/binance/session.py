"""One Binance account while a node serves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from domain.fills import Fill
from domain.orders import UnifiedOrder
from domain.outcomes import AmendOutcome, CancelOutcome, Unknown
from venues.nautilus.binance.commands import BinanceCommands
from venues.nautilus.binance.execution import BinanceListeningClient
from venues.nautilus.binance.fill_history import FillHistory
from venues.nautilus.binance.http import AccountLimits
from venues.nautilus.binance.market_data import MarketDataClient
from venues.nautilus.binance.order_owners import OrderOwners
from venues.nautilus.binance.queries import BinanceQueries
from venues.nautilus.binance.settings import BinanceSettings
from venues.nautilus.binance.symbols import symbol_of
from venues.nautilus.binance.venue_clock import ClockKeeper, VenueClock
from venues.nautilus.budgets import OutOfBudget
from venues.nautilus.market_board import MarketBoard
from venues.nautilus.streams import MarketStreamKeeper, StreamKeeper, UserStreamKeeper
from venues.port import (
    Amendment,
    Balance,
    NoRoom,
    NotFound,
    OrderReport,
    PositionReport,
    RateBudget,
    VenueUnreachable,
)

# Longer than the pause of two seconds that a first refusal of the venue asks for; with the wait for
# the answer still within the time of the activity.
_ADMISSION_PATIENCE_S = 3.0


class BinanceSession:
    """Implements `venues.nautilus.exchange.ExchangeSession`."""

    def __init__(
        self,
        settings: BinanceSettings,
        client: BinanceListeningClient,
        data: MarketDataClient,
        board: MarketBoard,
        owners: Mapping[str, OrderOwners],
        limits: AccountLimits,
        clock: VenueClock,
    ) -> None:
        self._settings = settings
        self._client = client
        self._data = data
        self._board = board
        self._limits = limits
        self._clock = clock
        self._queries = BinanceQueries(client.account, settings)
        self._fills = FillHistory(self._queries, settings, owners)
        self._commands = BinanceCommands(client.account, settings.timeouts.answer.total_seconds())

    def keepers(self) -> Sequence[StreamKeeper]:
        venue = self._settings.venue
        return (
            UserStreamKeeper(venue, self._client.stream),
            MarketStreamKeeper(venue, self._data.quotes, self._board),
            MarketStreamKeeper(venue, self._data.trades, None),
            ClockKeeper(venue, self._clock, self._client._http_market.request_server_time),  # noqa: SLF001
        )

    async def admit(self, order: UnifiedOrder) -> str | None:
        left_s = (order.send_deadline - datetime.now(UTC)).total_seconds()
        try:
            await self._limits.take_order(max(min(left_s, _ADMISSION_PATIENCE_S), 0))
        except OutOfBudget as shortage:
            raise NoRoom(str(shortage)) from shortage
        return None

    async def cancel(self, order: UnifiedOrder) -> CancelOutcome:
        return await self._commands.cancel(order)

    async def amend(self, order: UnifiedOrder, amendment: Amendment) -> AmendOutcome:
        return await self._commands.amend(order, amendment)

    async def cancel_all(self, instrument_id: str | None) -> CancelOutcome:
        if instrument_id is not None:
            return await self._commands.cancel_all([symbol_of(instrument_id)])
        symbols = {symbol_of(text) for text in self._settings.instrument_ids}
        try:
            symbols |= await self._queries.symbols_with_orders()
        except VenueUnreachable as unreachable:
            await self._commands.cancel_all(symbols)
            return Unknown(f"other instruments may have open orders: {unreachable}")
        return await self._commands.cancel_all(symbols)

    async def find(self, order: UnifiedOrder) -> OrderReport | NotFound:
        return await self._queries.find(order)

    async def open_orders(self) -> Sequence[OrderReport]:
        return await self._queries.open_orders()

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
