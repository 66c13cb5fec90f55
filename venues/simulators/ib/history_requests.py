"""What clients may ask about the past: what the process has seen since it began."""

from dataclasses import dataclass, replace

from venues.simulators.ib import errors
from venues.simulators.ib.answering import Answer, Handlers, one_listed, silently
from venues.simulators.ib.bar_feed import HistoryWatch
from venues.simulators.ib.bar_sizes import DAY_S, BarSize, duration_s
from venues.simulators.ib.connection import Connection
from venues.simulators.ib.history import Show, shows_trades
from venues.simulators.ib.history_messages import (
    SECONDS,
    bar_text,
    historical_data,
    historical_schedule,
)
from venues.simulators.ib.hours import SECOND_NS, local_time, parse_time_ns, time_text
from venues.simulators.ib.listings import Listed
from venues.simulators.ib.market_news import MarketNews
from venues.simulators.ib.tick_feed import past_trades
from venues.simulators.ib.tickets import read_contract
from venues.simulators.ib.wire_format import Fields

SCHEDULE = "SCHEDULE"
MOST_DAYS, MOST_TICKS = 365, 1000
_ALSO_TRADES = "ADJUSTED_LAST"  # nothing is ever split here
_NOT_SIMULATED = frozenset(
    {
        "AGGTRADES",
        "BID_ASK",
        "FEE_RATE",
        "HISTORICAL_VOLATILITY",
        "OPTION_IMPLIED_VOLATILITY",
        "YIELD_ASK",
        "YIELD_BID",
        "YIELD_BID_ASK",
        "YIELD_LAST",
    }
)


@dataclass(frozen=True, slots=True)
class HistoryRequests:
    """Bars, ticks, sessions."""

    market: MarketNews

    def handlers(self) -> Handlers:
        """Handlers by message."""
        return {
            20: self.bars,
            25: self.cancel_bars,
            87: self.head_timestamp,
            90: silently,
            96: self.ticks,
        }

    def bars(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """Bars until a moment, for so long; kept up to date, if wanted."""
        request_id = fields.integer()
        listed = one_listed(read_contract(fields))
        fields.skip(1)  # includeExpired
        end_text, size, length_s = fields.text(), BarSize(fields.text()), duration_s(fields.text())
        fields.skip(1)  # useRTH: all hours are regular ones
        asked, format_date, keep = fields.text(), fields.integer(), fields.flag()
        end_ns = _end_ns(end_text, now_ns)
        if asked == SCHEDULE:
            days = min(max(length_s // DAY_S, 1), MOST_DAYS)
            return (historical_schedule(request_id, days, end_ns, listed.time_zone),)
        show = _show(asked, listed)
        end_s = end_ns // SECOND_NS + (not end_text)  # the bar of now is one of them
        bars = self.market.history.bars(listed, show, size, end_s - length_s, end_s)
        if not bars:
            raise _no_data(listed, asked)
        text = bar_text(size, format_date, listed.time_zone)
        if keep:
            told = replace(bars[-1])
            watch = HistoryWatch(listed=listed, show=show, size=size, text=text, told=told)
            self.market.bars.keep_up_to_date(client, request_id, watch)
        start = time_text(end_ns - length_s * SECOND_NS, listed.time_zone)
        end = time_text(end_ns, listed.time_zone)
        return (historical_data(request_id, start, end, bars, show, text),)

    def cancel_bars(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """Not to be kept up to date any more."""
        fields.skip(1)
        self.market.bars.unwatch(client, fields.integer())
        return ()

    def head_timestamp(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """When the history begins."""
        request_id = fields.integer()
        listed = one_listed(read_contract(fields))
        fields.skip(2)  # includeExpired, useRTH
        asked, format_date = fields.text(), fields.integer()
        first_s = self.market.history.first_s(listed, _show(asked, listed))
        if first_s is None:
            raise _no_data(listed, asked)
        in_utc = f"{local_time(first_s * SECOND_NS, 'UTC'):%Y%m%d-%H:%M:%S}"
        yield (88, request_id, str(first_s) if format_date == SECONDS else in_utc)

    def ticks(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """Trades of before, from a moment on or until one; quotes are not kept."""
        request_id = fields.integer()
        listed = one_listed(read_contract(fields))
        fields.skip(1)  # includeExpired
        start, end, count = fields.text(), fields.text(), min(fields.integer(), MOST_TICKS)
        asked = fields.text()
        if asked != Show.TRADES or not shows_trades(listed) or count <= 0:
            raise _no_data(listed, asked)
        trades = list(self.market.history.prints(listed))
        if start:
            since_ns = _end_ns(start, now_ns)
            trades = [trade for trade in trades if trade.time_ns >= since_ns][:count]
        else:
            until_ns = _end_ns(end, now_ns)
            trades = [trade for trade in trades if trade.time_ns <= until_ns][-count:]
        yield past_trades(trades, listed.primary or listed.exchange, request_id)


def _end_ns(text: str, now_ns: int) -> int:
    """A moment that a client wrote; now where it wrote none."""
    if not text:
        return now_ns
    moment_ns = parse_time_ns(text)
    if moment_ns is None:
        raise errors.bad_end_time()
    return moment_ns


def _show(asked: str, listed: Listed) -> Show:
    """What bars are to be made of. Raises ApiError."""
    if asked in _NOT_SIMULATED:
        raise _no_data(listed, asked)
    name = Show.TRADES if asked == _ALSO_TRADES else asked
    if name not in list(Show):
        raise errors.invalid("What to show field is missing or incorrect.")
    if name == Show.TRADES and not shows_trades(listed):
        raise _no_data(listed, asked)
    return Show(name)


def _no_data(listed: Listed, asked: str) -> errors.ApiError:
    name = f"{listed.local_symbol}@{listed.exchange} {asked.capitalize()}"
    return errors.history_failed(f"HMDS query returned no data: {name}")
