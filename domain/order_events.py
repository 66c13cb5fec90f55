"""The events of an order's life, as the audit trail records them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from domain.deliveries import Delivery
from domain.fills import Fill
from domain.orders import OrderRequest


@dataclass(frozen=True, slots=True)
class OrderReceived:
    """The intent, as the strategy sent it."""

    request: OrderRequest


@dataclass(frozen=True, slots=True)
class OrderRouted:
    """Where the order goes, and the top of book on which that was decided."""

    instrument_id: str
    venue: str
    bid: Decimal | None
    ask: Decimal | None


@dataclass(frozen=True, slots=True)
class RiskApproved:
    """The recorded approval: every command to the venue must be covered by it (promise 5)."""

    quantity: Decimal
    reference_price: Decimal
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RiskDenied:
    rule: str
    limit: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class PositionDelivered:
    """The venue ended a position with its instrument. There was no intent, and nothing was sent, so
    there is no approval either."""

    delivery: Delivery


@dataclass(frozen=True, slots=True)
class SubmissionStarted:
    """Written before the venue is called: from here on the order may exist there."""


@dataclass(frozen=True, slots=True)
class VenueAccepted:
    venue_order_id: str


@dataclass(frozen=True, slots=True)
class VenueRejected:
    """The venue's own, definite refusal. A time-out is never one."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    reason: str


@dataclass(frozen=True, slots=True)
class ProvenAbsent:
    """The venue says that it has no such order, and its visibility horizon has passed.

    It speaks of the submission of `submitted_at` and of no later one.
    """

    reason: str
    submitted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FillBooked:
    fill: Fill


@dataclass(frozen=True, slots=True)
class FillReversed:
    """The venue says another quantity, price or fee of a trade than was booked: what was booked is
    taken back by `fill`, whose quantity and fee are negative, and what stands now is booked anew.

    `reason` is for a person; None where only the fee came late.
    """

    fill: Fill
    reason: str | None


@dataclass(frozen=True, slots=True)
class VenueCanceled:
    reason: str


@dataclass(frozen=True, slots=True)
class VenueExpired:
    """The venue ended the order by its time in force."""

    reason: str


@dataclass(frozen=True, slots=True)
class VenueTriggered:
    """A conditional order's price was reached: from here on it trades like any other."""


@dataclass(frozen=True, slots=True)
class VenueAmended:
    """The terms of the order as they now stand at the venue; None is as it was."""

    quantity: Decimal | None = None
    price: Decimal | None = None
    trigger_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class AmendRequested:
    """New terms are wanted; None leaves a term as it is. `quantity` is the new total.

    `replace`: the venue cannot amend this order in place, so its leg ends and a new one follows.
    """

    amend_id: str
    by: str
    at: datetime
    quantity: Decimal | None
    price: Decimal | None
    trigger_price: Decimal | None
    replace: bool


@dataclass(frozen=True, slots=True)
class AmendApproved:
    """The recorded approval of the new terms (promise 5): up to `quantity` in all."""

    amend_id: str
    quantity: Decimal
    reference_price: Decimal
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AmendDenied:
    """Risk objected to the new terms; the order stands as it was."""

    amend_id: str
    quantity: Decimal | None
    price: Decimal | None
    trigger_price: Decimal | None
    rule: str
    limit: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class AmendStarted:
    """Written before the venue is called: from here on the new terms may hold there."""

    amend_id: str


@dataclass(frozen=True, slots=True)
class AmendDropped:
    """The amend ended here and was provably never sent."""

    amend_id: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class VenueRefusedAmend:
    """The venue did not take the new terms: its answer said so, or its record of the order does."""

    amend_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class LegReplaced:
    """The leg ended as was wanted, with all its fills booked; the next one may be sent."""

    venue_client_id: str
    send_deadline: datetime


@dataclass(frozen=True, slots=True)
class MissingAtVenue:
    """The venue does not find an order that it has confirmed, or that it may have forgotten."""

    reason: str


@dataclass(frozen=True, slots=True)
class FoundOpen:
    """The venue lists the order as open although it had ended here."""

    venue_order_id: str


@dataclass(frozen=True, slots=True)
class ContradictedByVenue:
    """What the venue says does not go together with what we know; a person should look."""

    reason: str


@dataclass(frozen=True, slots=True)
class AnomalyAcknowledged:
    """A person has looked at the order's anomaly and settled it."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class CancelRequested:
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class VenueRefusedCancel:
    """The venue would not cancel; the order goes on and the venue is asked what became of it."""

    reason: str


@dataclass(frozen=True, slots=True)
class EndedUnsent:
    """The order ended here and was provably never sent: deadline, cancel or operator."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class OperatorDecided:
    """An operator's word on a stuck step."""

    decision: str
    step: str
    by: str
    reason: str = ""


OpeningEvent = OrderReceived | OrderRouted | RiskApproved | RiskDenied | PositionDelivered

OrderEvent = (
    SubmissionStarted
    | VenueAccepted
    | VenueRejected
    | OutcomeUnknown
    | ProvenAbsent
    | FillBooked
    | FillReversed
    | VenueCanceled
    | VenueExpired
    | VenueTriggered
    | VenueAmended
    | AmendRequested
    | AmendApproved
    | AmendDenied
    | AmendStarted
    | AmendDropped
    | VenueRefusedAmend
    | LegReplaced
    | MissingAtVenue
    | FoundOpen
    | ContradictedByVenue
    | AnomalyAcknowledged
    | CancelRequested
    | VenueRefusedCancel
    | EndedUnsent
    | OperatorDecided
)
