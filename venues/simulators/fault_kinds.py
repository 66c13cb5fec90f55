"""The faults that can be armed, and what they apply to."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class FaultKind(StrEnum):
    """What goes wrong. Parameters in brackets."""

    DELAY = "delay"  # [before_ms, after_ms] around the processing
    REJECT = "reject"  # [code, msg, status] instead of processing
    EXECUTE_THEN_DROP = "execute_then_drop"  # processed, connection aborted without an answer
    EXECUTE_THEN_503 = "execute_then_503"  # processed, answered "execution status unknown"
    ERROR_503_NOT_EXECUTED = "error_503_not_executed"  # not processed, answered 503
    BLACK_HOLE = "black_hole"  # [execute] no answer, ever; processed or not
    RATE_LIMIT = "rate_limit"  # [ban_after] 429; after so many strikes 418
    DROP_USER_STREAM = "drop_user_stream"  # [refuse_s] streams die before the request is processed
    DUPLICATE_FILLS = "duplicate_fills"  # [copies] each fill is streamed more than once
    DELAY_FILLS = "delay_fills"  # [ms] fills are streamed late
    LOSE_FILLS = "lose_fills"  # fills are never streamed
    CLOCK_SKEW = "clock_skew"  # [ms] the venue's clock is off by so much, while the fault stands


class Action(StrEnum):
    """What a request wants, in no venue's words."""

    SUBMIT = "submit"
    CANCEL = "cancel"
    AMEND = "amend"
    QUERY = "query"
    STREAM = "stream"  # listen keys and the like
    OTHER = "other"


COMMANDS = frozenset({Action.SUBMIT, Action.CANCEL, Action.AMEND})
FILL_KINDS = frozenset({FaultKind.DUPLICATE_FILLS, FaultKind.DELAY_FILLS, FaultKind.LOSE_FILLS})


class FaultRefused(ValueError):
    """A fault definition that cannot be used; the message says what is wrong."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One armed fault. ``count`` is how many strikes are left, None for no end.

    ``action`` empty means every order command (submit, cancel, amend); ``path`` narrows by a
    regular expression on ``METHOD /path``; ``client_order_id`` is one on the order's client id.
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

    def matches(self, venue: str, action: Action, path: str, client_order_id: str) -> bool:
        """Whether the fault applies to a request (chance aside)."""
        if self.count == 0 or self.venue not in ("all", venue):
            return False
        if self.path is not None:
            if re.search(self.path, path) is None:
                return False
        elif action not in (COMMANDS if self.action is None else {self.action}):
            return False
        return self._names(client_order_id)

    def matches_fill(self, venue: str, client_order_id: str) -> bool:
        """Whether the fault applies to a streamed fill (chance aside)."""
        return self.count != 0 and self.venue in ("all", venue) and self._names(client_order_id)

    def _names(self, client_order_id: str) -> bool:
        if self.client_order_id is None:
            return True
        return re.match(self.client_order_id, client_order_id) is not None


def parse_fault(fault_id: int, definition: dict[str, Any]) -> Fault:
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
        )
        re.compile(fault.path or "")
        re.compile(fault.client_order_id or "")
    except KeyError:
        kinds = ", ".join(FaultKind)
        raise FaultRefused(f"a fault needs a kind, one of: {kinds}") from None
    except (ValueError, TypeError, re.error) as error:
        raise FaultRefused(str(error)) from error
    return fault
