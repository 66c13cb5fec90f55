"""Pages of past orders and fills: newest first, by id (``after`` is older, ``before`` newer)."""

from collections.abc import Callable, Iterable
from itertools import islice, takewhile

from venues.simulators.okx.params import Params

MS = 1_000_000
HOUR_NS = 3_600_000_000_000
DAY_NS = 24 * HOUR_NS

# What the venue keeps: the docs of orders-history, orders-history-archive, fills, fills-history.
UNFILLED_KEPT_NS = 2 * HOUR_NS
ORDERS_KEPT_NS = 7 * DAY_NS
ARCHIVE_KEPT_NS = 90 * DAY_NS
FILLS_KEPT_NS = 3 * DAY_NS


def page[Row](
    newest_first: Iterable[Row],
    params: Params,
    id_of: Callable[[Row], int],
    time_of: Callable[[Row], int],
) -> list[Row]:
    """The rows that a request asks for. ``begin`` and ``end`` are milliseconds, both included.

    Rows are read only as far as the page goes. With ``before`` alone the page is the newest too,
    as on the venue: who pages forwards must use ``after``.
    """
    after, before = params.integer("after"), params.integer("before")
    begin, end = params.integer("begin"), params.integer("end")
    recent = takewhile(
        lambda row: (
            (before is None or id_of(row) > before)
            and (begin is None or time_of(row) // MS >= begin)
        ),
        newest_first,
    )
    wanted = (
        row
        for row in recent
        if (after is None or id_of(row) < after) and (end is None or time_of(row) // MS <= end)
    )
    return list(islice(wanted, params.limit()))
