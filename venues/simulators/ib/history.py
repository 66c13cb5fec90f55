"""What happened in each contract since the process began: prints, bars, and the figures of the day.

IB shows no trades in forex: there the figures of the day are those of the middle.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from venues.simulators.events import Print
from venues.simulators.exchange import Exchange
from venues.simulators.ib.bar_sizes import BarSize
from venues.simulators.ib.candles import Bar, Candles, merged
from venues.simulators.ib.hours import SECOND_NS
from venues.simulators.ib.listings import BY_NAME, Listed
from venues.simulators.instruments import Kind
from venues.simulators.matching import ZERO, Side

FINE_S, COARSE_S = 5, 60
FINE_KEPT, COARSE_KEPT = 720, 2880  # an hour, two days
PRINTS_KEPT = 1000


class Show(StrEnum):
    """What bars can be made of."""

    TRADES = "TRADES"
    MIDPOINT = "MIDPOINT"
    BID = "BID"
    ASK = "ASK"


@dataclass(slots=True)
class Today:
    """The day of a contract so far."""

    open: Decimal
    high: Decimal
    low: Decimal
    volume: Decimal = ZERO


class _Series:
    """Bars of one kind, at two widths."""

    def __init__(self) -> None:
        self.fine, self.coarse = Candles(FINE_S, FINE_KEPT), Candles(COARSE_S, COARSE_KEPT)

    def add(self, price: Decimal, volume: Decimal, time_ns: int) -> None:
        self.fine.add(price, volume, time_ns // SECOND_NS)
        self.coarse.add(price, volume, time_ns // SECOND_NS)


@dataclass(slots=True)
class _Contract:
    prints: deque[Print] = field(default_factory=lambda: deque(maxlen=PRINTS_KEPT))
    series: dict[Show, _Series] = field(default_factory=lambda: {show: _Series() for show in Show})
    today: Today | None = None


def shows_trades(listed: Listed) -> bool:
    """Whether IB tells the trades of a contract."""
    return listed.instrument.kind is not Kind.FOREX


class History:
    """``closes`` are the prices at which the day before ended, by symbol: those of the first quotes
    until the process has seen a midnight."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._contracts = {symbol: _Contract() for symbol in exchange.instruments}
        self.closes: dict[str, Decimal] = {}

    def on_print(self, trade: Print) -> None:
        """A public trade."""
        contract = self._contracts[trade.symbol]
        contract.prints.append(trade)
        contract.series[Show.TRADES].add(trade.price, trade.quantity, trade.time_ns)
        if shows_trades(BY_NAME[trade.symbol]):
            _count(contract, trade.price, trade.quantity)

    def on_book(self, symbol: str, now_ns: int) -> None:
        """A book changed."""
        book = self._exchange.books[symbol]
        bid, ask = book.best(Side.BUY), book.best(Side.SELL)
        if bid is None or ask is None:
            return
        contract, middle = self._contracts[symbol], (bid[0] + ask[0]) / 2
        for show, price in ((Show.BID, bid[0]), (Show.ASK, ask[0]), (Show.MIDPOINT, middle)):
            contract.series[show].add(price, ZERO, now_ns)
        self.closes.setdefault(symbol, self._exchange.marks.get(symbol, middle))
        if not shows_trades(BY_NAME[symbol]):
            _count(contract, middle, ZERO)

    def begin_day(self) -> None:
        """Midnight: the prices of now are those at which the day before ended."""
        self.closes.update(self._exchange.marks)
        for contract in self._contracts.values():
            contract.today = None

    def today(self, listed: Listed) -> Today | None:
        """The day so far, None before the first price."""
        return self._contracts[listed.name].today

    def prints(self, listed: Listed) -> Sequence[Print]:
        """The latest public trades, oldest first."""
        return self._contracts[listed.name].prints

    def first_s(self, listed: Listed, show: Show) -> int | None:
        """When the oldest bar began, None where there is none."""
        bars = self._contracts[listed.name].series[show].coarse.bars
        return bars[0].start_s if bars else None

    def bars(
        self, listed: Listed, show: Show, size: BarSize, since_s: int, until_s: int
    ) -> list[Bar]:
        """The bars that began since a moment, and before another one."""
        series = self._contracts[listed.name].series[show]
        kept = series.fine if size.least_s < COARSE_S else series.coarse
        if size.least_s < kept.step_s:
            return []
        start_of = size.starts(listed.time_zone)
        first_s = start_of(since_s)
        chosen = [bar for bar in kept.bars if first_s <= bar.start_s < until_s]
        return merged(chosen, start_of)

    def last_price(self, listed: Listed, show: Show) -> Decimal | None:
        """The latest price of a kind."""
        bars = self._contracts[listed.name].series[show].fine.bars
        return bars[-1].close if bars else None


def _count(contract: _Contract, price: Decimal, volume: Decimal) -> None:
    if contract.today is None:
        contract.today = Today(price, price, price)
    today = contract.today
    today.high, today.low = max(today.high, price), min(today.low, price)
    today.volume += volume
