"""The intervals of bars by the venue's names."""

from venues.simulators.bars import days, minutes, months, weeks

INTERVALS = {
    **{str(count): minutes(count) for count in (1, 3, 5, 15, 30, 60, 120, 240, 360, 720)},
    "D": days(1),
    "W": weeks(1),
    "M": months(1),
}
