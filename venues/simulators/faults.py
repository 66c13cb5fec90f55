"""Seeded faults: what a venue can do to its clients on a bad day, on demand.

A fault names a kind, the venue and requests it applies to, how likely it is and how often it may
strike. The front asks for a ``Plan`` before it processes a request and an ``EventPlan`` before it
streams a step of an order; what befalls the venue as a whole it asks by name.
"""

import random
import time
from collections.abc import Iterator
from typing import Any

from venues.simulators.fault_kinds import (
    FILL_KINDS,
    STEP_KINDS,
    Action,
    Fault,
    FaultKind,
    Strikes,
    parse_fault,
)
from venues.simulators.fault_plans import Ending, EventPlan, Plan, apply, apply_to_event

SECOND_NS = 1_000_000_000
FILL_STEP = "TRADE"
"""The step of an order that is a fill, as ``events.Step`` names it."""


class Faults:
    """The armed faults of all venues. ``rng`` decides by their probabilities, in order."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(f"faults/{seed}")
        self._faults: dict[int, Fault] = {}
        self._next_id = 1

    def add(self, definition: dict[str, Any]) -> Fault:
        """Arm a fault from its JSON form; raises FaultRefused."""
        fault = parse_fault(self._next_id, definition)
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

    def plan(self, venue: str, action: Action, path: str, client_order_id: str) -> Plan | None:
        """What to do to a request; None when nothing applies."""
        plan: Plan | None = None
        for fault in self._faults.values():
            if fault.struck_by is not Strikes.REQUEST:
                continue
            if fault.matches(venue, action, path, client_order_id) and self._strikes(fault):
                plan = plan or Plan()
                apply(fault, plan)
        if self.in_maintenance(venue):
            plan = plan or Plan()
            plan.refuse(Ending.MAINTENANCE)
        return plan

    def event_plan(self, venue: str, step: str, client_order_id: str) -> EventPlan | None:
        """What to do to the event of a step of an order (fills are steps); None when nothing."""
        plan: EventPlan | None = None
        for fault in self._faults.values():
            if not _is_for(fault, step) or not fault.matches_event(venue, client_order_id):
                continue
            if self._strikes(fault):
                plan = plan or EventPlan()
                apply_to_event(fault, plan)
        return plan

    def fill_plan(self, venue: str, client_order_id: str) -> EventPlan | None:
        """What to do to a streamed fill; None when nothing applies."""
        return self.event_plan(venue, FILL_STEP, client_order_id)

    def clock_skew_ms(self, venue: str) -> int:
        """How far a venue's clock is off now."""
        standing = self._standing(FaultKind.CLOCK_SKEW, venue)
        return sum(int(fault.param("ms")) for fault in standing)

    def in_maintenance(self, venue: str) -> bool:
        """Whether a venue is down. A window with a length ends by itself."""
        return self.stands(FaultKind.MAINTENANCE, venue)

    def stands(self, kind: FaultKind, venue: str) -> bool:
        """Whether a fault of a kind that may have a length (``s``) stands now."""
        now_ns = time.time_ns()
        lengths = [(fault.armed_ns, fault.param("s")) for fault in self._standing(kind, venue)]
        return any(s is None or now_ns < armed_ns + s * SECOND_NS for armed_ns, s in lengths)

    def day_began_ns(self, venue: str) -> int:
        """When a venue's day was made to begin last; zero where it begins by itself."""
        return max((f.armed_ns for f in self._standing(FaultKind.NEW_DAY, venue)), default=0)

    def half_open(self, venue: str, opened_ns: int) -> bool:
        """Whether a socket that was opened then is dead without knowing: send and answer nothing.

        Sockets that are opened after the fault was armed work, as a reconnection does.
        """
        standing = self._standing(FaultKind.HALF_OPEN, venue)
        return any(opened_ns < fault.armed_ns for fault in standing)

    def forgotten_before_ns(self, venue: str, now_ns: int) -> int:
        """Queries do not find orders that ended before this time; zero when they find all."""
        ages = [f.param("after_s") for f in self._standing(FaultKind.FORGET_ORDERS, venue)]
        return now_ns - int(min(ages) * SECOND_NS) if ages else 0

    def strike(self, kind: FaultKind, venue: str) -> Fault | None:
        """The first armed fault of a kind that strikes now: for BOOK_GAP and ERROR_FRAME.

        Ask when the thing could happen; an answer has been counted.
        """
        for fault in self._standing(kind, venue):
            if self._strikes(fault):
                return fault
        return None

    def _standing(self, kind: FaultKind, venue: str) -> Iterator[Fault]:
        for fault in self._faults.values():
            if fault.kind is kind and fault.is_at(venue):
                yield fault

    def _strikes(self, fault: Fault) -> bool:
        if fault.probability < 1 and self._rng.random() >= fault.probability:
            return False
        fault.strikes += 1
        if fault.count is not None:
            fault.count -= 1
        return True


def _is_for(fault: Fault, step: str) -> bool:
    """Fill kinds are for fills; step kinds for the steps they name, or all that are no fills."""
    if fault.kind in FILL_KINDS:
        return step == FILL_STEP
    if fault.kind not in STEP_KINDS:
        return False
    steps = fault.param("steps")
    return step in steps if steps else step != FILL_STEP
