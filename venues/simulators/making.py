"""What those do who trade without an account: the market maker, and takers from nowhere."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from venues.simulators.expiring import Expiring
from venues.simulators.instruments import Instrument
from venues.simulators.ledger import Ledger
from venues.simulators.matching import BookOrder, Level, Side, TimeInForce
from venues.simulators.orders import Order, TriggerBy
from venues.simulators.state import State
from venues.simulators.trading import MARKET_MAKER


class MarketMaking(Expiring):
    """Books that are quoted, and traded in, by nobody who could be asked."""

    def __init__(
        self,
        instruments: Mapping[str, Instrument],
        state: State,
        ledger: Ledger,
        marks: dict[str, Decimal],
    ) -> None:
        super().__init__(instruments, state, ledger, marks)
        self._quotes: dict[str, list[int]] = {symbol: [] for symbol in instruments}
        # Quotes count downwards, so that they never meet the ids of accounts' orders.
        self._next_quote_id = -1

    def quote(
        self,
        symbol: str,
        mark: Decimal,
        bids: Sequence[Level],
        asks: Sequence[Level],
        now_ns: int,
        index: Decimal | None = None,
    ) -> None:
        """Replace the market maker's quotes at once; resting orders they cross are filled.

        ``mark`` is the price that the quotes surround: margins and price bands refer to it.
        ``index`` is the price of the underlying, None where it is the mark.
        """
        if symbol in self.state.expired:
            return
        self.marks[symbol] = mark
        self.indices[symbol] = mark if index is None else index
        self.mark_candles[symbol].hear(mark, now_ns // 1_000_000)
        self.index_candles[symbol].hear(self.indices[symbol], now_ns // 1_000_000)
        watch = self._watches[symbol]
        watch.hear(TriggerBy.MARK, mark)
        watch.hear(TriggerBy.INDEX, self.indices[symbol])
        book = self.books[symbol]
        for order_id in self._quotes[symbol]:
            book.remove(order_id)
        self._quotes[symbol] = []
        for side, levels in ((Side.BUY, bids), (Side.SELL, asks)):
            for price, quantity in levels:
                order = self._maker_order(side, price, quantity, TimeInForce.GTC)
                self._trade(symbol, order, now_ns)
                self._quotes[symbol].append(order.order_id)
        self._commit(symbol, now_ns)

    def market_trade(self, symbol: str, side: Side, quantity: Decimal, now_ns: int) -> None:
        """Somebody without an account takes liquidity."""
        if symbol in self.state.expired:
            return
        order = self._maker_order(side, None, quantity, TimeInForce.IOC)
        self._trade(symbol, order, now_ns)
        self._commit(symbol, now_ns)

    def fill_resting(self, order: Order, quantity: Decimal, now_ns: int) -> None:
        """Somebody without an account takes from one resting order alone, at its price.

        That is not how a market works: it gives tests a partial fill of an exact size. Raises
        ValueError for an order that does not rest or has less than that.
        """
        if order.order_id not in self.books[order.symbol] or quantity > order.leaves:
            raise ValueError(f"order {order.order_id} does not rest with at least {quantity}")
        taker = self._maker_order(order.side.opposite, None, quantity, TimeInForce.IOC)
        while quantity:
            match = self.books[order.symbol].take(order.order_id, quantity)
            self._settle(order.symbol, taker, match, now_ns)
            quantity -= match.quantity
        self._commit(order.symbol, now_ns)

    def _maker_order(
        self, side: Side, price: Decimal | None, quantity: Decimal, tif: TimeInForce
    ) -> BookOrder:
        order_id, self._next_quote_id = self._next_quote_id, self._next_quote_id - 1
        return BookOrder(
            order_id=order_id,
            owner=MARKET_MAKER,
            side=side,
            price=price,
            leaves=quantity,
            time_in_force=tif,
        )
