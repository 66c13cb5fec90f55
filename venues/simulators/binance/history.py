"""Past orders and trades: how long each product remembers them, and pages of them.

Without a start, the latest entries are returned; with an id or a start time, the oldest from
there. Either way they are in ascending order.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from venues.simulators.bars import DAY_MS
from venues.simulators.binance.errors import ApiError
from venues.simulators.binance.params import Params
from venues.simulators.orders import Fill, Order, Status

MOST = 1000
NS_PER_MS = 1_000_000
BAD_COMBINATION = (-1128, "Combination of optional parameters invalid.")
START_AFTER_END = (-1023, "Start time is greater than end time.")


@dataclass(frozen=True, slots=True)
class Span:
    """A time that is asked about; None is open."""

    start_ms: int | None
    end_ms: int | None

    @property
    def is_open(self) -> bool:
        """Whether no time was named."""
        return self.start_ms is None and self.end_ms is None

    def holds(self, time_ms: int) -> bool:
        """Whether a time lies within, the ends included."""
        after = self.start_ms is None or self.start_ms <= time_ms
        return after and (self.end_ms is None or time_ms <= self.end_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What a product still tells of the past.

    A question may span ``window_ms``, or is refused as ``too_long``. ``is_windowed`` says that a
    question which leaves an end open is about no more than that either, the latest such time if
    it names none. Orders that ended without a trade are gone ``unfilled_ms`` after they ended, or
    after they came if ``from_creation``; all are after ``orders_ms``, trades after ``trades_ms``.
    """

    window_ms: int
    too_long: tuple[int, str]
    is_windowed: bool
    unfilled_ms: int
    from_creation: bool
    orders_ms: int | None = None
    trades_ms: int | None = None

    def span(self, params: Params, now_ms: int) -> Span:
        """The time that a request asks about; raises ApiError."""
        start, end = params.integer("startTime"), params.integer("endTime")
        if start is not None and end is not None:
            if start > end:
                raise ApiError(*START_AFTER_END)
            if end - start > self.window_ms:
                raise ApiError(*self.too_long)
        if self.is_windowed:
            if start is None:
                start = (now_ms if end is None else end) - self.window_ms
            elif end is None:
                end = start + self.window_ms
        return Span(start, end)

    def finds(self, order: Order, now_ms: int) -> bool:
        """Whether an order is still told of."""
        if order.is_open:
            return True
        created_ms, ended_ms = (ns // NS_PER_MS for ns in (order.created_ns, order.updated_ns))
        if self.orders_ms is not None and created_ms + self.orders_ms < now_ms:
            return False
        if order.status is Status.FILLED or order.executed:
            return True
        return (created_ms if self.from_creation else ended_ms) + self.unfilled_ms >= now_ms

    def fills(self, fills: Sequence[Fill], now_ms: int) -> Sequence[Fill]:
        """The trades that are still told of."""
        if self.trades_ms is None:
            return fills
        oldest_ns = (now_ms - self.trades_ms) * NS_PER_MS
        return fills[bisect_left(fills, oldest_ns, key=lambda fill: fill.time_ns) :]


SPOT_RETENTION = Retention(
    window_ms=DAY_MS,
    too_long=(-1127, "More than 24 hours between startTime and endTime."),
    is_windowed=False,
    unfilled_ms=90 * DAY_MS,
    from_creation=False,
)
FUTURES_RETENTION = Retention(
    window_ms=7 * DAY_MS,
    too_long=(-4165, "Invalid time interval."),
    is_windowed=True,
    unfilled_ms=3 * DAY_MS,
    from_creation=True,
    orders_ms=90 * DAY_MS,
    trades_ms=180 * DAY_MS,
)


def order_page(history: Sequence[Order], params: Params, span: Span) -> Sequence[Order]:
    """Orders by ``orderId`` or else by time, and ``limit``."""
    limit, first = params.limit(500, MOST), params.integer("orderId")
    if first is not None:
        begin = bisect_left(history, first, key=lambda order: order.order_id)
        return history[begin : begin + limit]
    if span.is_open:
        return history[-limit:]
    within = [order for order in history if span.holds(order.created_ns // NS_PER_MS)]
    return within[:limit] if "startTime" in params else within[-limit:]


def trade_page(fills: Sequence[Fill], params: Params, span: Span) -> Sequence[Fill]:
    """Fills by ``orderId``, and by ``fromId`` or else by time, and ``limit``."""
    limit = params.limit(500, MOST)
    first, order_id = params.integer("fromId"), params.integer("orderId")
    if first is not None:
        fills = fills[bisect_left(fills, first, key=lambda fill: fill.trade_id) :]
    elif not span.is_open:
        fills = [fill for fill in fills if span.holds(fill.time_ns // NS_PER_MS)]
    if order_id is not None:
        fills = [fill for fill in fills if fill.order_id == order_id]
    from_start = first is not None or "startTime" in params
    return fills[:limit] if from_start else fills[-limit:]


_TRADE_COMBINATIONS = (
    set[str](),
    {"orderId"},
    {"startTime"},
    {"endTime"},
    {"fromId"},
    {"startTime", "endTime"},
    {"orderId", "fromId"},
)


def check_spot_trades(params: Params) -> None:
    """Spot takes some combinations of parameters only; raises ApiError."""
    sent = {name for name in ("orderId", "startTime", "endTime", "fromId") if name in params}
    if sent not in _TRADE_COMBINATIONS:
        raise ApiError(*BAD_COMBINATION)


def check_futures_trades(params: Params) -> None:
    """An id and a time at once are too much; raises ApiError."""
    if "fromId" in params and ("startTime" in params or "endTime" in params):
        raise ApiError(*BAD_COMBINATION)
