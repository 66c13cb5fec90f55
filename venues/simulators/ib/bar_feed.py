"""Bars that go on: of five seconds (reqRealTimeBars), and history that is kept up to date."""

from dataclasses import dataclass, replace

from venues.simulators.ib.bar_sizes import BarSize
from venues.simulators.ib.candles import Bar
from venues.simulators.ib.connection import Connection
from venues.simulators.ib.history import FINE_S, History, Show
from venues.simulators.ib.history_messages import BarText, bar_update
from venues.simulators.ib.hours import SECOND_NS
from venues.simulators.ib.listings import Listed
from venues.simulators.matching import ZERO

FIVE_SECONDS = BarSize("5 secs")


@dataclass(slots=True, kw_only=True, eq=False)
class FiveSecondWatch:
    """One reqRealTimeBars; bars until ``told_until_s`` were told."""

    listed: Listed
    show: Show
    told_until_s: int


@dataclass(slots=True, kw_only=True, eq=False)
class HistoryWatch:
    """One history that is kept up to date; ``told`` is the last bar that the client has."""

    listed: Listed
    show: Show
    size: BarSize
    text: BarText
    told: Bar | None


class BarFeed:
    """All subscriptions to bars."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._five_seconds: dict[tuple[Connection, int], FiveSecondWatch] = {}
        self._histories: dict[tuple[Connection, int], HistoryWatch] = {}

    def watch_five_seconds(
        self, connection: Connection, request_id: int, listed: Listed, show: Show, now_ns: int
    ) -> None:
        """Tell a bar every five seconds, traded or not, beginning with the one of now."""
        now_s = now_ns // SECOND_NS // FINE_S * FINE_S
        watch = FiveSecondWatch(listed=listed, show=show, told_until_s=now_s)
        self._five_seconds[connection, request_id] = watch

    def keep_up_to_date(self, connection: Connection, request_id: int, watch: HistoryWatch) -> None:
        """Tell the current bar as it grows."""
        self._histories[connection, request_id] = watch

    def unwatch(self, connection: Connection, request_id: int) -> None:
        """End a subscription of either kind."""
        self._five_seconds.pop((connection, request_id), None)
        self._histories.pop((connection, request_id), None)

    def forget(self, connection: Connection | None) -> None:
        """End the subscriptions of one connection, or all."""
        for watches in (self._five_seconds, self._histories):
            for key in [key for key in watches if connection in (None, key[0])]:
                del watches[key]

    def beat(self, now_ns: int) -> None:
        """Once a second."""
        for (connection, request_id), five in self._five_seconds.items():
            self._tell_five_seconds(connection, request_id, five, now_ns // SECOND_NS)
        for (connection, request_id), watch in self._histories.items():
            self._tell_growth(connection, request_id, watch, now_ns // SECOND_NS)

    def _tell_five_seconds(
        self, connection: Connection, request_id: int, watch: FiveSecondWatch, now_s: int
    ) -> None:
        until_s = now_s // FINE_S * FINE_S
        if until_s <= watch.told_until_s:
            return
        bars = self._history.bars(
            watch.listed, watch.show, FIVE_SECONDS, watch.told_until_s, until_s
        )
        known = {bar.start_s: bar for bar in bars}
        last = self._history.last_price(watch.listed, watch.show)
        # A process that was held up tells the latest bars only.
        for start_s in range(max(watch.told_until_s, until_s - 60), until_s, FINE_S):
            bar = known.get(start_s)
            if bar is None and last is not None:
                bar = Bar(start_s, last, last, last, last, ZERO)
            if bar is not None:
                prices = (bar.open, bar.high, bar.low, bar.close)
                figures = (bar.volume, bar.average, bar.count)
                connection.send((50, 3, request_id, start_s, *prices, *figures))
        watch.told_until_s = until_s

    def _tell_growth(
        self, connection: Connection, request_id: int, watch: HistoryWatch, now_s: int
    ) -> None:
        since_s = now_s - watch.size.least_s if watch.told is None else watch.told.start_s
        for bar in self._history.bars(watch.listed, watch.show, watch.size, since_s, now_s + 1):
            if bar != watch.told:
                watch.told = replace(bar)
                connection.send(bar_update(request_id, bar, watch.show, watch.text))
