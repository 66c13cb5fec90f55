"""What armed faults do to one request or one streamed fill, so that fronts need not know kinds."""

from dataclasses import dataclass
from enum import StrEnum

from venues.simulators.fault_kinds import Fault, FaultKind


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


def apply(fault: Fault, plan: Plan) -> None:
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


def apply_to_fill(fault: Fault, plan: FillPlan) -> None:
    match fault.kind:
        case FaultKind.DUPLICATE_FILLS:
            plan.copies *= int(fault.params.get("copies", 2))
        case FaultKind.DELAY_FILLS:
            plan.delay_ms += int(fault.params.get("ms", 1000))
        case FaultKind.LOSE_FILLS:
            plan.copies = 0
