"""Requests that TWS answers in a word, or not at all."""

from venues.simulators.ib.answering import Answer, Handlers, silently
from venues.simulators.ib.connection import Connection
from venues.simulators.ib.messages import CURRENT_TIME
from venues.simulators.ib.wire_format import Fields

_NO_SCANNERS = "<ScanParameterResponse></ScanParameterResponse>"
_WITHOUT_ANSWER = (
    12, 13,  # bulletins: there are none
    14,  # log level of the server
    15,  # binding of orders from the window: there is no window
    23, 53, 56, 57, 89, 101, 103,  # ends of what was refused
    59,  # kind of market data: all of it is live
    69, 70,  # display groups: there are none
)  # fmt: skip


def small_requests() -> Handlers:
    """Handlers by message."""
    return {
        CURRENT_TIME: _current_time,
        24: _scanner_parameters,
        67: _display_groups,
        79: _soft_dollar_tiers,
        85: _news_providers,
        104: _user_info,
    } | dict.fromkeys(_WITHOUT_ANSWER, silently)


def _current_time(client: Connection, fields: Fields, now_ns: int) -> Answer:
    yield (49, 1, now_ns // 1_000_000_000)


def _scanner_parameters(client: Connection, fields: Fields, now_ns: int) -> Answer:
    yield (19, 1, _NO_SCANNERS)


def _display_groups(client: Connection, fields: Fields, now_ns: int) -> Answer:
    fields.skip(1)
    yield (67, 1, fields.integer(), "")


def _soft_dollar_tiers(client: Connection, fields: Fields, now_ns: int) -> Answer:
    yield (77, fields.integer(), 0)


def _news_providers(client: Connection, fields: Fields, now_ns: int) -> Answer:
    yield (85, 0)


def _user_info(client: Connection, fields: Fields, now_ns: int) -> Answer:
    yield (107, fields.integer(), "")
