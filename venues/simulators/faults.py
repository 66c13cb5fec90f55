"""Seeded faults: what a venue can do to its clients on a bad day, on demand.

A fault names a kind, the venue and requests it applies to, how likely it is and how often it may
strike. The front asks for a ``Plan`` before it processes a request and a ``FillPlan`` before it
streams a fill; it needs to know nothing of kinds.
"""

import random
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
        return (
            self.count != 0 and self.venue in ("all", venue) and self._names(client_order_id)
        )

    def _names(self, client_order_id: str) -> bool:
        if self.client_order_id is None:
            return True
        return re.match(self.client_order_id, client_order_id) is not None


class Ending(StrEnum):
    """How a request is answered."""

    REPLY = "reply"
    REJECTED = "rejected"  # with the plan's ``refusal``
    UNAVAILABLE = "unavailable"  # the venue could not process it
    THROTTLED = "throttled"
    BANNED = "banned"
    STATUS_UNKNOWN = "status_unknown"  # the venue does not know whether it was executed
    DROP = "drop"  # the connection is aborted
    SILENCE = "silence"


@dataclass(slots=True)
class Plan:
    """What the front must do to one request."""

    delay_before_ms: int = 0
    delay_after_ms: int = 0
    refusal: tuple[int, int, str] = (400, 0, "")  # HTTP status, code, message
    execute: bool = True
    ending: Ending = Ending.REPLY
    drop_streams: bool = False
    refuse_streams_s: float = 0.0

    def refuse(self, ending: Ending) -> None:
        """Answer without processing."""
        self.execute = False
        self.ending = ending


@dataclass(slots=True)
class FillPlan:
    """How one fill is streamed: ``copies`` zero means it is lost."""

    copies: int = 1
    delay_ms: int = 0


class Faults:
    """The armed faults of all venues. ``rng`` decides by their probabilities, in order."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(f"faults/{seed}")
        self._faults: dict[int, Fault] = {}
        self._next_id = 1

    def add(self, definition: dict[str, Any]) -> Fault:
        """Arm a fault from its JSON form; raises FaultRefused."""
        fault = _parse(self._next_id, definition)
        self._next_id += 1
        self._faults[fault.fault_id] = fault
        return fault

    def clear(self, fault_id: int | None = None) -> int:
        """Disarm one fault, or all; returns how many."""
        if fault_id is not None:
            return 1 if self._faults.pop(fault_id, None) else 0
        cleared = len(self._faults)
        self._faults.clear()
        return cleared

    def armed(self) -> list[Fault]:
        """All faults, spent ones included."""
        return list(self._faults.values())

    def clock_skew_ms(self, venue: str) -> int:
        """How far a venue's clock is off now."""
        return sum(
            int(fault.params.get("ms", 0))
            for fault in self._faults.values()
            if fault.kind is FaultKind.CLOCK_SKEW and fault.venue in ("all", venue)
        )

    def plan(self, venue: str, action: Action, path: str, client_order_id: str) -> Plan | None:
        """What to do to a request; None when nothing applies."""
        plan: Plan | None = None
        for fault in self._faults.values():
            if fault.kind in FILL_KINDS or fault.kind is FaultKind.CLOCK_SKEW:
                continue
            if fault.matches(venue, action, path, client_order_id) and self._strikes(fault):
                plan = plan or Plan()
                _apply(fault, plan)
        return plan

    def fill_plan(self, venue: str, client_order_id: str) -> FillPlan | None:
        """What to do to a streamed fill; None when nothing applies."""
        plan: FillPlan | None = None
        for fault in self._faults.values():
            if fault.kind not in FILL_KINDS or not fault.matches_fill(venue, client_order_id):
                continue
            if self._strikes(fault):
                plan = plan or FillPlan()
                _apply_to_fill(fault, plan)
        return plan

    def _strikes(self, fault: Fault) -> bool:
        if fault.probability < 1 and self._rng.random() >= fault.probability:
            return False
        fault.strikes += 1
        if fault.count is not None:
            fault.count -= 1
        return True


def _apply(fault: Fault, plan: Plan) -> None:
    params = fault.params
    match fault.kind:
        case FaultKind.DELAY:
            plan.delay_before_ms += int(params.get("before_ms", 0))
            plan.delay_after_ms += int(params.get("after_ms", 0))
        case FaultKind.REJECT:
            status, code = int(params.get("status", 400)), int(params.get("code", -2010))
            plan.refusal = (status, code, str(params.get("msg", "Rejected by an armed fault.")))
            plan.refuse(Ending.REJECTED)
        case FaultKind.ERROR_503_NOT_EXECUTED:
            plan.refuse(Ending.UNAVAILABLE)
        case FaultKind.RATE_LIMIT:
            banned = fault.strikes > int(params.get("ban_after", 5))
            plan.refuse(Ending.BANNED if banned else Ending.THROTTLED)
        case FaultKind.EXECUTE_THEN_DROP:
            plan.ending = Ending.DROP
        case FaultKind.EXECUTE_THEN_503:
            plan.ending = Ending.STATUS_UNKNOWN
        case FaultKind.BLACK_HOLE:
            plan.ending = Ending.SILENCE
            plan.execute = plan.execute and bool(params.get("execute", False))
        case FaultKind.DROP_USER_STREAM:
            plan.drop_streams = True
            plan.refuse_streams_s = float(params.get("refuse_s", 0))


def _apply_to_fill(fault: Fault, plan: FillPlan) -> None:
    match fault.kind:
        case FaultKind.DUPLICATE_FILLS:
            plan.copies *= int(fault.params.get("copies", 2))
        case FaultKind.DELAY_FILLS:
            plan.delay_ms += int(fault.params.get("ms", 1000))
        case FaultKind.LOSE_FILLS:
            plan.copies = 0


def _parse(fault_id: int, definition: dict[str, Any]) -> Fault:
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
