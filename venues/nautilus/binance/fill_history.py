"""Past executions of our orders, from the venue's trade lists."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

from nautilus_trader.adapters.binance.common.schemas.account import BinanceUserTrade

from domain.fills import Fill
from domain.identifiers import order_id_of_venue_client_id
from domain.sides import Side
from venues.nautilus.binance.order_owners import OrderOwners
from venues.nautilus.binance.queries import BinanceQueries
from venues.nautilus.binance.settings import BinanceSettings, Product
from venues.nautilus.binance.symbols import symbol_of
from venues.nautilus.instruments import plain
from venues.nautilus.news import utc

_LOG = logging.getLogger(__name__)
_PAGE = 1000

# The longest span between startTime and endTime that the venue takes.
_WINDOWS = {Product.SPOT: timedelta(hours=24), Product.USDT_FUTURES: timedelta(days=7)}


class FillHistory:
    """Pulls trades and finds out whose they are."""

    def __init__(
        self,
        queries: BinanceQueries,
        settings: BinanceSettings,
        owners: Mapping[str, OrderOwners],
    ) -> None:
        self._queries = queries
        self._settings = settings
        self._owners = owners

    async def since(self, start: datetime) -> list[Fill]:
        """Executions of our orders from `start` on, oldest first. Raises VenueUnreachable."""
        fills: list[Fill] = []
        for instrument_id, owners in self._owners.items():
            symbol = symbol_of(instrument_id)
            trades = await self._trades(symbol, start)
            client_ids = await owners.of(
                {_order_id(trade) for trade in trades}, partial(self._order_page, symbol)
            )
            fills += self._ours(instrument_id, trades, client_ids)
        return sorted(fills, key=lambda fill: (fill.ts_event, int(fill.trade_id)))

    async def _trades(self, symbol: str, start: datetime) -> list[BinanceUserTrade]:
        """All trades from `start` on: by time until the first full page, from there on by id."""
        window = _WINDOWS[self._settings.product]
        now = datetime.now(UTC)
        trades: list[BinanceUserTrade] = []
        while start <= now:
            end = start + window
            page = await self._queries.ask(
                "for trades",
                self._queries.http.query_user_trades(
                    symbol=symbol,
                    start_time=_milliseconds(start),
                    end_time=_milliseconds(end) - 1,
                    limit=_PAGE,
                ),
            )
            trades += page
            if len(page) == _PAGE:
                return trades + await self._trades_after(symbol, _last_id(page))
            start = end
        return trades

    async def _trades_after(self, symbol: str, trade_id: int) -> list[BinanceUserTrade]:
        trades: list[BinanceUserTrade] = []
        while True:
            page = await self._queries.ask(
                "for trades",
                self._queries.http.query_user_trades(
                    symbol=symbol, from_id=trade_id + 1, limit=_PAGE
                ),
            )
            trades += page
            if len(page) < _PAGE:
                return trades
            trade_id = _last_id(page)

    async def _order_page(self, symbol: str, first_order_id: int) -> dict[int, str]:
        page = await self._queries.ask(
            "for orders",
            self._queries.http.query_all_orders(
                symbol=symbol, order_id=first_order_id, limit=_PAGE
            ),
        )
        client_ids = {order.orderId: order.clientOrderId for order in page}
        if first_order_id not in client_ids:
            # Lists lag behind and leave out old orders; the order itself is asked for by number.
            client_id = await self._queries.client_id_of(symbol, first_order_id)
            if client_id is not None:
                client_ids[first_order_id] = client_id
        return client_ids

    def _ours(
        self, instrument_id: str, trades: Sequence[BinanceUserTrade], client_ids: Mapping[int, str]
    ) -> list[Fill]:
        fills: list[Fill] = []
        left_out = 0
        for trade in trades:
            order_id = order_id_of_venue_client_id(client_ids.get(_order_id(trade), ""))
            if order_id is None:
                left_out += 1
            else:
                fills.append(self._fill(order_id, instrument_id, trade))
        if left_out:
            _LOG.info(
                "%s: %d trades in %s belong to orders that are not ours and count nowhere.",
                self._settings.venue,
                left_out,
                instrument_id,
            )
        return fills

    def _fill(self, order_id: str, instrument_id: str, trade: BinanceUserTrade) -> Fill:
        assert trade.time is not None, "trade lists carry times"
        return Fill(
            order_id=order_id,
            account_id=self._settings.account_id,
            instrument_id=instrument_id,
            trade_id=str(trade.id),
            venue_order_id=str(trade.orderId),
            side=Side.BUY if trade.isBuyer or trade.buyer else Side.SELL,
            quantity=plain(Decimal(trade.qty)),
            price=plain(Decimal(trade.price)),
            fee=plain(Decimal(trade.commission)),
            fee_currency=trade.commissionAsset,
            is_maker=bool(trade.isMaker or trade.maker),
            ts_event=utc(trade.time * 1_000_000),
        )


def _order_id(trade: BinanceUserTrade) -> int:
    assert trade.orderId is not None, "trade lists carry order ids"
    return trade.orderId


def _last_id(page: Sequence[BinanceUserTrade]) -> int:
    return max(trade.id for trade in page if trade.id is not None)


def _milliseconds(time: datetime) -> int:
    return int(time.timestamp() * 1000)
