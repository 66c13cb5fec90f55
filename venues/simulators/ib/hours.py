"""Sessions of the simulated exchanges, and IB's ways of writing times.

Paper trading happens at any hour, so the simulated market is open round the clock, and its contract
details say so. A test closes and opens it.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from venues.simulators.ib.listings import EASTERN

SECOND_NS = 1_000_000_000
_DAYS = 6
_FORMATS = ("%Y%m%d %H:%M:%S", "%Y%m%d-%H:%M:%S")


def sessions(zone: str, now_ns: int, *, is_open: bool) -> str:
    """The sessions of the next days as contract details give them: all day, or closed."""
    today = local_time(now_ns, zone).date()
    days = [today + timedelta(days=offset) for offset in range(_DAYS)]
    return ";".join(_session(day) if is_open else f"{day:%Y%m%d}:CLOSED" for day in days)


def _session(day: date) -> str:
    return f"{day:%Y%m%d}:0000-{day:%Y%m%d}:2359"


def local_time(now_ns: int, zone: str = EASTERN) -> datetime:
    """A moment in a time zone."""
    return datetime.fromtimestamp(now_ns / 1e9, ZoneInfo(zone))


def time_text(now_ns: int, zone: str = EASTERN) -> str:
    """As executions carry it, e.g. ``20261124 10:30:00 US/Eastern``."""
    return f"{local_time(now_ns, zone):%Y%m%d %H:%M:%S} {zone}"


def midnight_of(moment: datetime) -> datetime:
    """The midnight before a moment, in its time zone."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)


def start_of_day_ns(now_ns: int, zone: str) -> int:
    """The midnight before a moment."""
    return _ns(midnight_of(local_time(now_ns, zone)))


def end_of_day_ns(now_ns: int, zone: str) -> int:
    """When a DAY order of now ends: midnight of the exchange."""
    return _ns(midnight_of(local_time(now_ns, zone)) + timedelta(days=1))


def _ns(moment: datetime) -> int:
    return int(moment.timestamp()) * SECOND_NS


def parse_time_ns(text: str) -> int | None:
    """A time that a client wrote: with a zone behind, ``20261124-15:30:00`` in UTC, or in the
    zone of the login (US/Eastern) when it names none; None if it is no time."""
    moment, _, zone_name = text.strip().partition(" ")
    clock, _, zone_name = zone_name.strip().partition(" ")
    if clock:
        moment, zone_name = f"{moment} {clock}", zone_name.strip() or EASTERN
    for known in _FORMATS:
        try:
            read = datetime.strptime(moment, known)  # noqa: DTZ007 - the zone stands behind
            zone = UTC if not zone_name else ZoneInfo(zone_name)
        except (ValueError, ZoneInfoNotFoundError):
            continue
        return _ns(read.replace(tzinfo=zone))
    return None
