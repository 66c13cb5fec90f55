"""The intervals of bars by the venue's names. Without ``utc`` the longer ones begin by the clock of
Hong Kong, eight hours ahead."""

from venues.simulators.bars import HOUR_MS, days, hours, minutes, months, seconds, weeks

HONG_KONG_MS = 8 * HOUR_MS

_SHORT = {
    "1s": seconds(1),
    **{f"{count}m": minutes(count) for count in (1, 3, 5, 15, 30)},
    **{f"{count}H": hours(count) for count in (1, 2, 4)},
}
_LONG = {
    **{f"{count}H": hours(count) for count in (6, 12)},
    **{f"{count}D": days(count) for count in (1, 2, 3, 5)},
    "1W": weeks(1),
    "1M": months(1),
    "3M": months(3),
}

INTERVALS = {
    **_SHORT,
    **{name: interval.ahead(HONG_KONG_MS) for name, interval in _LONG.items()},
    **{f"{name}utc": interval for name, interval in _LONG.items()},
}
