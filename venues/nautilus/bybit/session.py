"""One Bybit account while a node serves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from domain.fills import Fill
from domain.instruments import Instrument
from domain.orders import OrderType, UnifiedOrder
from domain.outcomes import AmendOutcome, CancelOutcome
from domain.sides import Side
from venues.nautilus.budgets import OutOfBudget, Urgency
from venues.nautilus.bybit.commands import BybitCommands
from venues.nautilus.bybit.execution import ListeningBybitClient
from venues.nautilus.bybit.keepers import ClockKeeper, MarketKeeper, PrivateStreamKeeper
from venues.nautilus.bybit.market_data import BybitMarketData
from venues.nautilus.bybit.queries import BybitQueries
from venues.nautilus.bybit.rest import BybitRest
from venues.nautilus.bybit.settings import BybitSettings, Category, Symbol
from venues.nautilus.market_board import MarketBoard
from venues.nautilus.streams import StreamKeeper
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

_ADMISSION_PATIENCE_S = 2.0
_STOPS = frozenset({OrderType.STOP_MARKET, OrderType.STOP_LIMIT})


class BybitSession:
    """Implements `venues.nautilus.exchange.ExchangeSession`."""

    def __init__(
        self,
        settings: BybitSettings,
        rest: BybitRest,
        client: ListeningBybitClient,
        data: BybitMarketData,
        board: MarketBoard,
        instruments: Mapping[str, Instrument],
    ) -> None:
        self._rest = rest
        self._client = client
        self._commands = BybitCommands(rest, settings)
        self._queries = BybitQueries(rest, settings, instruments)
        self._keepers = (
            PrivateStreamKeeper(settings.venue, client),
            MarketKeeper(settings.venue, data, board),
            ClockKeeper(settings.venue, rest),
        )

    def keepers(self) -> Sequence[StreamKeeper]:
        return self._keepers

    async def admit(self, order: UnifiedOrder) -> str | None:
        symbol = Symbol.of(order.instrument_id)
        if symbol.category is Category.SPOT and order.order_type.has_trigger_price:
            problem = await self._turned_round(order, symbol)
            if problem is not None:
                return problem
        left_s = (order.send_deadline - datetime.now(UTC)).total_seconds()
        patience_s = max(min(left_s, _ADMISSION_PATIENCE_S), 0)
        try:
            cost = self._rest.limits.cost("/v5/order/create", symbol.category.value)
            await self._rest.limits.take(cost, Urgency.SUBMIT, patience_s)
        except OutOfBudget as shortage:
            raise NoRoom(str(shortage)) from shortage
        return None

    async def cancel(self, order: UnifiedOrder) -> CancelOutcome:
        return await self._commands.cancel(order)

    async def amend(self, order: UnifiedOrder, amendment: Amendment) -> AmendOutcome:
        return await self._commands.amend(order, amendment)

    async def cancel_all(self, instrument_id: str | None) -> CancelOutcome:
        return await self._commands.cancel_all(instrument_id)

    async def find(self, order: UnifiedOrder) -> OrderReport | NotFound:
        return await self._queries.find(order)

    async def open_orders(self) -> Sequence[OrderReport]:
        return await self._queries.open_orders()

    async def fills_since(self, since: datetime) -> Sequence[Fill]:
        fills = await self._queries.fills_since(since)
        self._client.check_told(fills)
        return fills

    async def positions(self) -> Sequence[PositionReport]:
        return await self._queries.positions()

    async def balances(self) -> Sequence[Balance]:
        return await self._queries.balances()

    def clock_offset_ms(self) -> float | None:
        return self._rest.offset_ms

    def budgets(self) -> tuple[RateBudget, ...]:
        return self._rest.limits.report()

    async def _turned_round(self, order: UnifiedOrder, symbol: Symbol) -> str | None:
        """Why a spot trigger would not mean what it says.

        For spot the venue is not told in which direction to wait: it waits for the trigger price
        from the side on which the market is now, so a stop that should go off at once would become
        a take-profit.
        """
        try:
            last = Decimal(await self._queries.last_price(symbol))
        except VenueUnreachable as problem:
            return f"whether the trigger is reached already is not known: {problem}"
        assert order.trigger_price is not None, "checked by problem_of"
        rises = (order.order_type in _STOPS) == (order.side is Side.BUY)
        is_ahead = last < order.trigger_price if rises else last > order.trigger_price
        if is_ahead:
            return None
        return (
            f"the last price {last} has reached the trigger {order.trigger_price} already; "
            "Bybit would wait for it from the other side."
        )
