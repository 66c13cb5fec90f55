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
from nautilus_trader.adapters.binance.common.enums import BinanceOrderStatus
from nautilus_trader.adapters.binance.common.schemas.account import BinanceOrder
from nautilus_trader.adapters.binance.common.symbol import BinanceSymbol
from nautilus_trader.adapters.binance.futures.http.account import BinanceFuturesAccountHttpAPI
from nautilus_trader.adapters.binance.http.account import BinanceAccountHttpAPI
from nautilus_trader.adapters.binance.http.error import BinanceError
from nautilus_trader.adapters.binance.spot.http.account import BinanceSpotAccountHttpAPI
from nautilus_trader.core.nautilus_pyo3 import HttpError, HttpTimeoutError

from domain.orders import OrderStatus
from venues.nautilus.binance.account import error_reply
from venues.nautilus.binance.settings import BinanceSettings
from venues.nautilus.instruments import plain
from venues.port import Balance, NotFound, OrderReport, PositionReport, VenueUnreachable

NO_SUCH_ORDER = -2013

_STATUSES = {
    BinanceOrderStatus.NEW: OrderStatus.ACCEPTED,
    BinanceOrderStatus.NEW_INSURANCE: OrderStatus.ACCEPTED,
    BinanceOrderStatus.NEW_ADL: OrderStatus.ACCEPTED,
    BinanceOrderStatus.PENDING_CANCEL: OrderStatus.ACCEPTED,
    BinanceOrderStatus.PARTIALLY_FILLED: OrderStatus.PARTIALLY_FILLED,
    BinanceOrderStatus.FILLED: OrderStatus.FILLED,
    BinanceOrderStatus.CANCELED: OrderStatus.CANCELED,
    BinanceOrderStatus.REJECTED: OrderStatus.REJECTED,
    BinanceOrderStatus.EXPIRED: OrderStatus.EXPIRED,
    BinanceOrderStatus.EXPIRED_IN_MATCH: OrderStatus.EXPIRED,
}

# What the client library raises when there is no answer, or none that it can read.
_NO_ANSWER = (HttpError, HttpTimeoutError, msgspec.MsgspecError, TimeoutError, OSError)

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

    async def find(self, instrument_id: str, client_id: str) -> OrderReport | NotFound:
        """What the venue knows of the order with this client id."""
        request = self.http.query_order(
            symbol=symbol_of(instrument_id), orig_client_order_id=client_id
        )
        try:
            order = await self.ask("about an order", request)
        except VenueUnreachable as unreachable:
            absent = _no_such_order(unreachable)
            if absent is None:
                raise
            return absent
        return self._report(order)

    async def client_id_of(self, symbol: str, order_id: int) -> str | None:
        """The client id of the order with this venue order id; None if there is none."""
        request = self.http.query_order(symbol=symbol, order_id=order_id)
        try:
            order = await self.ask("about an order", request)
        except VenueUnreachable as unreachable:
            if _no_such_order(unreachable) is None:
                raise
            return None
        return order.clientOrderId

    async def open_orders(self) -> list[OrderReport]:
        orders = await self.ask("for open orders", self.http.query_open_orders())
        return [self._report(order) for order in orders]

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

    def _report(self, order: BinanceOrder) -> OrderReport:
        status = _STATUSES.get(order.status) if order.status is not None else None
        if status is None:
            raise VenueUnreachable(
                f"{self._settings.venue} reports an unreadable order status, {order.status}; "
                "look at the order at the venue."
            )
        return OrderReport(
            venue_client_id=order.clientOrderId,
            venue_order_id=str(order.orderId),
            instrument_id=self.instrument_id_of(order.symbol),
            status=status,
            filled_qty=plain(Decimal(order.executedQty or "0")),
        )


def _no_such_order(unreachable: VenueUnreachable) -> NotFound | None:
    """The venue's own word that it has no such order; None for anything else."""
    cause = unreachable.__cause__
    if isinstance(cause, BinanceError) and error_reply(cause).code == NO_SUCH_ORDER:
        return NotFound(str(error_reply(cause)))
    return None


def symbol_of(instrument_id: str) -> str:
    """Binance's own symbol: `BTCUSDT-PERP.BINANCE_FUTURES` is `BTCUSDT` there."""
    return str(BinanceSymbol(instrument_id.rpartition(".")[0]))
