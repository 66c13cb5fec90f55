"""Past executions of our orders, from the venue's trade lists."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

from domain.fills import Fill
from domain.identifiers import order_id_of_venue_client_id
from domain.sides import Side
from venues.nautilus.binance.order_owners import OrderOwners, Owners
from venues.nautilus.binance.queries import BinanceQueries
from venues.nautilus.binance.reports import Owner, TradeRow
from venues.nautilus.binance.settings import BinanceSettings, Product
from venues.nautilus.instruments import plain
from venues.nautilus.news import utc

_LOG = logging.getLogger(__name__)
_PAGE = 1000

# The longest span between startTime and endTime that the venue takes.
_WINDOWS = {Product.SPOT: timedelta(hours=24), Product.USDT_FUTURES: timedelta(days=7)}

# How far back the lists reach, with a margin. Those of spot have no end.
_KEPT = {Product.SPOT: None, Product.USDT_FUTURES: timedelta(days=180)}


class FillHistory:
    """Pulls trades and finds out whose they are."""

    def __init__(self, queries: BinanceQueries, settings: BinanceSettings, owners: Owners) -> None:
        self._queries = queries
        self._settings = settings
        self._owners = owners
        self._paths = queries.questions.paths

    async def since(self, start: datetime) -> list[Fill]:
        """Executions of our orders from `start` on, as far back as the venue has them, oldest
        first. Raises VenueUnreachable.

        In the profile's symbols and in all others in which we are known to have an order or a
        position.
        """
        kept = _KEPT[self._settings.product]
        if kept is not None:
            start = max(start, datetime.now(UTC) - kept)
        await self._queries.positions()  # it notes their symbols
        fills: list[Fill] = []
        for symbol in sorted(self._queries.symbols):
            trades = await self._trades(symbol, start)
            client_ids = await self._named(symbol, self._owners.of(symbol), trades)
            fills += self._ours(symbol, trades, client_ids)
        return sorted(fills, key=lambda fill: (fill.ts_event, int(fill.trade_id)))

    async def _trades(self, symbol: str, start: datetime) -> list[TradeRow]:
        """All trades from `start` on."""
        is_long = datetime.now(UTC) - start > _WINDOWS[self._settings.product]
        if is_long and self._settings.product is Product.SPOT:
            # Spot takes spans of a day only; the latest page mostly says it all at once, however
            # long ago `start` is.
            latest, start_ms = await self._page(symbol), _milliseconds(start)
            if len(latest) < _PAGE or latest[0].time < start_ms:
                return [trade for trade in latest if trade.time >= start_ms]
        return await self._trades_by_span(symbol, start)

    async def _trades_by_span(self, symbol: str, start: datetime) -> list[TradeRow]:
        """By time until the first full page, from there on by id."""
        window = _WINDOWS[self._settings.product]
        now = datetime.now(UTC)
        trades: list[TradeRow] = []
        while start <= now:
            end = start + window
            page = await self._page(
                symbol, startTime=_milliseconds(start), endTime=_milliseconds(end) - 1
            )
            trades += page
            if len(page) == _PAGE:
                return trades + await self._trades_after(symbol, _last_id(page))
            start = end
        return trades

    async def _trades_after(self, symbol: str, trade_id: int) -> list[TradeRow]:
        trades: list[TradeRow] = []
        while True:
            page = await self._page(symbol, fromId=trade_id + 1)
            trades += page
            if len(page) < _PAGE:
                return trades
            trade_id = _last_id(page)

    async def _page(self, symbol: str, **where: int) -> list[TradeRow]:
        return await self._queries.questions.signed(
            self._paths.trades, list[TradeRow], symbol=symbol, limit=_PAGE, **where
        )

    async def _named(
        self, symbol: str, owners: OrderOwners, trades: Sequence[TradeRow]
    ) -> dict[int, str]:
        """The client ids of the orders that traded, by number."""
        return await owners.of({t.orderId for t in trades}, partial(self._order_page, symbol))

    async def _order_page(self, symbol: str, first_order_id: int) -> dict[int, str]:
        page = await self._queries.questions.signed(
            self._paths.all_orders, list[Owner], symbol=symbol, orderId=first_order_id, limit=_PAGE
        )
        client_ids = {order.orderId: order.clientOrderId for order in page}
        if first_order_id not in client_ids:
            # Lists lag behind and leave out old orders; the order itself is asked for by number.
            client_id = await self._queries.client_id_of(symbol, first_order_id)
            if client_id is not None:
                client_ids[first_order_id] = client_id
        return client_ids

    def _ours(
        self, symbol: str, trades: Sequence[TradeRow], client_ids: Mapping[int, str]
    ) -> list[Fill]:
        fills: list[Fill] = []
        left_out = 0
        for trade in trades:
            order_id = order_id_of_venue_client_id(client_ids.get(trade.orderId, ""))
            if order_id is None:
                left_out += 1
            else:
                fills.append(self._fill(order_id, self._queries.instrument_id_of(symbol), trade))
        if left_out:
            _LOG.info(
                "%s: %d trades in %s belong to orders that are not ours and count nowhere.",
                self._settings.venue,
                left_out,
                symbol,
            )
        return fills

    def _fill(self, order_id: str, instrument_id: str, trade: TradeRow) -> Fill:
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


def _last_id(page: Sequence[TradeRow]) -> int:
    return max(trade.id for trade in page)


def _milliseconds(time: datetime) -> int:
    return int(time.timestamp() * 1000)
