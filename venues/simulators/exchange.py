"""One simulated exchange: order books, accounts and ledger behind a few verbs.

It knows no protocol. Every verb takes the time, records what happened in the ledger before it
returns, and tells the listener of each step while the order is in exactly that state.
"""

import heapq
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from venues.simulators.accounts import Leveraged
from venues.simulators.events import Step
from venues.simulators.instruments import Instrument
from venues.simulators.ledger import Ledger
from venues.simulators.making import MarketMaking
from venues.simulators.matching import ZERO, Side
from venues.simulators.orders import (
    Condition,
    EndReason,
    Group,
    Manner,
    NewOrder,
    Order,
    Refusal,
    Status,
)
from venues.simulators.records import accepted_record, amended_record
from venues.simulators.state import State
from venues.simulators.triggers import reset


class Exchange(MarketMaking):
    """Books of several instruments, traded by several accounts and a market maker."""

    def __init__(
        self,
        instruments: Mapping[str, Instrument],
        state: State,
        ledger: Ledger,
        marks: dict[str, Decimal],
    ) -> None:
        super().__init__(instruments, state, ledger, marks)
        self._expiries: list[tuple[int, int]] = []

    def resume(self, now_ns: int) -> None:
        """Put restored orders back to where they waited; those that never rest end here."""
        self.marks.update({symbol: end.price for symbol, end in self.state.expired.items()})
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
        outcome = self._submit([new], None, now_ns)
        return outcome if isinstance(outcome, Refusal) else outcome[0]

    def submit_group(
        self, news: Sequence[NewOrder], name: str, now_ns: int
    ) -> list[Order] | Refusal:
        """Accept orders of one account and symbol as a group, all of them or none."""
        return self._submit(news, Group(self.state.next_order_id, name), now_ns)

    def would_refuse(self, new: NewOrder, now_ns: int) -> Refusal | None:
        """Why ``submit`` would not accept an order now."""
        return self._refusal(Order.accepted(new, self.state.next_order_id, now_ns), new, now_ns)

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
        self,
        account: str,
        symbols: Collection[str] | None = None,
        *,
        now_ns: int,
        reason: EndReason = EndReason.REQUESTED,
    ) -> list[Order]:
        """Cancel every open order of an account, in some symbols or in all; returns them."""
        chosen = [
            order
            for order in self.state.orders.open_orders(account)
            if symbols is None or order.symbol in symbols
        ]
        for order in chosen:
            if order.is_open:  # a group ends with its first
                self._end(order, Status.CANCELED, reason, now_ns)
        for symbol in sorted({order.symbol for order in chosen}):
            self._commit(symbol, now_ns)
        return chosen

    def expire_due(self, now_ns: int) -> None:
        """End the orders whose good-till date has come."""
        while self._expiries and self._expiries[0][0] <= now_ns:
            _, order_id = heapq.heappop(self._expiries)
            order = self.state.orders.get(order_id)
            if order is not None and order.is_open:
                self._end(order, Status.EXPIRED, EndReason.GOOD_TILL_DATE, now_ns)
                self._commit(order.symbol, now_ns)

    def amend(
        self,
        order: Order,
        price: Decimal | None,
        quantity: Decimal,
        now_ns: int,
        trigger_price: Decimal | None = None,
        alternative: Condition | None = None,
        manner: Manner | None = None,
        client_order_id: str | None = None,
    ) -> Refusal | None:
        """Change price, total quantity, trigger price, other condition, manner and client id.

        The latter three are kept where they are None.

        A quantity that has already traded cancels the rest, and so does a price at which a
        post-only order would take.
        """
        if not order.is_open or (price is None) != (order.price is None):
            return Refusal.NOT_OPEN
        if trigger_price is not None and order.status is not Status.UNTRIGGERED:
            return Refusal.ALREADY_TRIGGERED
        trigger = order.trigger_price if trigger_price is None else trigger_price
        if manner is not None and manner.trailing_offset is not None:
            trigger = reset(order, manner.trailing_offset)
        amended = replace(
            order,
            price=price,
            quantity=quantity,
            trigger_price=trigger,
            alternative=alternative or order.alternative,
        )
        amended.behave(manner or order.manner)
        if amended == order:
            return Refusal.UNCHANGED
        book = self.books[order.symbol]
        if quantity <= order.executed:
            return self.cancel(order, now_ns, EndReason.OVERFILLED)
        if self._takes_against_its_terms(amended):
            return self.cancel(order, now_ns, EndReason.POST_ONLY)
        if self._would_trigger(amended):
            return Refusal.WOULD_TRIGGER
        account = self.state.accounts[order.account]
        if refusal := account.refusal(amended, (ZERO, ZERO)):
            return refusal
        keeps_priority = order.keeps_priority(price, quantity, manner)
        if not keeps_priority:
            book.remove(order.order_id)
        self.state.amend(
            order, price, quantity, trigger, now_ns, alternative, manner, client_order_id
        )
        self._ledger.append(amended_record(order))
        self._step(Step.AMENDED, order, None, now_ns)
        if order.status is not Status.UNTRIGGERED:
            if keeps_priority:
                book.shrink(order.order_id, order.leaves)
            else:
                self._work(order, now_ns)
        self._commit(order.symbol, now_ns)
        return None

    def set_leverage(self, account: Leveraged, symbol: str, leverage: int, t: int) -> None:
        """Choose an account's leverage in a symbol, for good."""
        account.set_leverage(symbol, leverage)
        chosen = {"account": account.name, "symbol": symbol, "leverage": leverage}
        self._ledger.append({"event": "leverage", "t": t, **chosen})
        self._ledger.flush()

    def set_setting(self, account: str, name: str, value: str, t: int) -> None:
        """Choose a setting of an account that only its venue understands, for good."""
        self.state.settings[account, name] = value
        chosen = {"account": account, "name": name, "value": value}
        self._ledger.append({"event": "setting", "t": t, **chosen})
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

    def _submit(
        self, news: Sequence[NewOrder], group: Group | None, now_ns: int
    ) -> list[Order] | Refusal:
        first_id = self.state.next_order_id
        orders = [
            Order.accepted(new, first_id + number, now_ns, group) for number, new in enumerate(news)
        ]
        for order, new in zip(orders, news, strict=True):
            if refusal := self._refusal(order, new, now_ns, beside=len(orders) - 1):
                return refusal
        for order in orders:
            self.state.accept(order)
            self._ledger.append(accepted_record(order))
        for order in orders:
            self._step(Step.NEW, order, None, now_ns)
            self._note_expiry(order)
        for order in orders:
            if order.status is Status.UNTRIGGERED:
                self._wait(order, now_ns)
            elif order.is_open:
                self._work(order, now_ns)
        self._commit(orders[0].symbol, now_ns)
        return orders

    def _note_expiry(self, order: Order) -> None:
        if order.expire_ns is not None:
            heapq.heappush(self._expiries, (order.expire_ns, order.order_id))

    def _refusal(self, order: Order, new: NewOrder, now_ns: int, beside: int = 0) -> Refusal | None:
        """Why an order cannot be accepted, with so many others ``beside`` it."""
        if order.symbol in self.state.expired:
            return Refusal.DELIVERED
        orders = self.state.orders
        known = orders.by_client_id(order.account, order.client_order_id)
        if self.unique_client_ids and known is not None and known.is_open:
            return Refusal.DUPLICATE_CLIENT_ORDER_ID
        limit = self.instruments[order.symbol].max_open_orders
        if orders.open_count(order.account, order.symbol) + beside >= limit:
            return Refusal.TOO_MANY_OPEN_ORDERS
        if order.expire_ns is not None and order.expire_ns <= now_ns:
            return Refusal.ALREADY_EXPIRED
        if not new.cancel_if_takes and self._takes_against_its_terms(order):
            return Refusal.WOULD_TAKE
        if not new.trigger_at_once and self._would_trigger(order):
            return Refusal.WOULD_TRIGGER
        if new.refuse_unless_filled and not self._would_fill(order):
            return Refusal.WOULD_NOT_FILL
        return self.state.accounts[order.account].refusal(order, self._takes(order))
