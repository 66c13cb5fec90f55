"""What workflows know of the world: typed signatures, no implementation.

`AdmissionPort` runs as local activities beside the workflow; `VenuePort` runs on the queue of one
venue, in the process that owns its account.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from temporalio import activity

from domain.lists.legs import Leg, Sizes
from domain.lists.request import ListStatus, OrderListRequest
from domain.orders import OrderRequest, OrderState
from domain.outcomes import CancelOutcome

ORDERS_QUEUE = "orders"


def venue_queue(venue: str) -> str:
    return f"venue-{venue}"


class Decision(StrEnum):
    """An operator's word on a stuck order.

    RETRY the step, SKIP it and go on (where the step can be left out), or ABORT: the order shall
    end, unsent if it was not sent, else by a cancel at the venue.
    """

    RETRY = "retry"
    SKIP = "skip"
    ABORT = "abort"


@dataclass(frozen=True, slots=True)
class OperatorDecision:
    decision: Decision
    by: str = "operator"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AdmitOrder:
    """`received_at` is when the request became durable; the send deadline counts from it.

    `offer`: hand an approved order to its venue's worker; not one that somebody wants canceled.
    """

    request: OrderRequest
    received_at: datetime
    offer: bool = True


@dataclass(frozen=True, slots=True)
class CancelOrder:
    order_id: str
    by: str


@dataclass(frozen=True, slots=True)
class DecisionTaken:
    order_id: str
    step: str
    decision: OperatorDecision


class AdmissionPort(ABC):
    """Steps that need only the database."""

    @activity.defn
    @abstractmethod
    async def admit_order(self, command: AdmitOrder) -> OrderState:
        """Record the request with its route and risk decision, and hand it to its venue's worker.

        Handing over is the quick road to the venue: a notification, and a moment's wait for the
        answer. If nobody listens the order is still APPROVED and goes by the venue's queue. Done
        again, this gives what was recorded.
        """

    @activity.defn
    @abstractmethod
    async def settle_unsent(self, order_id: str) -> OrderState:
        """Read the order; end it if it was not sent and must not be sent any more."""

    @activity.defn
    @abstractmethod
    async def abort_unsent(self, order_id: str) -> OrderState:
        """End the order if it was not sent; else leave it."""

    @activity.defn
    @abstractmethod
    async def request_cancel(self, command: CancelOrder) -> OrderState:
        """Record that the order shall be canceled; a finished order is left as it is."""

    @activity.defn
    @abstractmethod
    async def record_decision(self, taken: DecisionTaken) -> OrderState:
        """Record in the order's audit trail what an operator decided on a stuck step."""


@dataclass(frozen=True, slots=True)
class ListView:
    """An order list as the database has it. `unrecorded` are orders that are not on record yet;
    `gone` those that will never be, because no workflow sees to it any more; `foreign` those whose
    ids were taken before by orders that are not of this list."""

    legs: tuple[Leg, ...]
    sizes: Sizes
    cancel_wanted: bool
    unrecorded: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadList:
    """`placed` are the client order ids of the orders that were started so far."""

    request: OrderListRequest
    placed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListProgress:
    """`filled` is what all orders of the list had traded when its end was decided."""

    list_id: str
    status: ListStatus
    notes: tuple[str, ...] = ()
    attention: bool = False
    filled: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ResizeLeg:
    """Give an order of a list this quantity in all, in place or by a new leg."""

    list_id: str
    order_id: str
    amend_id: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Resized:
    """What came of a wish to resize: nothing to say if it is on record; else why it was refused.

    `passing`: we refuse it now (trading stopped, no fresh quote, a limit) and may not a moment
    later; else it is not possible for this order at all.
    """

    refused: str = ""
    passing: bool = False


class OrderListPort(ABC):
    """Steps of an order list. They need only the database, and Temporal where an order is not on
    record yet."""

    @activity.defn
    @abstractmethod
    async def read_list(self, command: ReadList) -> ListView:
        """The list's orders as they stand."""

    @activity.defn
    @abstractmethod
    async def record_list(self, progress: ListProgress) -> bool:
        """Write down how far the list is; a note that is there already is not written again.

        False, and nothing is written, if its orders have traded since its end was decided.
        """

    @activity.defn
    @abstractmethod
    async def request_list_cancel(self, list_id: str) -> None:
        """Record that the list shall be canceled."""

    @activity.defn
    @abstractmethod
    async def resize_leg(self, command: ResizeLeg) -> Resized:
        """Ask for the amend, once: the same amend id again gives the same answer."""


class VenuePort(ABC):
    """Steps that need the venue."""

    @activity.defn
    @abstractmethod
    async def submit_order(self, order_id: str) -> OrderState:
        """Write SUBMITTING, call the venue once, write the outcome."""

    @activity.defn
    @abstractmethod
    async def cancel_order(self, order_id: str) -> CancelOutcome:
        """Ask the venue to cancel; the end itself arrives as news."""

    @activity.defn
    @abstractmethod
    async def amend_order(self, order_id: str) -> OrderState:
        """Send the order's amend once, or end its leg for the next one; the order after the end.

        Raises while nothing certain can be said of it.
        """

    @activity.defn
    @abstractmethod
    async def ask_venue(self, order_id: str) -> OrderState:
        """Ask the venue what became of the order and book its answer.

        Raises while nothing certain can be said: unreachable, or absent but not for long enough.
        """
