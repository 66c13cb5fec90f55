"""Questions to Binance through the real adapter's HTTP clients.

Answers are read from the venue's own fields, not from NautilusTrader's reports, which are shaped
for its cache. Whatever is not a clear answer raises VenueUnreachable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from decimal import Decimal
from typing import TypeVar

import msgspec
from nautilus_trader.adapters.binance.futures.http.account import BinanceFuturesAccountHttpAPI
from nautilus_trader.adapters.binance.futures.schemas.account import BinanceFuturesAlgoOrder
from nautilus_trader.adapters.binance.http.account import BinanceAccountHttpAPI
from nautilus_trader.adapters.binance.http.error import BinanceError
from nautilus_trader.adapters.binance.spot.http.account import BinanceSpotAccountHttpAPI
from nautilus_trader.core.nautilus_pyo3 import HttpError, HttpTimeoutError

from domain.orders import UnifiedOrder
from venues.nautilus.binance.account import error_reply
from venues.nautilus.binance.rejections import NO_SUCH_ORDER
from venues.nautilus.binance.reports import algo_report, order_report
from venues.nautilus.binance.settings import BinanceSettings
from venues.nautilus.binance.symbols import symbol_of
from venues.nautilus.budgets import OutOfBudget
from venues.port import Balance, NotFound, OrderReport, PositionReport, VenueUnreachable

# What the client library raises when there is no answer, or none that it can read.
_NO_ANSWER = (HttpError, HttpTimeoutError, msgspec.MsgspecError, TimeoutError, OSError, OutOfBudget)

_T = TypeVar("_T")


class BinanceQueries:
    """One account of one product. Instruments are named by id; symbols stay inside."""

    def __init__(
        self,
        http: BinanceAccountHttpAPI,
        settings: BinanceSettings,
    ) -> None:
        self.http = http
        self._settings = settings
        self._instrument_ids = {symbol_of(text): text for text in settings.instrument_ids}

    async def find(self, order: UnifiedOrder) -> OrderReport | NotFound:
        """What the venue knows of the order, wherever an order of its type can be."""
        symbol, client_id = symbol_of(order.instrument_id), order.venue_client_id
        found = await self._in_the_book(symbol, client_id=client_id)
        if isinstance(found, OrderReport) or not order.order_type.is_conditional:
            return found
        if not isinstance(self.http, BinanceFuturesAccountHttpAPI):
            return found
        request = self.http.query_algo_order(client_algo_id=client_id)
        try:
            algo = await self.ask("about a conditional order", request)
        except VenueUnreachable as unreachable:
            return _absent(unreachable)
        if algo.actualOrderId:
            return await self._in_the_book(symbol, order_id=int(algo.actualOrderId))
        return algo_report(algo, order.instrument_id)

    async def client_id_of(self, symbol: str, order_id: int) -> str | None:
        """The client id of the order with this venue order id; None if there is none."""
        found = await self._in_the_book(symbol, order_id=order_id)
        return found.venue_client_id if isinstance(found, OrderReport) else None

    async def open_orders(self) -> list[OrderReport]:
        orders = await self.ask("for open orders", self.http.query_open_orders())
        reports = [order_report(order, self.instrument_id_of(order.symbol)) for order in orders]
        return reports + [
            algo_report(algo, self.instrument_id_of(algo.symbol))
            for algo in await self._waiting_orders()
        ]

    async def symbols_with_orders(self) -> set[str]:
        """Binance's symbols in which anything is open."""
        return {symbol_of(report.instrument_id) for report in await self.open_orders()}

    async def positions(self) -> list[PositionReport]:
        """Net positions that are not flat. A spot account has balances, not positions."""
        if not isinstance(self.http, BinanceFuturesAccountHttpAPI):
            return []
        rows = await self.ask("for positions", self.http.query_futures_position_risk())
        net: dict[str, Decimal] = {}
        for row in rows:
            net[row.symbol] = net.get(row.symbol, Decimal(0)) + Decimal(row.positionAmt)
        return [
            PositionReport(self.instrument_id_of(symbol), quantity)
            for symbol, quantity in net.items()
            if quantity
        ]

    async def balances(self) -> list[Balance]:
        if isinstance(self.http, BinanceSpotAccountHttpAPI):
            spot = await self.ask("for balances", self.http.query_spot_account_info())
            return [
                Balance(row.asset, Decimal(row.free) + Decimal(row.locked), Decimal(row.free))
                for row in spot.balances
            ]
        assert isinstance(self.http, BinanceFuturesAccountHttpAPI), "there are two products"
        futures = await self.ask("for balances", self.http.query_futures_account_info())
        return [
            Balance(row.asset, Decimal(row.walletBalance), Decimal(row.availableBalance))
            for row in futures.assets
        ]

    async def ask(self, what: str, request: Awaitable[_T]) -> _T:
        """The answer, or VenueUnreachable with the cause chained."""
        try:
            async with asyncio.timeout(self._settings.timeouts.question.total_seconds()):
                return await request
        except BinanceError as error:
            raise VenueUnreachable(
                f"{self._settings.venue} refused the question {what}: {error_reply(error)}; "
                "ask again later."
            ) from error
        except _NO_ANSWER as error:
            raise VenueUnreachable(
                f"{self._settings.venue} did not answer the question {what} "
                f"({type(error).__name__}: {error}); ask again."
            ) from error

    def instrument_id_of(self, symbol: str) -> str:
        """The id of the configured instrument, or a readable stand-in for any other."""
        return self._instrument_ids.get(symbol, f"{symbol}.{self._settings.venue}")

    async def _in_the_book(
        self, symbol: str, client_id: str | None = None, order_id: int | None = None
    ) -> OrderReport | NotFound:
        request = self.http.query_order(
            symbol=symbol, orig_client_order_id=client_id, order_id=order_id
        )
        try:
            order = await self.ask("about an order", request)
        except VenueUnreachable as unreachable:
            return _absent(unreachable)
        return order_report(order, self.instrument_id_of(order.symbol))

    async def _waiting_orders(self) -> list[BinanceFuturesAlgoOrder]:
        """Conditional orders of futures that have not been triggered."""
        if not isinstance(self.http, BinanceFuturesAccountHttpAPI):
            return []
        orders = await self.ask("for conditional orders", self.http.query_open_algo_orders())
        return [order for order in orders if not order.actualOrderId]


def _absent(unreachable: VenueUnreachable) -> NotFound:
    """The venue's own word that it has no such order; anything else is raised again."""
    cause = unreachable.__cause__
    if isinstance(cause, BinanceError) and error_reply(cause).code == NO_SUCH_ORDER:
        return NotFound(str(error_reply(cause)))
    raise unreachable
