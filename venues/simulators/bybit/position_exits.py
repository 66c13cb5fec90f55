"""The conditional orders by which the venue itself closes positions.

They are orders of the exchange like any other, so they are in the ledger and survive a restart.
Those of the whole position follow its size; all end when it is closed. Of a pair for a part of the
position, the other one ends when one triggers.
Source: https://bybit-exchange.github.io/docs/v5/position/trading-stop
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from venues.simulators.bybit.exits import PARTIAL, TRAILING_STOP, Exit, Exits
from venues.simulators.exchange import Exchange
from venues.simulators.matching import Side
from venues.simulators.orders import EndReason, NewOrder, Order, OrderType, Status
from venues.simulators.unified_account import UnifiedAccount

KIND, PAIR, PARENT = "exit", "pair", "parent"
"""What these orders keep: their kind, what binds two of them, and the order that brought them."""


class PositionExits:
    """Take-profits, stop-losses and trailing stops of all positions."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def of(self, account: str, symbol: str) -> list[Order]:
        """Those that wait, oldest first."""
        orders = self._exchange.state.orders.open_orders(account, symbol)
        return [o for o in orders if KIND in o.venue_terms and o.status is Status.UNTRIGGERED]

    def whole(self, account: str, symbol: str, kind: str) -> Order | None:
        """The one of a kind that is for the whole position."""
        for order in self.of(account, symbol):
            if order.venue_terms[KIND] == kind:
                return order
        return None

    def side_of(self, account: str, symbol: str) -> Side | None:
        """The side of a position, None for a flat one."""
        amount = self._amount(account, symbol)
        return (Side.BUY if amount > 0 else Side.SELL) if amount else None

    def attach(self, order: Order, exits: Exits, quantity: Decimal, now_ns: int) -> None:
        """An order that brought exits has filled: its position gets them."""
        if self.side_of(order.account, order.symbol) is not order.side:
            return  # it closed a position of the other side
        parent = order.client_order_id
        if exits.mode == PARTIAL:
            sized = [(one, quantity) for one in exits.each]
            self.add_pair(order.account, order.symbol, sized, now_ns, parent)
            return
        for one in exits.each:
            self.set_whole(order.account, order.symbol, one, now_ns, parent)

    def set_whole(
        self, account: str, symbol: str, one: Exit, now_ns: int, parent: str = ""
    ) -> bool:
        """Set or replace a take-profit or stop-loss of the whole position; False if it is so."""
        held = self.whole(account, symbol, one.kind)
        if held is not None and (held.trigger_price, held.trigger_by) == (one.trigger, one.by):
            return False
        self.clear_whole(account, symbol, one.kind, now_ns)
        terms = {KIND: one.kind} | ({PARENT: parent} if parent else {})
        size = abs(self._amount(account, symbol))
        self._submit(account, symbol, size, terms, now_ns, **_waiting(one))
        return True

    def set_trail(
        self, account: str, symbol: str, distance: Decimal, active: Decimal | None, now_ns: int
    ) -> bool:
        """Set or replace the stop that follows the price of a position; False if it is so."""
        held = self.whole(account, symbol, TRAILING_STOP)
        if held is not None and (held.trailing_offset, held.activation_price) == (distance, active):
            return False
        self.clear_whole(account, symbol, TRAILING_STOP, now_ns)
        self._submit(
            account,
            symbol,
            abs(self._amount(account, symbol)),
            {KIND: TRAILING_STOP},
            now_ns,
            type=OrderType.TRAILING_STOP_MARKET,
            trailing_offset=distance,
            activation_price=active,
        )
        return True

    def clear_whole(self, account: str, symbol: str, kind: str, now_ns: int) -> bool:
        """Take one of the whole position back; False if there is none."""
        held = self.whole(account, symbol, kind)
        if held is None:
            return False
        self._exchange.cancel(held, now_ns)
        return True

    def add_pair(
        self,
        account: str,
        symbol: str,
        sized: Iterable[tuple[Exit, Decimal]],
        now_ns: int,
        parent: str = "",
    ) -> None:
        """Add exits for a part of the position, bound to each other."""
        bound = {PAIR: str(self._exchange.state.next_order_id)}
        bound |= {PARENT: parent} if parent else {}
        for one, quantity in sized:
            terms = {KIND: f"{PARTIAL}{one.kind}", **bound}
            self._submit(account, symbol, quantity, terms, now_ns, **_waiting(one))

    def triggered(self, order: Order, now_ns: int) -> None:
        """One of a pair works: the other ends."""
        pair = order.venue_terms.get(PAIR)
        for other in self.of(order.account, order.symbol):
            if pair is not None and other.venue_terms.get(PAIR) == pair:
                self._exchange.cancel(other, now_ns, EndReason.NOTHING_TO_REDUCE)

    def follow(self, account: str, symbol: str, now_ns: int) -> None:
        """A position may have changed: its exits end with it, or take its size."""
        side, size = self.side_of(account, symbol), abs(self._amount(account, symbol))
        for order in self.of(account, symbol):
            if side is None or order.side is side:
                self._exchange.cancel(order, now_ns, EndReason.NOTHING_TO_REDUCE)
            elif PAIR not in order.venue_terms and order.quantity != size:
                self._exchange.amend(order, order.price, size, now_ns)

    def _submit(
        self,
        account: str,
        symbol: str,
        size: Decimal,
        terms: dict[str, str],
        now_ns: int,
        **condition: Any,
    ) -> None:
        """Nobody hears of a refusal, which comes only when there are too many orders already."""
        side = self.side_of(account, symbol)
        assert side is not None, "there is a position to close"
        new = NewOrder(
            account=account,
            client_order_id=self._exchange.generated_client_id(),
            symbol=symbol,
            side=side.opposite,
            quantity=size,
            reduce_only=True,
            trigger_at_once=True,
            venue_terms=terms,
            **condition,
        )
        self._exchange.submit(new, now_ns)

    def _amount(self, account: str, symbol: str) -> Decimal:
        held = self._exchange.state.accounts[account]
        assert isinstance(held, UnifiedAccount)
        return held.position(symbol).amount


def _waiting(one: Exit) -> dict[str, Any]:
    return {
        "type": one.type,
        "trigger_price": one.trigger,
        "trigger_by": one.by,
        "price": one.limit,
    }
