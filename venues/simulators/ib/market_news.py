"""Market data: what the exchange tells goes to the history and to all kinds of subscriptions."""

from venues.simulators.events import Print
from venues.simulators.exchange import Exchange
from venues.simulators.ib.bar_feed import BarFeed
from venues.simulators.ib.connection import Connection
from venues.simulators.ib.depth_feed import DepthFeed
from venues.simulators.ib.history import History
from venues.simulators.ib.tick_feed import TickFeed
from venues.simulators.ib.top_feed import TopFeed


class MarketNews:
    """The feeds. While it is ``silent`` nothing is pushed; requests are still answered."""

    def __init__(self, exchange: Exchange) -> None:
        self.history = History(exchange)
        self.tops = TopFeed(exchange, self.history)
        self.depths = DepthFeed(exchange)
        self.ticks = TickFeed(exchange)
        self.bars = BarFeed(self.history)
        self._silent = False

    def silence(self, *, silent: bool) -> None:
        """Stop or resume what is pushed."""
        self._silent = self.depths.silent = silent

    def forget(self, connection: Connection | None = None) -> None:
        """End the subscriptions of one connection, or all (IB lost its data)."""
        for feed in (self.tops, self.depths, self.ticks, self.bars):
            feed.forget(connection)

    def on_print(self, trade: Print) -> None:
        """A public trade."""
        self.history.on_print(trade)
        if not self._silent:
            self.tops.on_print(trade)
            self.ticks.on_print(trade)

    def on_book(self, symbol: str, now_ns: int) -> None:
        """A book changed."""
        self.history.on_book(symbol, now_ns)
        if not self._silent:
            self.tops.on_book(symbol)
            self.ticks.on_book(symbol, now_ns)
            self.depths.on_book()

    def beat(self, now_ns: int) -> None:
        """Once a second."""
        if not self._silent:
            self.bars.beat(now_ns)
