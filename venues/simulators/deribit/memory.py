"""What the venue still knows of the past: finished orders for 30 minutes, trades for 24 hours.

Older ones are found only with ``historical=true``, which knows them a short while after they
happened (OpenAPI 2.1.1). All walks begin with the newest and end where memory does, so that a
question costs no more after a year than on the first day.
"""

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from venues.simulators.deribit.desk import Desk
from venues.simulators.faults import Faults
from venues.simulators.orders import Fill, Order

RECENT_ORDERS_NS = 30 * 60 * 10**9
RECENT_TRADES_NS = 24 * 3600 * 10**9
INDEXED_AFTER_NS = 60 * 10**9


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, both ends included, and which way to go through it."""

    since_ns: int
    until_ns: int
    ascending: bool


class Memory:
    """The orders and trades of an account that a question may find."""

    def __init__(self, venue: str, desk: Desk, faults: Faults) -> None:
        self._venue = venue
        self._store = desk.exchange.state.orders
        self._faults = faults

    def is_recent(self, order: Order, now_ns: int) -> bool:
        """Whether an order is open, or ended not long ago."""
        return order.is_open or order.updated_ns > self._forgotten_ns(now_ns)

    def labelled(self, account: str, label: str, now_ns: int) -> list[Order]:
        """Recent orders with a label, oldest first; most orders have none."""
        if label:
            named: Sequence[Order] = self._store.sharing_client_id(account, label)
            return [order for order in named if self.is_recent(order, now_ns)]
        recent = [*self._store.open_orders(account), *self.recently_ended(account, now_ns)]
        unnamed = [order for order in recent if not order.client_order_id]
        return sorted(unnamed, key=lambda order: order.order_id)

    def recently_ended(self, account: str, now_ns: int) -> Iterator[Order]:
        """Orders that ended not long ago, newest first."""
        limit_ns = self._forgotten_ns(now_ns)
        return takewhile(lambda o: o.updated_ns > limit_ns, self._store.latest_ended(account))

    def ended_long_ago(self, account: str, now_ns: int) -> Iterator[Order]:
        """Orders that the archive has, newest first."""
        archived_ns = now_ns - INDEXED_AFTER_NS
        return (o for o in self._store.latest_ended(account) if o.updated_ns < archived_ns)

    def fills(self, account: str, names: Sequence[str], wanted: Span) -> Iterator[Fill]:
        """Trades in some instruments within a span, newest first unless it is to be the reverse."""
        lists = [_within(self._store.fills(account, name), wanted) for name in names]
        if wanted.ascending:
            return heapq.merge(*lists, key=_age)
        return heapq.merge(*lists, key=_age, reverse=True)

    def span(
        self, now_ns: int, since_ns: int, until_ns: int, *, historical: bool, ascending: bool
    ) -> Span:
        """The part of a span that is known."""
        after_ns, before_ns = _window(now_ns, historical=historical)
        return Span(max(since_ns, after_ns + 1), min(until_ns, before_ns - 1), ascending)

    def is_known(self, fill: Fill, now_ns: int, *, historical: bool) -> bool:
        """Whether a question may find a trade."""
        after_ns, before_ns = _window(now_ns, historical=historical)
        return after_ns < fill.time_ns < before_ns

    def _forgotten_ns(self, now_ns: int) -> int:
        """Orders that ended by then are not known any more."""
        by_fault_ns = self._faults.forgotten_before_ns(self._venue, now_ns)
        return max(now_ns - RECENT_ORDERS_NS, by_fault_ns)


def _window(now_ns: int, *, historical: bool) -> tuple[int, int]:
    if historical:
        return -1, now_ns - INDEXED_AFTER_NS
    return now_ns - RECENT_TRADES_NS, 1 << 63


def _within(fills: Sequence[Fill], wanted: Span) -> Iterator[Fill]:
    first = bisect_left(fills, wanted.since_ns, key=lambda fill: fill.time_ns)
    end = bisect_right(fills, wanted.until_ns, key=lambda fill: fill.time_ns)
    places = range(first, end) if wanted.ascending else range(end - 1, first - 1, -1)
    return (fills[place] for place in places)


def _age(fill: Fill) -> tuple[int, int]:
    return fill.time_ns, fill.trade_id
