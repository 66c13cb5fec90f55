"""Public channels: pushing them when a book or tape moves, or when their second is over."""

from collections.abc import Mapping
from typing import Any

from venues.simulators.events import Print
from venues.simulators.exchange import Exchange
from venues.simulators.faults import Faults
from venues.simulators.instruments import Kind
from venues.simulators.okx import market_rows as rows
from venues.simulators.okx.book_streams import BOOK_CHANNELS, BookStreams
from venues.simulators.okx.candle_streams import CANDLE_CHANNELS, CandleStreams
from venues.simulators.okx.instruments import INSTRUMENTS, instrument_row, of_type
from venues.simulators.okx.order_reading import limits_of
from venues.simulators.okx.public_api import PublicApi
from venues.simulators.okx.subscribers import Subscribers, message, named
from venues.simulators.outbox import Outbox

BEAT_CHANNELS = frozenset(
    {"tickers", "mark-price", "index-tickers", "funding-rate", "price-limit", "open-interest"}
)
# Nothing happens on the last two: no upgrade is planned, nobody is liquidated.
PUBLIC_CHANNELS = BOOK_CHANNELS | BEAT_CHANNELS | {"trades", "instruments"}
PUBLIC_CHANNELS |= {"status", "liquidation-orders"}
TIERED_CHANNELS = frozenset({"books-l2-tbt", "books50-l2-tbt"})
BUSINESS_CHANNELS = CANDLE_CHANNELS | {"trades-all"}


class MarketStreams:
    """Subscriptions of all market sockets, by channel and instrument."""

    def __init__(self, name: str, exchange: Exchange, public: PublicApi, faults: Faults) -> None:
        self._exchange = exchange
        self._public = public
        self._subscribers = Subscribers()
        self._books = BookStreams(name, exchange, faults, self._subscribers)
        self._candles = CandleStreams(exchange, self._subscribers)

    @property
    def silent(self) -> bool:
        """Whether nobody is sent anything."""
        return self._subscribers.silent

    @silent.setter
    def silent(self, silent: bool) -> None:
        self._subscribers.silent = silent

    def subscribe(self, outbox: Outbox, arg: Mapping[str, str], now_ns: int) -> None:
        """Begin to send a channel to a socket, with what it begins with."""
        channel, name = arg["channel"], named(arg)
        now_ms = now_ns // 1_000_000
        if channel in BOOK_CHANNELS:
            self._books.begin(outbox, channel, name, now_ms)
            return
        self._subscribers.add(outbox, channel, name)
        if self._subscribers.silent:
            return
        if channel == "instruments":
            listed = [instrument_row(instrument) for instrument in of_type(name)]
            outbox.send(message(arg, listed))
        for row in self._beat_rows(channel, name, now_ms):
            outbox.send(message({"channel": channel, "instId": name}, [row]))

    def unsubscribe(self, outbox: Outbox, arg: Mapping[str, str]) -> None:
        """Send a channel no more."""
        self._subscribers.remove(outbox, arg["channel"], named(arg))

    def discard(self, outbox: Outbox) -> None:
        """Forget a socket."""
        self._subscribers.discard(outbox)

    def on_print(self, trade: Print) -> None:
        """Push a trade to who listens to trades and bars."""
        row = rows.trade_row(trade)
        for channel in ("trades", "trades-all"):
            self._subscribers.send(channel, trade.symbol, [row])
        self._candles.on_print(trade.symbol, trade.time_ns // 1_000_000)

    def on_book(self, symbol: str, now_ns: int) -> None:
        """Push a changed book."""
        self._books.on_book(symbol, now_ns // 1_000_000)

    def beat(self, now_ns: int) -> None:
        """Push what is published once a second."""
        now_ms = now_ns // 1_000_000
        self._candles.beat(now_ms)
        for symbol in INSTRUMENTS:
            self._books.push_top(symbol, now_ms)
            for channel in BEAT_CHANNELS:
                if self._subscribers.wanting(channel, symbol):
                    for row in self._beat_rows(channel, symbol, now_ms):
                        self._subscribers.send(channel, symbol, [row])

    def _beat_rows(self, channel: str, symbol: str, now_ms: int) -> list[Any]:
        instrument = INSTRUMENTS.get(symbol)
        if instrument is None or symbol not in self._exchange.marks:
            return []
        mark, spot = self._exchange.marks[symbol], instrument.kind is Kind.SPOT
        match channel:
            case "tickers":
                book, tape = self._exchange.books[symbol], self._exchange.tapes[symbol]
                return [rows.ticker_row(instrument, book, tape, mark, now_ms)]
            case "mark-price":
                return [rows.mark_row(instrument, mark, now_ms)]
            case "index-tickers" if spot:
                return [rows.index_row(symbol, self._exchange.indices[symbol], now_ms)]
            case "funding-rate" if not spot:
                return [rows.funding_row(instrument, now_ms)]
            case "open-interest" if not spot:
                held = self._public.held(instrument)
                return [rows.open_interest_row(instrument, *held, now_ms)]
            case "price-limit":
                row = rows.limit_row(instrument, *limits_of(instrument, mark), now_ms)
                return [{name: value for name, value in row.items() if name != "instType"}]
        return []
