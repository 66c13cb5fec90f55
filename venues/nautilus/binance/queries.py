"""What Binance knows of orders, positions and balances, in the venue's own words.

Not through NautilusTrader's structures, which end over a single row with a word that they do not
know, nor through its reports, which are shaped for its cache.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
from nautilus_trader.adapters.binance.common.symbol import BinanceSymbol

from domain.identifiers import order_id_of_venue_client_id
from domain.orders import OrderStatus, UnifiedOrder
from venues.nautilus.binance.paths import (
    ALGO_ORDER,
    OPEN_ALGO_ORDERS,
    POSITION_MODE,
    POSITIONS,
)
from venues.nautilus.binance.questions import Questions, Refused
from venues.nautilus.binance.rejections import ARCHIVED, BAD_SYMBOL, NO_SUCH_ORDER
from venues.nautilus.binance.reports import (
    AlgoRow,
    ExchangeInfo,
    FuturesAccount,
    OrderRow,
    PositionMode,
    PositionRow,
    SpotAccount,
    working_order,
)
from venues.nautilus.binance.settings import BinanceSettings, Product
from venues.nautilus.binance.symbols import symbol_of, symbols_text
from venues.nautilus.working_orders import WorkingOrder, readable
from venues.port import Balance, NotFound, OrderReport, PositionReport

# Futures forget an order that ended without a fill three days after it was made. Spot archives one
# after 90 days, and says so when it is asked.
_FUTURES_REMEMBER = timedelta(days=3)


class BinanceQueries:
    """One account of one product. Instruments are named by id; symbols stay inside.

    `symbols` are those of the profile and others in which we are known to have traded: orders
    outlive the profile in which they were sent.
    """

    def __init__(self, questions: Questions, settings: BinanceSettings) -> None:
        self.questions = questions
        self._settings = settings
        self._paths = questions.paths
        self._has_positions = settings.product is Product.USDT_FUTURES
        self._instrument_ids = {symbol_of(text): text for text in settings.instrument_ids}
        self.symbols = set(self._instrument_ids)

    async def find(self, order: UnifiedOrder) -> OrderReport | NotFound:
        """What the venue knows of the order, wherever an order of its type can be."""
        symbol, client_id = symbol_of(order.instrument_id), order.venue_client_id
        self.symbols.add(symbol)
        found = await self._in_the_book(symbol, client_id, origClientOrderId=client_id)
        if isinstance(found, OrderReport) or not order.order_type.is_conditional:
            return found
        if not self._has_positions:
            return found
        try:
            algo = await self.questions.signed(ALGO_ORDER, AlgoRow, clientAlgoId=client_id)
        except Refused as refused:
            return self._absent(refused)
        if algo.actualOrderId:
            return await self._in_the_book(symbol, client_id, orderId=algo.actualOrderId)
        return algo.report(order.instrument_id)

    async def client_id_of(self, symbol: str, order_id: int) -> str | None:
        """The client id of the order with this venue order id; None if there is none."""
        found = await self._in_the_book(symbol, "", orderId=order_id)
        return (found.venue_client_id or None) if isinstance(found, OrderReport) else None

    async def working_orders(self) -> list[WorkingOrder]:
        """Everything that works or waits, of ours and of others."""
        venue = self._settings.venue
        rows = await self.questions.signed(self._paths.open_orders, list[msgspec.Raw])
        orders = readable(venue, rows, self._order)
        if self._has_positions:
            algos = await self.questions.signed(OPEN_ALGO_ORDERS, list[msgspec.Raw])
            orders += readable(venue, algos, self._waiting)
        return orders

    async def positions(self) -> list[PositionReport]:
        """Net positions that are not flat. A spot account has balances, not positions."""
        if not self._has_positions:
            return []
        rows = await self.questions.signed(POSITIONS, list[PositionRow])
        net: dict[str, Decimal] = {}
        for row in rows:
            net[row.symbol] = net.get(row.symbol, Decimal(0)) + Decimal(row.positionAmt)
        held = {symbol: quantity for symbol, quantity in net.items() if quantity}
        self.symbols |= held.keys()
        return [
            PositionReport(self.instrument_id_of(symbol), quantity)
            for symbol, quantity in held.items()
        ]

    async def balances(self) -> list[Balance]:
        if not self._has_positions:
            spot = await self.questions.signed(self._paths.account, SpotAccount)
            return [
                Balance(row.asset, Decimal(row.free) + Decimal(row.locked), Decimal(row.free))
                for row in spot.balances
            ]
        futures = await self.questions.signed(self._paths.account, FuturesAccount)
        return [
            Balance(row.asset, Decimal(row.walletBalance), Decimal(row.availableBalance))
            for row in futures.assets
        ]

    async def is_in_hedge_mode(self) -> bool:
        """Whether the account keeps a long and a short position of one contract apart."""
        if not self._has_positions:
            return False
        return (await self.questions.signed(POSITION_MODE, PositionMode)).dualSidePosition

    async def offered(self) -> frozenset[str]:
        """The instruments of the profile that trade now."""
        trading = await self._trading(sorted(self._instrument_ids))
        return frozenset(self._instrument_ids[s] for s in trading if s in self._instrument_ids)

    def instrument_id_of(self, symbol: str) -> str:
        """Also of one that is not in the profile."""
        known = self._instrument_ids.get(symbol)
        if known is not None:
            return known
        name = BinanceSymbol(symbol).parse_as_nautilus(self._settings.account_type)
        return f"{name}.{self._settings.venue}"

    async def _trading(self, symbols: list[str]) -> set[str]:
        """Spot refuses a whole list because of one symbol that it does not have."""
        if not symbols:
            return set()
        params = {} if self._has_positions else {"symbols": symbols_text(symbols)}
        try:
            listed = await self.questions.public(self._paths.exchange_info, ExchangeInfo, **params)
        except Refused as refused:
            if refused.venue_code != BAD_SYMBOL:
                raise
            if len(symbols) == 1:
                return set()
            return {found for one in symbols for found in await self._trading([one])}
        return {one.symbol for one in listed.symbols if one.status == "TRADING"}

    async def _in_the_book(
        self, symbol: str, client_id: str, **named: str | int
    ) -> OrderReport | NotFound:
        try:
            row = await self.questions.signed(self._paths.order, OrderRow, symbol=symbol, **named)
        except Refused as refused:
            if refused.venue_code == ARCHIVED:
                return OrderReport(
                    venue_client_id=client_id,
                    venue_order_id="",
                    instrument_id=self.instrument_id_of(symbol),
                    status=OrderStatus.CANCELED,
                    filled_qty=Decimal(0),
                )
            return self._absent(refused)
        return row.report(self.instrument_id_of(row.symbol))

    def _absent(self, refused: Refused) -> NotFound:
        """The venue's own word that it has no such order; anything else is raised again."""
        if refused.venue_code != NO_SUCH_ORDER:
            raise refused
        since = datetime.now(UTC) - _FUTURES_REMEMBER if self._has_positions else None
        return NotFound(refused.said, since)

    def _order(self, raw: msgspec.Raw) -> WorkingOrder:
        return self._working(msgspec.json.decode(raw, type=OrderRow))

    def _waiting(self, raw: msgspec.Raw) -> WorkingOrder | None:
        """None for one that has triggered: it is an order in the book then."""
        row = msgspec.json.decode(raw, type=AlgoRow)
        return None if row.actualOrderId else self._working(row)

    def _working(self, row: OrderRow | AlgoRow) -> WorkingOrder:
        if order_id_of_venue_client_id(row.client_id) is not None:
            self.symbols.add(row.symbol)
        return working_order(row, self.instrument_id_of(row.symbol))
