"""Past executions of our orders, from the venue's trade lists."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from nautilus_trader.adapters.binance.common.schemas.account import BinanceUserTrade

from domain.fills import Fill
from domain.identifiers import order_id_of_venue_client_id
from domain.sides import Side
from venues.nautilus.config import NautilusVenueConfig, Product
from venues.nautilus.instruments import plain
from venues.nautilus.news import utc
from venues.nautilus.queries import BinanceQueries, symbol_of

_LOG = logging.getLogger(__name__)
_PAGE = 1000

# The longest span between startTime and endTime that the venue takes.
_WINDOWS = {Product.SPOT: timedelta(hours=24), Product.USDT_FUTURES: timedelta(days=7)}


class FillHistory:
    """Pulls trades and finds out whose they are.

    A trade carries the venue's order id, which is unique per symbol only, and not our client id.
    The order list translates; what it said is remembered for the life of the node.
    """

    def __init__(self, queries: BinanceQueries, config: NautilusVenueConfig) -> None:
        self._queries = queries
        self._config = config
        self._client_ids: dict[tuple[str, int], str] = {}

    async def since(self, start: datetime) -> list[Fill]:
        """Executions of our orders from `start` on, oldest first. Raises VenueUnreachable."""
        fills: list[Fill] = []
        for instrument_id in self._config.instrument_ids:
            symbol = symbol_of(instrument_id)
            trades = await self._trades(symbol, start)
            await self._learn_owners(symbol, trades)
            fills += self._ours(instrument_id, symbol, trades)
        return sorted(fills, key=lambda fill: (fill.ts_event, int(fill.trade_id)))

    async def _trades(self, symbol: str, start: datetime) -> list[BinanceUserTrade]:
        """All trades from `start` on: by time until the first full page, from there on by id."""
        window = _WINDOWS[self._config.product]
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

    async def _learn_owners(self, symbol: str, trades: Sequence[BinanceUserTrade]) -> None:
        """Read the order list from the oldest order on whose client id we do not know."""
        unknown = {_order_id(trade) for trade in trades} - self._known(symbol)
        while unknown:
            first = min(unknown)
            page = await self._queries.ask(
                "for orders",
                self._queries.http.query_all_orders(symbol=symbol, order_id=first, limit=_PAGE),
            )
            for order in page:
                self._client_ids[symbol, order.orderId] = order.clientOrderId
            # An order that its own list does not show is nobody's: do not ask for it for ever.
            self._client_ids.setdefault((symbol, first), "")
            unknown -= self._known(symbol)

    def _known(self, symbol: str) -> set[int]:
        return {order_id for name, order_id in self._client_ids if name == symbol}

    def _ours(
        self, instrument_id: str, symbol: str, trades: Sequence[BinanceUserTrade]
    ) -> list[Fill]:
        fills: list[Fill] = []
        foreign = 0
        for trade in trades:
            client_id = self._client_ids[symbol, _order_id(trade)]
            order_id = order_id_of_venue_client_id(client_id)
            if order_id is None:
                foreign += 1
                continue
            fills.append(self._fill(order_id, instrument_id, trade))
        if foreign:
            _LOG.warning(
                "%s: %d trades in %s belong to orders that are not ours and count nowhere.",
                self._config.venue,
                foreign,
                instrument_id,
            )
        return fills

    def _fill(self, order_id: str, instrument_id: str, trade: BinanceUserTrade) -> Fill:
        assert trade.time is not None, "trade lists carry times"
        return Fill(
            order_id=order_id,
            account_id=self._config.account_id,
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
