"""The faults that can be armed, and what they apply to. docs/simulators.md has them in a table."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from venues.simulators.cuts import Streams


class Strikes(StrEnum):
    """What a kind of fault strikes."""

    REQUEST = "request"  # each request that it matches
    EVENT = "event"  # each private event that it matches
    VENUE = "venue"  # the venue as a whole, while it is armed


class FaultKind(StrEnum):
    """What goes wrong. ``PARAMETERS`` says by what parameters, and what they are if left out."""

    # Requests.
    DELAY = "delay"  # around the processing; a delayed answer comes after its own events
    REJECT = "reject"  # instead of processing
    EXECUTE_THEN_DROP = "execute_then_drop"  # processed, connection aborted without an answer
    EXECUTE_THEN_503 = "execute_then_503"  # processed, answered "execution status unknown"
    ERROR_503_NOT_EXECUTED = "error_503_not_executed"  # not processed, answered 503
    DROP = "drop"  # connection ended without an answer: aborted, or with ``fin`` closed politely
    STATUS_UNKNOWN = "status_unknown"  # answered "execution status unknown"
    GATEWAY_ERROR = "gateway_error"  # answered with a gateway's HTML page
    BLACK_HOLE = "black_hole"  # no answer, ever
    RATE_LIMIT = "rate_limit"  # throttled; after so many strikes banned
    DROP_USER_STREAM = "drop_user_stream"  # streams die before the request is processed
    CONNECTION_LOST = "connection_lost"  # a gateway loses its venue after processing (IB 1100)
    # Private events.
    DUPLICATE_FILLS = "duplicate_fills"  # each fill is streamed more than once
    DELAY_FILLS = "delay_fills"  # fills are streamed late
    LOSE_FILLS = "lose_fills"  # fills are never streamed
    CORRECT_FILLS = "correct_fills"  # fills are streamed, then corrected by ticks or busted (IB)
    STATUS_WITHOUT_FILLS = "status_without_fills"  # order states are streamed, fills are not (IB)
    DUPLICATE_EVENTS = "duplicate_events"  # steps of orders are streamed more than once
    DELAY_EVENTS = "delay_events"  # steps of orders are streamed late: trade before order
    LOSE_EVENTS = "lose_events"  # steps of orders are never streamed
    # The venue, while the fault stands.
    CLOCK_SKEW = "clock_skew"  # its clock is off by so much
    MAINTENANCE = "maintenance"  # requests get the venue's maintenance answer, streams are closed
    HALF_OPEN = "half_open"  # sockets that were open before send nothing and answer no ping
    FORGET_ORDERS = "forget_orders"  # queries no longer find orders that ended so long ago
    NEW_DAY = "new_day"  # a gateway's day began when it was armed: midnight has passed (IB)
    DEFINITIONS_AWAY = "definitions_away"  # no contract is found (IB 200)
    BOOK_GAP = "book_gap"  # one update of a streamed book is left out
    ERROR_FRAME = "error_frame"  # the open sockets are sent the venue's error frame


class Action(StrEnum):
    """What a request wants, in no venue's words."""

    SUBMIT = "submit"
    CANCEL = "cancel"
    AMEND = "amend"
    QUERY = "query"
    STREAM = "stream"  # listen keys and the like
    OTHER = "other"


COMMANDS = frozenset({Action.SUBMIT, Action.CANCEL, Action.AMEND})

FILL_KINDS = frozenset(
    {
        FaultKind.DUPLICATE_FILLS,
        FaultKind.DELAY_FILLS,
        FaultKind.LOSE_FILLS,
        FaultKind.CORRECT_FILLS,
        FaultKind.STATUS_WITHOUT_FILLS,
    }
)
STEP_KINDS = frozenset({FaultKind.DUPLICATE_EVENTS, FaultKind.DELAY_EVENTS, FaultKind.LOSE_EVENTS})
VENUE_KINDS = frozenset(
    {
        FaultKind.CLOCK_SKEW,
        FaultKind.MAINTENANCE,
        FaultKind.HALF_OPEN,
        FaultKind.FORGET_ORDERS,
        FaultKind.NEW_DAY,
        FaultKind.DEFINITIONS_AWAY,
        FaultKind.BOOK_GAP,
        FaultKind.ERROR_FRAME,
    }
)

PARAMETERS: Mapping[FaultKind, Mapping[str, Any]] = {
    FaultKind.DELAY: {"before_ms": 0, "after_ms": 0},
    FaultKind.REJECT: {"code": -2010, "msg": "Rejected by an armed fault.", "status": 400},
    FaultKind.EXECUTE_THEN_DROP: {"fin": False},
    FaultKind.DROP: {"execute": False, "fin": False},
    FaultKind.STATUS_UNKNOWN: {"execute": False},
    FaultKind.GATEWAY_ERROR: {"execute": False, "status": 502},
    FaultKind.BLACK_HOLE: {"execute": False},
    FaultKind.RATE_LIMIT: {"ban_after": 5},
    FaultKind.DROP_USER_STREAM: {"refuse_s": 0.0, "streams": Streams.PRIVATE, "close": False},
    FaultKind.CONNECTION_LOST: {"s": 2.0, "data_lost": False, "code": 1100, "told": True},
    FaultKind.DUPLICATE_FILLS: {"copies": 2},
    FaultKind.DELAY_FILLS: {"ms": 1000},
    FaultKind.CORRECT_FILLS: {"ticks": 1, "bust": False},
    FaultKind.DUPLICATE_EVENTS: {"copies": 2, "steps": ()},
    FaultKind.DELAY_EVENTS: {"ms": 1000, "steps": ()},
    FaultKind.LOSE_EVENTS: {"steps": ()},
    FaultKind.CLOCK_SKEW: {"ms": 0},
    FaultKind.MAINTENANCE: {"s": None},
    FaultKind.FORGET_ORDERS: {"after_s": 0.0},
    FaultKind.DEFINITIONS_AWAY: {"s": None},
    FaultKind.ERROR_FRAME: {"code": None, "msg": "An armed fault."},
}
"""Parameters and their defaults; kinds that are not here take none."""


class FaultRefused(ValueError):
    """A fault definition that cannot be used; the message says what is wrong."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One armed fault. ``count`` is how many strikes are left, None for no end.

    ``path`` is a regular expression on ``METHOD /path``, ``client_order_id`` one on the order's
    client id; what is given must match, all of it. With neither ``action`` nor ``path`` it is for
    every order command (submit, cancel, amend).
    ``armed_ns`` is when it was armed, on the machine's clock.
    """

    fault_id: int
    kind: FaultKind
    venue: str = "all"
    action: Action | None = None
    path: str | None = None
    client_order_id: str | None = None
    probability: float = 1.0
    count: int | None = None
    strikes: int = 0
    params: dict[str, Any] = field(default_factory=dict)
    armed_ns: int = 0

    def matches(self, venue: str, action: Action, path: str, client_order_id: str) -> bool:
        """Whether the fault applies to a request (chance aside)."""
        if not self.is_at(venue) or not self._names(client_order_id):
            return False
        if self.path is not None and re.search(self.path, path) is None:
            return False
        if self.action is not None:
            return action is self.action
        return self.path is not None or action in COMMANDS

    def matches_event(self, venue: str, client_order_id: str) -> bool:
        """Whether the fault applies to an event of an order (chance aside)."""
        return self.is_at(venue) and self._names(client_order_id)

    def is_at(self, venue: str) -> bool:
        """Whether the fault is not spent and applies to a venue."""
        return self.count != 0 and self.venue in ("all", venue)

    def param(self, name: str) -> Any:
        """A parameter, or what it is if left out."""
        return self.params.get(name, PARAMETERS[self.kind][name])

    @property
    def struck_by(self) -> Strikes:
        """What the fault waits for."""
        if self.kind in VENUE_KINDS:
            return Strikes.VENUE
        return Strikes.EVENT if self.kind in FILL_KINDS | STEP_KINDS else Strikes.REQUEST

    def _names(self, client_order_id: str) -> bool:
        if self.client_order_id is None:
            return True
        return re.match(self.client_order_id, client_order_id) is not None


def parse_fault(fault_id: int, definition: dict[str, Any]) -> Fault:
    """A fault from its JSON form; raises FaultRefused."""
    known = {"kind", "venue", "action", "path", "client_order_id", "probability", "count", "params"}
    if unknown := sorted(set(definition) - known):
        raise FaultRefused(f"unknown keys {unknown}; known are {sorted(known)}")
    try:
        action = definition.get("action")
        count = definition.get("count")
        fault = Fault(
            fault_id=fault_id,
            kind=FaultKind(definition["kind"]),
            venue=str(definition.get("venue", "all")),
            action=None if action is None else Action(action),
            path=definition.get("path"),
            client_order_id=definition.get("client_order_id"),
            probability=float(definition.get("probability", 1)),
            count=None if count is None else int(count),
            params=dict(definition.get("params", {})),
            armed_ns=time.time_ns(),
        )
        re.compile(fault.path or "")
        re.compile(fault.client_order_id or "")
    except KeyError:
        kinds = ", ".join(FaultKind)
        raise FaultRefused(f"a fault needs a kind, one of: {kinds}") from None
    except (ValueError, TypeError, re.error) as error:
        raise FaultRefused(str(error)) from error
    _check_params(fault)
    return fault


def _check_params(fault: Fault) -> None:
    """A misspelt parameter would leave its default in force, and a test without its fault."""
    known = PARAMETERS.get(fault.kind, {})
    for name, value in fault.params.items():
        if name not in known:
            raise FaultRefused(f"{fault.kind} has no parameter {name!r}; it has {sorted(known)}")
        default = known[name]
        if isinstance(default, bool):
            fits = isinstance(value, bool)
        elif isinstance(default, int | float) or default is None:
            fits = isinstance(value, int | float) and not isinstance(value, bool)
        elif isinstance(default, Streams):
            fits = value in set(Streams)
        elif isinstance(default, str):
            fits = isinstance(value, str)
        else:
            fits = isinstance(value, list) and all(isinstance(each, str) for each in value)
        if not fits:
            raise FaultRefused(f"{fault.kind}: {name} cannot be {value!r}")
