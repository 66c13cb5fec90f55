"""Subscriptions to the account: told when it trades, and what else changed every three minutes.

Profit and loss is told each second, as far as it changed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from venues.simulators.ib.account_messages import PositionBook
from venues.simulators.ib.account_values import Row
from venues.simulators.ib.connection import Connection
from venues.simulators.ib.hours import SECOND_NS, local_time
from venues.simulators.ib.listings import BY_NAME, Listed
from venues.simulators.ib.wire_format import Message

REFRESH_NS = 180 * SECOND_NS

type Key = tuple[Connection, int]
"""A connection and the id of its request; zero where requests of a kind have none."""


@dataclass(slots=True, kw_only=True)
class ValueWatch:
    """One subscription to figures. ``message`` is how one of them is said, ``told`` what the client
    knows; ``at_trades``: it hears of trades at once."""

    rows: Callable[[], Iterable[Row]]
    message: Callable[[Row], Message]
    at_trades: bool
    told: dict[tuple[str, str], str] = field(default_factory=dict)

    def news(self) -> Iterator[Message]:
        """What the client does not know yet."""
        for row in self.rows():
            tag, value, currency = row
            if self.told.get((tag, currency)) != value:
                self.told[tag, currency] = value
                yield self.message(row)


@dataclass(slots=True, kw_only=True)
class ProfitWatch:
    """One subscription to profit and loss."""

    message: Callable[[], Message]
    told: Message = ()

    def news(self) -> Iterator[Message]:
        """The figures, if the client does not know them yet."""
        message = self.message()
        if message != self.told:
            self.told = message
            yield message


class AccountFeed:
    """Who is told what of the account."""

    def __init__(self, positions: PositionBook) -> None:
        self._positions = positions
        self.values: dict[Key, ValueWatch] = {}
        self.profits: dict[Key, ProfitWatch] = {}
        self.updates: set[Connection] = set()
        self.wants_positions: set[Connection] = set()
        self.wants_multi: set[Key] = set()
        self._refreshed_ns = 0

    def forget(self, connection: Connection) -> None:
        """The connection is gone."""
        self.updates.discard(connection)
        self.wants_positions.discard(connection)
        self.wants_multi = {key for key in self.wants_multi if key[0] is not connection}
        for watches in (self.values, self.profits):
            for key in [key for key in watches if key[0] is connection]:
                del watches[key]

    def on_trade(self, symbols: Iterable[str], now_ns: int) -> None:
        """Positions changed, and with them the account."""
        listed = [BY_NAME[symbol] for symbol in symbols]
        for connection in self.wants_positions:
            for one in listed:
                connection.send(self._positions.message(one))
        for connection, request_id in self.wants_multi:
            for one in listed:
                connection.send(self._positions.multi_message(request_id, one))
        for (connection, _), watch in self.values.items():
            if watch.at_trades:
                _send_all(connection, watch.news())
        self._tell_portfolio(listed, now_ns)

    def beat(self, held: Sequence[Listed], now_ns: int) -> None:
        """Once a second; ``held`` is what has traded."""
        for (connection, _), profit in self.profits.items():
            _send_all(connection, profit.news())
        if now_ns - self._refreshed_ns < REFRESH_NS:
            return
        self._refreshed_ns = now_ns
        for (connection, _), values in self.values.items():
            _send_all(connection, values.news())
        self._tell_portfolio(held, now_ns)

    def portfolio(self, held: Iterable[Listed], now_ns: int) -> Iterator[Message]:
        """Positions with their worth, and the time of it."""
        for listed in held:
            yield self._positions.portfolio_message(listed)
        yield (8, 1, f"{local_time(now_ns):%H:%M}")

    def _tell_portfolio(self, held: Iterable[Listed], now_ns: int) -> None:
        for connection in self.updates:
            _send_all(connection, self.portfolio(held, now_ns))


def _send_all(connection: Connection, messages: Iterable[Message]) -> None:
    for message in messages:
        connection.send(message)
