"""Top of book, trades and the day's figures, to those who asked for them (reqMktData)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from venues.simulators.events import Print
from venues.simulators.exchange import Exchange
from venues.simulators.ib.connection import Connection
from venues.simulators.ib.history import History, shows_trades
from venues.simulators.ib.listings import Listed
from venues.simulators.matching import Level, Side

BID_SIZE, BID, ASK, ASK_SIZE, LAST, LAST_SIZE = 0, 1, 2, 3, 4, 5
HIGH, LOW, VOLUME, CLOSE, OPEN, LAST_TIME, RT_VOLUME = 6, 7, 8, 9, 14, 45, 48
RT_VOLUME_REQUEST = "233"
BBO_EXCHANGE = "9c0001"
LIVE = 1
NOTHING: Level = (Decimal(-1), Decimal(0))


@dataclass(slots=True, kw_only=True, eq=False)
class TopWatch:
    """One reqMktData. What the client knows is in ``levels``, by tick type, and in ``figures``."""

    connection: Connection
    request_id: int
    listed: Listed
    trades: bool
    levels: dict[int, Level] = field(default_factory=dict)
    figures: dict[int, Decimal] = field(default_factory=dict)


class TopFeed:
    """All subscriptions to quotes."""

    def __init__(self, exchange: Exchange, history: History) -> None:
        self._exchange = exchange
        self._history = history
        self._watches: dict[tuple[Connection, int], TopWatch] = {}

    def watch(self, watch: TopWatch, *, snapshot: bool) -> None:
        """Answer a reqMktData; one that is no snapshot is kept."""
        tick = watch.listed.instrument.tick
        watch.connection.send((81, watch.request_id, tick, BBO_EXCHANGE, 3))
        watch.connection.send((58, 1, watch.request_id, LIVE))
        self._tell_top(watch)
        prints = self._history.prints(watch.listed)
        if prints and shows_trades(watch.listed):
            self._tell_last(watch, prints[-1])
        self._tell_figures(watch)
        if snapshot:
            watch.connection.send((57, 1, watch.request_id))
        else:
            self._watches[watch.connection, watch.request_id] = watch

    def unwatch(self, connection: Connection, request_id: int) -> bool:
        """End a subscription; False where there is none."""
        return self._watches.pop((connection, request_id), None) is not None

    def forget(self, connection: Connection | None) -> None:
        """End the subscriptions of one connection, or all."""
        for key in [key for key in self._watches if connection in (None, key[0])]:
            del self._watches[key]

    def on_print(self, trade: Print) -> None:
        """A public trade; IB shows none in forex."""
        for watch in self._of(trade.symbol):
            if shows_trades(watch.listed):
                self._tell_last(watch, trade)
                self._tell_figures(watch)

    def on_book(self, symbol: str) -> None:
        """A book changed."""
        for watch in self._of(symbol):
            self._tell_top(watch)
            self._tell_figures(watch)

    def _of(self, symbol: str) -> list[TopWatch]:
        return [watch for watch in self._watches.values() if watch.listed.name == symbol]

    def _tell_top(self, watch: TopWatch) -> None:
        """What changed of both sides: a new price with its size, or the size alone."""
        book, send = self._exchange.books[watch.listed.name], watch.connection.send
        for side, price_tick, size_tick in ((Side.BUY, BID, BID_SIZE), (Side.SELL, ASK, ASK_SIZE)):
            level = book.best(side) or NOTHING
            told = watch.levels.get(price_tick)
            if told == level:
                continue
            watch.levels[price_tick] = level
            price, size = level
            if told is None or told[0] != price:
                send((1, 6, watch.request_id, price_tick, price, size, 0))
            send((2, 6, watch.request_id, size_tick, size))

    def _tell_last(self, watch: TopWatch, last: Print) -> None:
        request_id, send = watch.request_id, watch.connection.send
        send((1, 6, request_id, LAST, last.price, last.quantity, 0))
        send((2, 6, request_id, LAST_SIZE, last.quantity))
        send((46, 6, request_id, LAST_TIME, str(last.time_ns // 1_000_000_000)))
        if watch.trades:
            today = self._history.today(watch.listed)
            volume = last.quantity if today is None else today.volume
            send((46, 6, request_id, RT_VOLUME, _rt_volume(last, volume)))

    def _tell_figures(self, watch: TopWatch) -> None:
        """Open, high, low and volume of the day, and the close of the day before."""
        for kind, value in self._figures(watch.listed):
            if watch.figures.get(kind) != value:
                watch.figures[kind] = value
                if kind == VOLUME:
                    watch.connection.send((2, 6, watch.request_id, kind, value))
                else:
                    watch.connection.send((1, 6, watch.request_id, kind, value, 0, 0))

    def _figures(self, listed: Listed) -> Sequence[tuple[int, Decimal]]:
        close, today = self._history.closes.get(listed.name), self._history.today(listed)
        figures = [] if close is None else [(CLOSE, close)]
        if today is not None:
            figures += [(HIGH, today.high), (LOW, today.low)]
            if shows_trades(listed):
                figures += [(OPEN, today.open), (VOLUME, today.volume)]
        return figures


def _rt_volume(last: Print, day_volume: Decimal) -> str:
    """Price, size, time in ms, volume of the day, average price, single trade."""
    price, size, volume = (f"{n.normalize():f}" for n in (last.price, last.quantity, day_volume))
    return f"{price};{size};{last.time_ns // 1_000_000};{volume};{price};true"
