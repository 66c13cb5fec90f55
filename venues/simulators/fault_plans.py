"""What armed faults do to one request or one event, so that fronts need not know kinds."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from venues.simulators.cuts import Cut, Streams
from venues.simulators.fault_kinds import Fault, FaultKind


class Ending(StrEnum):
    """How a request is answered."""

    REPLY = "reply"
    REJECTED = "rejected"  # with the plan's ``refusal``
    UNAVAILABLE = "unavailable"  # the venue could not process it
    MAINTENANCE = "maintenance"  # the venue is down for maintenance, and says so
    THROTTLED = "throttled"
    BANNED = "banned"
    STATUS_UNKNOWN = "status_unknown"  # the venue does not know whether it was executed
    GATEWAY_ERROR = "gateway_error"  # an HTML page with the plan's ``gateway_status``
    DROP = "drop"  # the connection ends: aborted, or closed politely if ``fin``
    SILENCE = "silence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A gateway is cut off from its venue for a while, and says so by a code.

    ``data_lost``: subscriptions die with it; ``told``: it says when it is back.
    """

    seconds: float
    data_lost: bool = False
    code: int = 1100
    told: bool = True


@dataclass(slots=True)
class Plan:
    """What the front must do to one request.

    ``loss`` is for venues that sit behind a gateway: after the request the gateway loses its venue.
    """

    delay_before_ms: int = 0
    delay_after_ms: int = 0
    refusal: tuple[int, int, str] = (400, 0, "")  # HTTP status, code, message
    execute: bool = True
    ending: Ending = Ending.REPLY
    gateway_status: int = 502
    fin: bool = False
    cut: Cut | None = None
    loss: Loss | None = None

    def refuse(self, ending: Ending) -> None:
        """Answer without processing."""
        self.end(ending, execute=False)

    def end(self, ending: Ending, *, execute: bool) -> None:
        """Answer otherwise than with the outcome. What another fault stops stays unprocessed."""
        self.execute = self.execute and execute
        self.ending = ending


@dataclass(slots=True)
class EventPlan:
    """How one event is streamed: ``copies`` zero means it is lost.

    Of a fill also: by how many ticks its price is corrected afterwards, whether it is busted, and
    whether only the order's state is told (``status_only``).
    """

    copies: int = 1
    delay_ms: int = 0
    correction_ticks: int | None = None
    bust: bool = False
    status_only: bool = False


FillPlan = EventPlan
"""The plan of a fill is the plan of an event."""


def cut_of(param: Callable[[str], Any]) -> Cut:
    """The end of streams that parameters describe."""
    return Cut(Streams(param("streams")), param("close"), float(param("refuse_s")))


def apply(fault: Fault, plan: Plan) -> None:
    """Let a fault change the plan of a request."""
    match fault.kind:
        case FaultKind.DELAY:
            plan.delay_before_ms += int(fault.param("before_ms"))
            plan.delay_after_ms += int(fault.param("after_ms"))
        case FaultKind.REJECT:
            status, code = int(fault.param("status")), int(fault.param("code"))
            plan.refusal = (status, code, fault.param("msg"))
            plan.refuse(Ending.REJECTED)
        case FaultKind.ERROR_503_NOT_EXECUTED:
            plan.refuse(Ending.UNAVAILABLE)
        case FaultKind.RATE_LIMIT:
            banned = fault.strikes > int(fault.param("ban_after"))
            plan.refuse(Ending.BANNED if banned else Ending.THROTTLED)
        case FaultKind.EXECUTE_THEN_DROP:
            plan.ending, plan.fin = Ending.DROP, fault.param("fin")
        case FaultKind.EXECUTE_THEN_503:
            plan.ending = Ending.STATUS_UNKNOWN
        case FaultKind.DROP:
            plan.end(Ending.DROP, execute=fault.param("execute"))
            plan.fin = fault.param("fin")
        case FaultKind.STATUS_UNKNOWN:
            plan.end(Ending.STATUS_UNKNOWN, execute=fault.param("execute"))
        case FaultKind.GATEWAY_ERROR:
            plan.end(Ending.GATEWAY_ERROR, execute=fault.param("execute"))
            plan.gateway_status = int(fault.param("status"))
        case FaultKind.BLACK_HOLE:
            plan.end(Ending.SILENCE, execute=fault.param("execute"))
        case FaultKind.DROP_USER_STREAM:
            plan.cut = cut_of(fault.param)
        case FaultKind.CONNECTION_LOST:
            plan.loss = Loss(
                seconds=float(fault.param("s")),
                data_lost=fault.param("data_lost"),
                code=int(fault.param("code")),
                told=fault.param("told"),
            )


def apply_to_event(fault: Fault, plan: EventPlan) -> None:
    """Let a fault change the plan of an event."""
    match fault.kind:
        case FaultKind.DUPLICATE_FILLS | FaultKind.DUPLICATE_EVENTS:
            plan.copies *= int(fault.param("copies"))
        case FaultKind.DELAY_FILLS | FaultKind.DELAY_EVENTS:
            plan.delay_ms += int(fault.param("ms"))
        case FaultKind.LOSE_FILLS | FaultKind.LOSE_EVENTS:
            plan.copies = 0
        case FaultKind.CORRECT_FILLS:
            plan.correction_ticks = int(fault.param("ticks"))
            plan.bust = fault.param("bust")
        case FaultKind.STATUS_WITHOUT_FILLS:
            plan.status_only = True
