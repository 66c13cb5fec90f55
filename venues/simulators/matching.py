"""Price-time priority matching on exact decimals: one order book per instrument.

Pure and deterministic: no clock, no I/O, no ids of its own. Orders of every account and the
market maker's quotes share one book, so each of them is liquidity for all the others.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from venues.simulators.book_orders import ZERO, BookOrder, Level, SelfTrade, Side, TimeInForce

__all__ = [
    "ZERO",
    "BookOrder",
    "Cap",
    "Level",
    "Match",
    "OrderBook",
    "SelfMatch",
    "SelfTrade",
    "Side",
    "TimeInForce",
    "uncapped",
]


@dataclass(frozen=True, slots=True)
class Match:
    """One trade: the resting order gives its price, the incoming one is the taker."""

    maker: BookOrder
    price: Decimal
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class SelfMatch:
    """A trade that did not happen, because both orders have one owner and the taker's rule."""

    maker: BookOrder
    rule: SelfTrade


type Cap = Callable[[BookOrder], Decimal]
"""The most that a reduce-only order may trade now."""


def uncapped(order: BookOrder) -> Decimal:
    """Let an order trade all of its remainder."""
    return order.leaves


class _Ladder:
    """One side of the book. Keys ascend towards the best price, so the best is always last."""

    def __init__(self, side: Side) -> None:
        self._sign = 1 if side is Side.BUY else -1
        self._keys: list[Decimal] = []
        self._levels: dict[Decimal, dict[int, BookOrder]] = {}

    def add(self, order: BookOrder) -> None:
        assert order.price is not None
        key = order.price * self._sign
        queue = self._levels.get(key)
        if queue is None:
            queue = self._levels[key] = {}
            insort(self._keys, key)
        queue[order.order_id] = order

    def remove(self, order: BookOrder) -> None:
        assert order.price is not None
        key = order.price * self._sign
        queue = self._levels[key]
        del queue[order.order_id]
        if not queue:
            del self._levels[key]
            del self._keys[bisect_left(self._keys, key)]

    def requeue(self, order: BookOrder) -> None:
        """Move an order to the end of its level."""
        assert order.price is not None
        queue = self._levels[order.price * self._sign]
        queue[order.order_id] = queue.pop(order.order_id)

    def front(self) -> BookOrder | None:
        """The oldest order at the best price."""
        if not self._keys:
            return None
        return next(iter(self._levels[self._keys[-1]].values()))

    def queues(self) -> Iterator[tuple[Decimal, dict[int, BookOrder]]]:
        """Price levels from the best to the worst."""
        for key in reversed(self._keys):
            yield key * self._sign, self._levels[key]


class OrderBook:
    """Resting orders of one instrument, and the rules by which incoming ones trade.

    ``update_id`` grows with every change, for feeds that number their updates.
    """

    def __init__(self) -> None:
        self._ladders = {side: _Ladder(side) for side in Side}
        self._orders: dict[int, BookOrder] = {}
        self._reductions: dict[int, BookOrder] = {}
        self.update_id = 0

    def __contains__(self, order_id: int) -> bool:
        return order_id in self._orders

    def __iter__(self) -> Iterator[BookOrder]:
        return iter(self._orders.values())

    def reductions(self, owner: str) -> list[BookOrder]:
        """Resting reduce-only orders of one owner."""
        return [order for order in self._reductions.values() if order.owner == owner]

    def best(self, side: Side) -> Level | None:
        """Price and total quantity at the top of one side."""
        for price, queue in self._ladders[side].queues():
            return price, _total(queue)
        return None

    def levels(self, side: Side, depth: int) -> list[Level]:
        """Up to ``depth`` price levels of one side, best first."""
        levels: list[Level] = []
        for price, queue in self._ladders[side].queues():
            if len(levels) == depth:
                break
            levels.append((price, _total(queue)))
        return levels

    def would_take(self, side: Side, price: Decimal) -> bool:
        """Whether an order at ``price`` would trade at once (what a post-only order must not)."""
        best = self._ladders[side.opposite].front()
        return best is not None and _acceptable(side, price, best)

    def takeable(self, order: BookOrder) -> Level:
        """Notional and quantity that an order would trade now, without trading it.

        Resting reduce-only orders are left out: how much they may trade depends on positions, and
        a fill-or-kill order must not start unless it can finish.
        """
        notional, taken = ZERO, ZERO
        for price, queue in self._ladders[order.side.opposite].queues():
            if order.price is not None and (price - order.price) * _sign(order.side) > 0:
                break
            for maker in queue.values():
                if order.meets_itself_in(maker):
                    if order.self_trade.ends_taker:
                        return notional, taken
                    continue
                if maker.reduce_only:
                    continue
                share = min(order.leaves - taken, maker.leaves)
                notional += share * price
                taken += share
                if taken == order.leaves:
                    return notional, taken
        return notional, taken

    def execute(self, order: BookOrder, cap: Cap = uncapped) -> Iterator[Match | SelfMatch]:
        """Trade an incoming order, then rest its remainder if its time in force says so.

        Each match is applied to the book before it is yielded, and the next one is found after
        the caller is done with it, so that the caller may settle accounts and remove orders in
        between. So is a self match: a resting order that ends is out of the book by then, and an
        incoming one that ends never rests. The iterator must be run to its end.
        """
        if order.time_in_force is TimeInForce.FOK:
            _, available = self.takeable(order)
            if min(available, _tradable(order, cap)) < order.leaves:
                return
        opposite = self._ladders[order.side.opposite]
        traded = False
        while order.leaves > 0:
            maker = opposite.front()
            if maker is None or maker.price is None:
                break
            if order.price is not None and not _acceptable(order.side, order.price, maker):
                break
            wanted = _tradable(order, cap)
            if wanted == 0:
                break
            if order.meets_itself_in(maker):
                if order.self_trade.ends_maker:
                    self.remove(maker.order_id)
                yield SelfMatch(maker, order.self_trade)
                if order.self_trade.ends_taker:
                    return
                continue
            quantity = min(wanted, _tradable(maker, cap), maker.visible)
            assert quantity > 0, "a resting order that cannot trade must be removed by its owner"
            order.leaves -= quantity
            traded = True
            self._trade(maker, quantity)
            yield Match(maker, maker.price, quantity)
        if order.may_rest and _tradable(order, cap) > 0:
            if traded or not order.shown:
                order.show()
            self._rest(order)

    def take(self, order_id: int, quantity: Decimal) -> Match:
        """Trade with one resting order, wherever it stands; at most with what it shows."""
        order = self._orders[order_id]
        assert order.price is not None
        quantity = min(quantity, order.visible)
        self._trade(order, quantity)
        return Match(order, order.price, quantity)

    def shrink(self, order_id: int, leaves: Decimal) -> None:
        """Make a resting order smaller without losing its place."""
        order = self._orders[order_id]
        order.shown = min(order.shown, leaves)
        self._reduce(order, leaves)

    def remove(self, order_id: int) -> BookOrder | None:
        """Take an order out of the book; None if it does not rest there."""
        order = self._orders.get(order_id)
        if order is not None:
            self.update_id += 1
            self._drop(order)
        return order

    def _trade(self, maker: BookOrder, quantity: Decimal) -> None:
        """Take from a resting order. The next tip of an iceberg queues up behind its level."""
        if maker.display is not None:
            maker.shown -= quantity
        self._reduce(maker, maker.leaves - quantity)
        if maker.leaves and not maker.visible:
            maker.show()
            self._ladders[maker.side].requeue(maker)

    def _reduce(self, order: BookOrder, leaves: Decimal) -> None:
        assert ZERO <= leaves <= order.leaves
        order.leaves = leaves
        self.update_id += 1
        if leaves == 0:
            self._drop(order)

    def _rest(self, order: BookOrder) -> None:
        self.update_id += 1
        self._orders[order.order_id] = order
        if order.reduce_only:
            self._reductions[order.order_id] = order
        self._ladders[order.side].add(order)

    def _drop(self, order: BookOrder) -> None:
        del self._orders[order.order_id]
        self._reductions.pop(order.order_id, None)
        self._ladders[order.side].remove(order)


def _sign(side: Side) -> int:
    return 1 if side is Side.BUY else -1


def _acceptable(side: Side, limit: Decimal, maker: BookOrder) -> bool:
    assert maker.price is not None
    return maker.price <= limit if side is Side.BUY else maker.price >= limit


def _tradable(order: BookOrder, cap: Cap) -> Decimal:
    return cap(order) if order.reduce_only else order.leaves


def _total(queue: dict[int, BookOrder]) -> Decimal:
    return sum((order.visible for order in queue.values()), ZERO)
