"""Seeded faults: what a venue can do to its clients on a bad day, on demand.

A fault names a kind, the venue and requests it applies to, how likely it is and how often it may
strike. The front asks for a ``Plan`` before it processes a request and a ``FillPlan`` before it
streams a fill.
"""

import random
from typing import Any

from venues.simulators.fault_kinds import FILL_KINDS, Action, Fault, FaultKind, parse_fault
from venues.simulators.fault_plans import FillPlan, Plan, apply, apply_to_fill


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
                apply(fault, plan)
        return plan

    def fill_plan(self, venue: str, client_order_id: str) -> FillPlan | None:
        """What to do to a streamed fill; None when nothing applies."""
        plan: FillPlan | None = None
        for fault in self._faults.values():
            if fault.kind not in FILL_KINDS or not fault.matches_fill(venue, client_order_id):
                continue
            if self._strikes(fault):
                plan = plan or FillPlan()
                apply_to_fill(fault, plan)
        return plan

    def _strikes(self, fault: Fault) -> bool:
        if fault.probability < 1 and self._rng.random() >= fault.probability:
            return False
        fault.strikes += 1
        if fault.count is not None:
            fault.count -= 1
        return True
