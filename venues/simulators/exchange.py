"""One simulated exchange: order books, accounts and ledger behind a few verbs.

It knows no protocol. Every verb takes the time, records what happened in the ledger before it
returns, and tells the listener of each step while the order is in exactly that state.
"""

import heapq
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from venues.simulators.accounts import Account, Leveraged
from venues.simulators.events import Listener, Print, Step
from venues.simulators.instruments import Instrument
from venues.simulators.ledger import Ledger
from venues.simulators.matching import ZERO, BookOrder, Level, Match, OrderBook, Side, TimeInForce
from venues.simulators.orders import (
    EndReason,
    Fill,
    NewOrder,
    Order,
    Refusal,
    Status,
    TriggerBy,
)
from venues.simulators.records import (
    accepted_record,
    amended_record,
    ended_record,
    filled_record,
    trailed_record,
    triggered_record,
)
from venues.simulators.state import State
from venues.simulators.triggers import Watch, is_reached, trailed

MARKET_MAKER = ""
"""Owner of liquidity that belongs to no account."""


class Exchange:
    """Books of several instruments, traded by several accounts and a market maker.

    ``marks`` holds the latest mark price of each symbol, shared with accounts that need it;
    ``indices`` and ``lasts`` the latest index price and the price of the latest public trade.
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
        self.indices: dict[str, Decimal] = {}
        self.lasts: dict[str, Decimal] = {}
        self.listener: Listener | None = None
        # Some venues take any label; a client id then names the latest order that used it.
        self.unique_client_ids = True
        self.books = {symbol: OrderBook() for symbol in instruments}
        self._ledger = ledger
        self._quotes: dict[str, list[int]] = {symbol: [] for symbol in instruments}
        # Quotes count downwards, so that they never meet the ids of accounts' orders.
        self._next_quote_id = -1
        self._touched: dict[str, set[str]] = {}
        self._traded: set[str] = set()
        self._watches = {symbol: Watch() for symbol in instruments}
        self._expiries: list[tuple[int, int]] = []

    def resume(self, now_ns: int) -> None:
        """Put restored orders back to where they waited; those that never rest end here."""
        for order in list(self.state.priority.values()):
            self._note_expiry(order)
            if order.status is Status.UNTRIGGERED:
                self._watches[order.symbol].add(order)
                continue
            restored = order.for_book()
            if restored.may_rest:
                self._trade(order.symbol, restored, now_ns)
            if order.is_open and order.order_id not in self.books[order.symbol]:
                self._end(order, Status.EXPIRED, EndReason.RESTART, now_ns)
        self.expire_due(now_ns)
        self._commit(None, now_ns)

    def submit(self, new: NewOrder, now_ns: int) -> Order | Refusal:
        """Accept an order and let it trade, or say why not."""
        order = Order.accepted(new, self.state.next_order_id, now_ns)
        if refusal := self._refusal(order, new, now_ns):
            return refusal
        self.state.accept(order)
        self._ledger.append(accepted_record(order))
        self._step(Step.NEW, order, None, now_ns)
        self._note_expiry(order)
        if order.status is Status.UNTRIGGERED:
            self._wait(order, now_ns)
        else:
            self._work(order, now_ns)
        self._commit(order.symbol, now_ns)
        return order

    def cancel(
        self, order: Order, now_ns: int, reason: EndReason = EndReason.REQUESTED
    ) -> Refusal | None:
        """Take an open order out of the market."""
        if not order.is_open:
            return Refusal.NOT_OPEN
        self._end(order, Status.CANCELED, reason, now_ns)
        self._commit(order.symbol, now_ns)
        return None

    def cancel_all(
        self, account: str, symbols: Collection[str] | None = None, *, now_ns: int
    ) -> list[Order]:
        """Cancel every open order of an account, in some symbols or in all; returns them."""
        chosen = [
            order
            for order in self.state.orders.open_orders(account)
            if symbols is None or order.symbol in symbols
        ]
        for order in chosen:
            self._end(order, Status.CANCELED, EndReason.REQUESTED, now_ns)
        for symbol in sorted({order.symbol for order in chosen}):
            self._commit(symbol, now_ns)
        return chosen

    def expire_due(self, now_ns: int) -> None:
        """End the orders whose good-till date has come."""
        while self._expiries and self._expiries[0][0] <= now_ns:
            _, order_id = heapq.heappop(self._expiries)
            order = self.state.orders.get(order_id)
            assert order is not None
            if order.is_open:
                self._end(order, Status.EXPIRED, EndReason.GOOD_TILL_DATE, now_ns)
                self._commit(order.symbol, now_ns)

    def amend(
        self,
        order: Order,
        price: Decimal | None,
        quantity: Decimal,
        now_ns: int,
        trigger_price: Decimal | None = None,
    ) -> Refusal | None:
        """Change price, total quantity and trigger price (None keeps it) of an open order.

        A quantity that has already traded cancels the rest, and so does a price at which a
        post-only order would take.
        """
        if not order.is_open or (price is None) != (order.price is None):
            return Refusal.NOT_OPEN
        if trigger_price is not None and order.status is not Status.UNTRIGGERED:
            return Refusal.ALREADY_TRIGGERED
        trigger = order.trigger_price if trigger_price is None else trigger_price
        if (price, quantity, trigger) == (order.price, order.quantity, order.trigger_price):
            return Refusal.UNCHANGED
        book = self.books[order.symbol]
        if quantity <= order.executed:
            return self.cancel(order, now_ns, EndReason.OVERFILLED)
        amended = replace(order, price=price, quantity=quantity, trigger_price=trigger)
        if self._takes_against_its_terms(amended):
            return self.cancel(order, now_ns, EndReason.POST_ONLY)
        if self._would_trigger(amended):
            return Refusal.WOULD_TRIGGER
        account = self.state.accounts[order.account]
        if refusal := account.refusal(amended, (ZERO, ZERO)):
            return refusal
        keeps_priority = order.keeps_priority(price, quantity)
        if not keeps_priority:
            book.remove(order.order_id)
        self.state.amend(order, price, quantity, trigger, now_ns)
        self._ledger.append(amended_record(order))
        self._step(Step.AMENDED, order, None, now_ns)
        if order.status is not Status.UNTRIGGERED:
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
        index: Decimal | None = None,
    ) -> None:
        """Replace the market maker's quotes at once; resting orders they cross are filled.

        ``mark`` is the price that the quotes surround: margins and price bands refer to it.
        ``index`` is the price of the underlying, None where it is the mark.
        """
        self.marks[symbol] = mark
        self.indices[symbol] = mark if index is None else index
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
        order = self._maker_order(side, None, quantity, TimeInForce.IOC)
        self._trade(symbol, order, now_ns)
        self._commit(symbol, now_ns)

    def set_leverage(self, account: Leveraged, symbol: str, leverage: int, t: int) -> None:
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

    def watched_price(self, symbol: str, by: TriggerBy) -> Decimal | None:
        """The price that triggers watch; the mark before the first trade, None before a quote."""
        mark = self.marks.get(symbol)
        match by:
            case TriggerBy.LAST:
                return self.lasts.get(symbol, mark)
            case TriggerBy.MARK:
                return mark
            case TriggerBy.INDEX:
                return self.indices.get(symbol)

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

    def _refusal(self, order: Order, new: NewOrder, now_ns: int) -> Refusal | None:
        orders = self.state.orders
        known = orders.by_client_id(order.account, order.client_order_id)
        if self.unique_client_ids and known is not None and known.is_open:
            return Refusal.DUPLICATE_CLIENT_ORDER_ID
        limit = self.instruments[order.symbol].max_open_orders
        if orders.open_count(order.account, order.symbol) >= limit:
            return Refusal.TOO_MANY_OPEN_ORDERS
        if order.expire_ns is not None and order.expire_ns <= now_ns:
            return Refusal.ALREADY_EXPIRED
        if not new.cancel_if_takes and self._takes_against_its_terms(order):
            return Refusal.WOULD_TAKE
        if not new.trigger_at_once and self._would_trigger(order):
            return Refusal.WOULD_TRIGGER
        return self.state.accounts[order.account].refusal(order, self._takes(order))

    def _takes(self, order: Order) -> Level:
        """Notional and quantity that an order would trade now."""
        if order.status is Status.UNTRIGGERED:
            return ZERO, ZERO
        return self.books[order.symbol].takeable(order.side, order.leaves, order.price)

    def _takes_against_its_terms(self, order: Order) -> bool:
        """Whether a post-only order would take; one that waits for its trigger would not yet."""
        if not order.post_only or order.price is None or order.status is Status.UNTRIGGERED:
            return False
        return self.books[order.symbol].would_take(order.side, order.price)

    def _would_trigger(self, order: Order) -> bool:
        """Whether the condition of an order that waits holds already."""
        price = self.watched_price(order.symbol, order.trigger_by)
        return order.status is Status.UNTRIGGERED and price is not None and is_reached(order, price)

    def _note_expiry(self, order: Order) -> None:
        if order.expire_ns is not None:
            heapq.heappush(self._expiries, (order.expire_ns, order.order_id))

    def _wait(self, order: Order, now_ns: int) -> None:
        """Let a conditional order watch the market, beginning with the price of now."""
        self._watches[order.symbol].add(order)
        price = self.watched_price(order.symbol, order.trigger_by)
        if price is not None:
            self._follow(order, price, now_ns)

    def _follow(self, order: Order, price: Decimal, now_ns: int) -> None:
        """Let a watched price move a trailing order's trigger, and trigger the order."""
        moved = trailed(order, price, self.instruments[order.symbol].tick)
        if moved is not None:
            self.state.trail(order, moved)
            self._ledger.append(trailed_record(order, now_ns))
        if is_reached(order, price):
            self._trigger(order, now_ns)

    def _trigger(self, order: Order, now_ns: int) -> None:
        """Turn a conditional order into a working one, if its account can afford it now."""
        self._watches[order.symbol].remove(order)
        self.state.trigger(order, now_ns)
        self._ledger.append(triggered_record(order))
        self._step(Step.TRIGGERED, order, None, now_ns)
        match self.state.accounts[order.account].refusal(order, self._takes(order)):
            case None:
                self._work(order, now_ns)
            case Refusal.NOTHING_TO_REDUCE:
                self._end(order, Status.EXPIRED, EndReason.NOTHING_TO_REDUCE, now_ns)
            case _:
                self._end(order, Status.EXPIRED, EndReason.INSUFFICIENT_FUNDS, now_ns)

    def _run_triggers(self, symbol: str, now_ns: int) -> None:
        """Tell the waiting orders every price of this action, in order.

        What they trade makes prices too, which are heard in turn.
        """
        watch = self._watches[symbol]
        while (heard := watch.next_heard()) is not None:
            by, price = heard
            for order in watch.of(by):
                if order.status is Status.UNTRIGGERED:
                    self._follow(order, price, now_ns)

    def _work(self, order: Order, now_ns: int) -> None:
        """Trade an account's order; what neither trades nor rests expires."""
        if self._takes_against_its_terms(order):
            self._end(order, Status.CANCELED, EndReason.POST_ONLY, now_ns)
            return
        self._trade(order.symbol, order.for_book(), now_ns)
        if order.is_open and order.order_id not in self.books[order.symbol]:
            self._end(order, Status.EXPIRED, EndReason.REMAINDER, now_ns)

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
        self.lasts[symbol] = match.price
        self._watches[symbol].hear(TriggerBy.LAST, match.price)
        if self.listener is not None:
            self.listener.on_print(
                Print(trade_id, symbol, match.price, match.quantity, taker.side, now_ns)
            )

    def _fill(self, order: Order, trade_id: int, match: Match, is_maker: bool, now_ns: int) -> None:
        account = self.state.accounts[order.account]
        charge = account.charge(order, match.price, match.quantity, is_maker=is_maker)
        fill = Fill(
            trade_id=trade_id,
            order_id=order.order_id,
            client_order_id=order.client_order_id,
            account=order.account,
            symbol=order.symbol,
            side=order.side,
            price=match.price,
            quantity=match.quantity,
            fee=charge.amount,
            fee_asset=charge.asset,
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
                self._end(order, Status.EXPIRED, EndReason.NOTHING_TO_REDUCE, now_ns)

    def _end(self, order: Order, status: Status, reason: EndReason, now_ns: int) -> None:
        self.books[order.symbol].remove(order.order_id)
        self._watches[order.symbol].remove(order)
        self.state.end(order, status, reason, now_ns)
        self._ledger.append(ended_record(order))
        self._step(Step(status), order, None, now_ns)

    def _step(self, step: Step, order: Order, fill: Fill | None, now_ns: int) -> None:
        self._touched.setdefault(order.account, set()).add(order.symbol)
        if fill is not None:
            self._traded.add(order.account)
        if self.listener is not None:
            self.listener.on_step(step, order, fill, now_ns)

    def _commit(self, symbol: str | None, now_ns: int) -> None:
        if symbol is not None:
            self._run_triggers(symbol, now_ns)
        self._ledger.flush()
        touched, self._touched = self._touched, {}
        traded, self._traded = self._traded, set()
        if self.listener is None:
            return
        for account, symbols in touched.items():
            self.listener.on_funds(account, symbols, now_ns, traded=account in traded)
        if symbol is not None:
            self.listener.on_book(symbol, now_ns)
