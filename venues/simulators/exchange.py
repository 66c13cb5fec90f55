"""One simulated exchange: order books, accounts and ledger behind a few verbs.

It knows no protocol. Every verb takes the time, records what happened in the ledger before it
returns, and tells the listener of each step while the order is in exactly that state.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from venues.simulators.accounts import Account
from venues.simulators.events import Listener, Print, Step
from venues.simulators.instruments import Instrument
from venues.simulators.ledger import Ledger
from venues.simulators.margin_account import MarginAccount
from venues.simulators.matching import ZERO, BookOrder, Level, Match, OrderBook, Side, TimeInForce
from venues.simulators.orders import Fill, NewOrder, Order, OrderType, Refusal, Status
from venues.simulators.records import accepted_record, amended_record, ended_record, filled_record
from venues.simulators.state import State

MARKET_MAKER = ""
"""Owner of liquidity that belongs to no account."""


class Exchange:
    """Books of several instruments, traded by several accounts and a market maker.

    ``marks`` holds the latest mark price of each symbol, shared with accounts that need it.
    """

    def __init__(
        self,
        instruments: Mapping[str, Instrument],
        state: State,
        ledger: Ledger,
        marks: dict[str, Decimal],
    ) -> None:
        self.instruments = instruments
        self.state = state
        self.marks = marks
        self.listener: Listener | None = None
        self.books = {symbol: OrderBook() for symbol in instruments}
        self._ledger = ledger
        self._quotes: dict[str, list[int]] = {symbol: [] for symbol in instruments}
        # Quotes count downwards, so that they never meet the ids of accounts' orders.
        self._next_quote_id = -1
        self._touched: dict[str, set[str]] = {}
        self._traded: set[str] = set()

    def resume(self, now_ns: int) -> None:
        """Put restored orders back into the books; those that never rest end here."""
        for order in list(self.state.priority.values()):
            if order.type is OrderType.LIMIT and order.time_in_force is TimeInForce.GTC:
                self._trade(order.symbol, order.for_book(), now_ns)
            if order.is_open and order.order_id not in self.books[order.symbol]:
                self._end(order, Status.EXPIRED, now_ns)
        self._commit(None, now_ns)

    def submit(self, new: NewOrder, now_ns: int) -> Order | Refusal:
        """Accept an order and let it trade, or say why not."""
        order = Order.accepted(new, self.state.next_order_id, now_ns)
        if refusal := self._refusal(order):
            return refusal
        self.state.accept(order)
        self._ledger.append(accepted_record(order))
        self._step(Step.NEW, order, None, now_ns)
        self._work(order, now_ns)
        self._commit(order.symbol, now_ns)
        return order

    def cancel(self, order: Order, now_ns: int) -> Refusal | None:
        """Take a working order out of the market."""
        if not order.is_open:
            return Refusal.NOT_OPEN
        self._end(order, Status.CANCELED, now_ns)
        self._commit(order.symbol, now_ns)
        return None

    def amend(self, order: Order, price: Decimal, quantity: Decimal, now_ns: int) -> Refusal | None:
        """Change price and total quantity of a working limit order.

        A quantity that has already traded cancels the rest, and so does a price at which a
        post-only order would take.
        """
        if not order.is_open or order.price is None:
            return Refusal.NOT_OPEN
        if (price, quantity) == (order.price, order.quantity):
            return Refusal.UNCHANGED
        book = self.books[order.symbol]
        if quantity <= order.executed or (order.post_only and book.would_take(order.side, price)):
            return self.cancel(order, now_ns)
        amended = replace(order, price=price, quantity=quantity)
        account = self.state.accounts[order.account]
        if refusal := account.refusal(amended, (ZERO, ZERO)):
            return refusal
        keeps_priority = order.keeps_priority(price, quantity)
        if not keeps_priority:
            book.remove(order.order_id)
        self.state.amend(order, price, quantity, now_ns)
        self._ledger.append(amended_record(order))
        self._step(Step.AMENDED, order, None, now_ns)
        if keeps_priority:
            book.shrink(order.order_id, order.leaves)
        else:
            self._work(order, now_ns)
        self._commit(order.symbol, now_ns)
        return None

    def quote(
        self,
        symbol: str,
        mark: Decimal,
        bids: Sequence[Level],
        asks: Sequence[Level],
        now_ns: int,
    ) -> None:
        """Replace the market maker's quotes at once; resting orders they cross are filled.

        ``mark`` is the price that the quotes surround: margins and price bands refer to it.
        """
        self.marks[symbol] = mark
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
        order = self._maker_order(side, None, quantity, TimeInForce.IOC)
        self._trade(symbol, order, now_ns)
        self._commit(symbol, now_ns)

    def set_leverage(self, account: MarginAccount, symbol: str, leverage: int, t: int) -> None:
        """Choose an account's leverage in a symbol, for good."""
        account.set_leverage(symbol, leverage)
        chosen = {"account": account.name, "symbol": symbol, "leverage": leverage}
        self._ledger.append({"event": "leverage", "t": t, **chosen})
        self._ledger.flush()

    def close(self) -> None:
        """Close the ledger; nothing may follow."""
        self._ledger.close()

    def affordable(self, symbol: str, side: Side, budget: Decimal) -> Decimal:
        """The quantity, in whole steps, that a market order for ``budget`` of quote would get."""
        quantity, step = ZERO, self.instruments[symbol].step
        for price, available in self.books[symbol].levels(side.opposite, sys.maxsize):
            share = min(budget / price // step * step, available)
            quantity += share
            budget -= share * price
            if share < available:
                break
        return quantity

    def generated_client_id(self) -> str:
        """A client order id for an order that brought none."""
        return f"venue{self.state.next_order_id}"

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

    def _refusal(self, order: Order) -> Refusal | None:
        orders, book = self.state.orders, self.books[order.symbol]
        known = orders.by_client_id(order.account, order.client_order_id)
        if known is not None and known.is_open:
            return Refusal.DUPLICATE_CLIENT_ORDER_ID
        limit = self.instruments[order.symbol].max_open_orders
        if orders.open_count(order.account, order.symbol) >= limit:
            return Refusal.TOO_MANY_OPEN_ORDERS
        if order.post_only and order.price and book.would_take(order.side, order.price):
            return Refusal.WOULD_TAKE
        takes = book.takeable(order.side, order.quantity, order.price)
        return self.state.accounts[order.account].refusal(order, takes)

    def _work(self, order: Order, now_ns: int) -> None:
        """Trade an account's order; what neither trades nor rests expires."""
        self._trade(order.symbol, order.for_book(), now_ns)
        if order.is_open and order.order_id not in self.books[order.symbol]:
            self._end(order, Status.EXPIRED, now_ns)

    def _trade(self, symbol: str, taker: BookOrder, now_ns: int) -> None:
        for match in self.books[symbol].execute(taker, self._cap(symbol)):
            self._settle(symbol, taker, match, now_ns)

    def _cap(self, symbol: str) -> Callable[[BookOrder], Decimal]:
        def cap(order: BookOrder) -> Decimal:
            reducible = self.state.accounts[order.owner].reducible(symbol, order.side)
            return min(order.leaves, reducible)

        return cap

    def _settle(self, symbol: str, taker: BookOrder, match: Match, now_ns: int) -> None:
        trade_id = self.state.next_trade_id
        self.state.next_trade_id += 1
        for side, is_maker in ((match.maker, True), (taker, False)):
            if side.owner != MARKET_MAKER:
                order = self.state.orders.get(side.order_id)
                assert order is not None
                self._fill(order, trade_id, match, is_maker, now_ns)
        if self.listener is not None:
            self.listener.on_print(
                Print(trade_id, symbol, match.price, match.quantity, taker.side, now_ns)
            )

    def _fill(self, order: Order, trade_id: int, match: Match, is_maker: bool, now_ns: int) -> None:
        account = self.state.accounts[order.account]
        rate = account.fees.maker if is_maker else account.fees.taker
        fill = Fill(
            trade_id=trade_id,
            order_id=order.order_id,
            client_order_id=order.client_order_id,
            account=order.account,
            symbol=order.symbol,
            side=order.side,
            price=match.price,
            quantity=match.quantity,
            fee=account.fee(order, match.price, match.quantity, rate),
            fee_asset=account.fee_asset(order),
            is_maker=is_maker,
            realized_pnl=account.realized_pnl(order, match.price, match.quantity),
            time_ns=now_ns,
        )
        self.state.fill(order, fill)
        self._ledger.append(filled_record(fill))
        self._step(Step.TRADE, order, fill, now_ns)
        self._expire_reductions(account, order.symbol, now_ns)

    def _expire_reductions(self, account: Account, symbol: str, now_ns: int) -> None:
        """End resting reduce-only orders that have nothing left to reduce."""
        for resting in self.books[symbol].reductions(account.name):
            if not account.reducible(symbol, resting.side):
                order = self.state.orders.get(resting.order_id)
                assert order is not None
                self._end(order, Status.EXPIRED, now_ns)

    def _end(self, order: Order, status: Status, now_ns: int) -> None:
        self.books[order.symbol].remove(order.order_id)
        self.state.end(order, status, now_ns)
        self._ledger.append(ended_record(order))
        self._step(Step(status), order, None, now_ns)

    def _step(self, step: Step, order: Order, fill: Fill | None, now_ns: int) -> None:
        self._touched.setdefault(order.account, set()).add(order.symbol)
        if fill is not None:
            self._traded.add(order.account)
        if self.listener is not None:
            self.listener.on_step(step, order, fill, now_ns)

    def _commit(self, symbol: str | None, now_ns: int) -> None:
        self._ledger.flush()
        touched, self._touched = self._touched, {}
        traded, self._traded = self._traded, set()
        if self.listener is None:
            return
        for account, symbols in touched.items():
            self.listener.on_funds(account, symbols, now_ns, traded=account in traded)
        if symbol is not None:
            self.listener.on_book(symbol, now_ns)
