"""What follows once an order is in: trades, triggers, ends, and the record of them all.

The half of an exchange that its verbs (``exchange.Exchange``) are made of.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from venues.simulators.accounts import Account
from venues.simulators.candles import Candles
from venues.simulators.events import Listener, Print, Step
from venues.simulators.instruments import Instrument
from venues.simulators.ledger import Ledger
from venues.simulators.matching import ZERO, BookOrder, Level, Match, OrderBook, SelfMatch
from venues.simulators.orders import EndReason, Fill, Order, Refusal, Status, TriggerBy
from venues.simulators.records import (
    ended_record,
    filled_record,
    switched_record,
    trailed_record,
    triggered_record,
)
from venues.simulators.state import State
from venues.simulators.tape import Tape
from venues.simulators.triggers import Watch, is_alternative_reached, is_reached, trailed

MARKET_MAKER = ""
"""Owner of liquidity that belongs to no account."""


class Trading:
    """Books of several instruments and what happens in them, told to a ledger and a listener.

    ``marks`` holds the latest mark price of each symbol, shared with accounts that need it;
    ``indices`` and ``lasts`` the latest index price and the price of the latest public trade.
    ``tapes`` holds the public record of each symbol, ``mark_candles`` and ``index_candles`` the
    bars of its mark and index price.
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
        self.tapes = {symbol: Tape() for symbol in instruments}
        self.mark_candles = {symbol: Candles() for symbol in instruments}
        self.index_candles = {symbol: Candles() for symbol in instruments}
        self.listener: Listener | None = None
        # Some venues take any label; a client id then names the latest order that used it.
        self.unique_client_ids = True
        self.books = {symbol: OrderBook() for symbol in instruments}
        self.ledger_path = ledger.path
        self._ledger = ledger
        self._touched: dict[str, set[str]] = {}
        self._traded: set[str] = set()
        self._watches = {symbol: Watch() for symbol in instruments}

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

    def _takes(self, order: Order) -> Level:
        """Notional and quantity that an order would trade now."""
        if order.status is Status.UNTRIGGERED:
            return ZERO, ZERO
        return self.books[order.symbol].takeable(order.for_book())

    def _takes_against_its_terms(self, order: Order) -> bool:
        """Whether a post-only order would take; one that waits for its trigger would not yet."""
        if not order.post_only or order.price is None or order.status is Status.UNTRIGGERED:
            return False
        return self.books[order.symbol].would_take(order.side, order.price)

    def _would_fill(self, order: Order) -> bool:
        """Whether an order could trade all of its quantity now."""
        tradable = order.leaves
        if order.reduce_only:
            account = self.state.accounts[order.account]
            tradable = account.reducible(order.symbol, order.side)
        return min(self._takes(order)[1], tradable) >= order.leaves

    def _would_trigger(self, order: Order) -> bool:
        """Whether a condition of an order that waits holds already."""
        if order.status is not Status.UNTRIGGERED:
            return False
        for by in TriggerBy:
            price = self.watched_price(order.symbol, by)
            if price is None:
                continue
            if is_alternative_reached(order, by, price):
                return True
            if order.trigger_by is by and is_reached(order, price):
                return True
        return False

    def _wait(self, order: Order, now_ns: int) -> None:
        """Let a conditional order watch the market, beginning with the price of now."""
        self._watches[order.symbol].add(order)
        for by in TriggerBy:
            price = self.watched_price(order.symbol, by)
            if price is not None and order.status is Status.UNTRIGGERED:
                self._follow(order, by, price, now_ns)

    def _follow(self, order: Order, by: TriggerBy, price: Decimal, now_ns: int) -> None:
        """Let a watched price move a trailing order's trigger, and trigger the order."""
        if is_alternative_reached(order, by, price):
            self.state.switch(order)
            self._ledger.append(switched_record(order, now_ns))
            self._trigger(order, now_ns)
            return
        if order.trigger_by is not by:
            return
        moved = trailed(order, price, self.instruments[order.symbol].tick)
        if moved is not None:
            self.state.trail(order, moved)
            self._ledger.append(trailed_record(order, now_ns))
        if is_reached(order, price):
            self._trigger(order, now_ns)

    def _trigger(self, order: Order, now_ns: int) -> None:
        """Turn a conditional order into a working one, if its account can afford it now."""
        working = replace(order, status=Status.NEW, price=order.working_price)
        match self.state.accounts[order.account].refusal(working, self._takes(working)):
            case None:
                self._end_others(order, Status.EXPIRED, EndReason.OTHER_WORKS, now_ns)
                self._watches[order.symbol].remove(order)
                self.state.trigger(order, now_ns)
                self._ledger.append(triggered_record(order))
                self._step(Step.TRIGGERED, order, None, now_ns)
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
                    self._follow(order, by, price, now_ns)

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
            if isinstance(match, Match):
                self._settle(symbol, taker, match, now_ns)
            else:
                self._keep_apart(taker, match, now_ns)

    def _keep_apart(self, taker: BookOrder, match: SelfMatch, now_ns: int) -> None:
        """End what the taker's rule ends, where an account would have traded with itself."""
        for side, ends in ((match.maker, match.rule.ends_maker), (taker, match.rule.ends_taker)):
            if ends:
                order = self.state.orders.get(side.order_id)
                assert order is not None
                self._end(order, Status.CANCELED, EndReason.SELF_TRADE, now_ns)

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
        trade = Print(trade_id, symbol, match.price, match.quantity, taker.side, now_ns)
        self.tapes[symbol].add(trade)
        if self.listener is not None:
            self.listener.on_print(trade)

    def _fill(self, order: Order, trade_id: int, match: Match, is_maker: bool, now_ns: int) -> None:
        self._end_others(order, Status.EXPIRED, EndReason.OTHER_WORKS, now_ns)
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
            closed=min(match.quantity, account.reducible(order.symbol, order.side)),
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
        if reason is not EndReason.OTHER_WORKS:
            self._end_others(order, status, reason, now_ns)

    def _end_others(self, order: Order, status: Status, reason: EndReason, now_ns: int) -> None:
        """End the other orders of a group."""
        for other in self.state.orders.group_of(order):
            if other is not order and other.is_open:
                self._end(other, status, reason, now_ns)

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
        if self._ledger.is_long:
            self._ledger.begin_part(self.state.continued(now_ns))
            self.state.forget_finished()
        touched, self._touched = self._touched, {}
        traded, self._traded = self._traded, set()
        if self.listener is None:
            return
        for account, symbols in touched.items():
            self.listener.on_funds(account, symbols, now_ns, traded=account in traded)
        if symbol is not None:
            self.listener.on_book(symbol, now_ns)
