"""What the API says of bars and sessions."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from venues.simulators.ib.bar_sizes import BarSize
from venues.simulators.ib.candles import Bar
from venues.simulators.ib.history import Show
from venues.simulators.ib.hours import SECOND_NS, local_time, midnight_of, time_text
from venues.simulators.ib.wire_format import Field, Message

NO_VOLUME = -1
SECONDS = 2
"""The formatDate with which a client asks for seconds since 1970."""

type BarText = Callable[[int], str]
"""How the time of a bar is written."""


def bar_text(size: BarSize, format_date: int, zone: str) -> BarText:
    """Days without a time; else the time in the exchange's zone, or seconds."""

    def text(start_s: int) -> str:
        if not size.is_intraday:
            return f"{local_time(start_s * SECOND_NS, zone):%Y%m%d}"
        return str(start_s) if format_date == SECONDS else time_text(start_s * SECOND_NS, zone)

    return text


def historical_data(
    request_id: int, start: str, end: str, bars: Sequence[Bar], show: Show, text: BarText
) -> Message:
    """historicalData, with the bounds of what was asked for."""
    told: list[Field] = []
    for bar in bars:
        volume, average, count = _figures(bar, show)
        prices = (bar.open, bar.high, bar.low, bar.close)
        told += [text(bar.start_s), *prices, volume, average, count]
    return (17, request_id, start, end, len(bars), *told)


def bar_update(request_id: int, bar: Bar, show: Show, text: BarText) -> Message:
    """historicalDataUpdate."""
    volume, average, count = _figures(bar, show)
    prices = (bar.open, bar.close, bar.high, bar.low)
    return (90, request_id, count, text(bar.start_s), *prices, average, volume)


def historical_schedule(request_id: int, days: int, end_ns: int, zone: str) -> Message:
    """historicalSchedule: the sessions of the days before a moment. They are open all day."""
    last = midnight_of(local_time(end_ns, zone))
    dates = [last - timedelta(days=ago) for ago in reversed(range(days))]
    sessions = [
        (f"{day:%Y%m%d}-00:00:00", f"{day:%Y%m%d}-23:59:00", f"{day:%Y%m%d}") for day in dates
    ]
    flat = [field for session in sessions for field in session]
    return (106, request_id, sessions[0][0], sessions[-1][1], zone, len(sessions), *flat)


def _figures(bar: Bar, show: Show) -> tuple[Field, Field, Field]:
    """Volume, average price and number of trades; bars of quotes have none."""
    if show is not Show.TRADES:
        return NO_VOLUME, NO_VOLUME, NO_VOLUME
    return bar.volume, bar.average, bar.count
