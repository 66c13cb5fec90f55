"""One Bybit account while a node serves it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal

from domain.fills import Fill
from domain.orders import OrderType, UnifiedOrder
from domain.outcomes import AmendOutcome, CancelOutcome
from domain.sides import Side
from venues.nautilus.bybit.commands import AMEND, CREATE, BybitCommands
from venues.nautilus.bybit.execution import ListeningBybitClient
from venues.nautilus.bybit.keepers import PrivateStreamKeeper
from venues.nautilus.bybit.market_data import BybitMarketData, PublicSocket
from venues.nautilus.bybit.queries import BybitQueries
from venues.nautilus.bybit.rest import BybitRest
from venues.nautilus.bybit.settings import BybitSettings, Category, Symbol
from venues.nautilus.market_board import MarketBoard
from venues.nautilus.market_streams import MarketStreamKeeper
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
        commands: BybitCommands,
        queries: BybitQueries,
    ) -> None:
        self._rest = rest
        self._client = client
        self._data = data
        self._commands = commands
        self._queries = queries
        sockets = [PublicSocket(data, category) for category in settings.categories]
        venue = settings.venue
        self._keepers: tuple[StreamKeeper, ...] = (
            PrivateStreamKeeper(venue, client),
            *(
                MarketStreamKeeper(f"{venue}: {one.category} quotes", one, board, one.carries)
                for one in sockets
            ),
            ClockKeeper(venue, rest.clock, rest.time_ms),
        )

    def keepers(self) -> Sequence[StreamKeeper]:
        return self._keepers

    async def admit(self, order: UnifiedOrder, patience_s: float) -> str | None:
        await self._commands.admit(CREATE, order, patience_s)
        symbol = Symbol.of(order.instrument_id)
        if symbol.category is Category.SPOT and order.order_type.has_trigger_price:
            return await self._turned_round(order, symbol)
        return None

    async def admit_amend(self, order: UnifiedOrder, patience_s: float) -> None:
        await self._commands.admit(AMEND, order, patience_s)

    async def load(self, offered: Collection[str]) -> None:
        await self._client.load_instruments(offered)
        self._data.learn_instruments()

    async def working_orders(self) -> Sequence[WorkingOrder]:
        return ours(await self._queries.working_orders())

    async def cancel(self, order: UnifiedOrder) -> CancelOutcome:
        return await self._commands.cancel(order)

    async def amend(self, order: UnifiedOrder, amendment: Amendment) -> AmendOutcome:
        return await self._commands.amend(order, amendment)

    async def cancel_all(self, instrument_id: str | None) -> CancelOutcome:
        return await self._commands.cancel_all(instrument_id)

    async def find(self, order: UnifiedOrder) -> OrderReport | NotFound:
        return await self._queries.find(order)

    async def open_orders(self) -> Sequence[OrderReport]:
        return [order.report for order in await self._queries.working_orders()]

    async def fills_since(self, since: datetime) -> Sequence[Fill]:
        fills = await self._queries.fills_since(since)
        self._client.check_told(fills)
        return fills

    async def positions(self) -> Sequence[PositionReport]:
        return await self._queries.positions()

    async def balances(self) -> Sequence[Balance]:
        return await self._queries.balances()

    def clock_offset_ms(self) -> float | None:
        return self._rest.clock.offset_ms

    def budgets(self) -> tuple[RateBudget, ...]:
        return self._rest.limits.report()

    async def _turned_round(self, order: UnifiedOrder, symbol: Symbol) -> str | None:
        """Why a spot trigger would not mean what it says.

        For spot the venue is not told in which direction to wait: it waits for the trigger price
        from the side on which the market is now, so a stop that should go off at once would become
        a take-profit. Raises VenueUnreachable where that is not known.
        """
        last = Decimal(await self._queries.last_price(symbol))
        assert order.trigger_price is not None, "checked by problem_of"
        rises = (order.order_type in _STOPS) == (order.side is Side.BUY)
        is_ahead = last < order.trigger_price if rises else last > order.trigger_price
        if is_ahead:
            return None
        return (
            f"the last price {last} has reached the trigger {order.trigger_price} already; "
            "Bybit would wait for it from the other side."
        )
