"""Every event in every state: what the order becomes."""

from collections.abc import Callable
from decimal import Decimal
from typing import get_args

import pytest

from domain.errors import IllegalTransition
from domain.order_events import (
    AmendApproved,
    AmendDenied,
    AmendDropped,
    AmendRequested,
    AmendStarted,
    AnomalyAcknowledged,
    CancelRequested,
    ContradictedByVenue,
    EndedUnsent,
    FillBooked,
    FillReversed,
    FoundOpen,
    LegReplaced,
    MissingAtVenue,
    OperatorDecided,
    OrderEvent,
    OutcomeUnknown,
    ProvenAbsent,
    SubmissionStarted,
    VenueAccepted,
    VenueAmended,
    VenueCanceled,
    VenueExpired,
    VenueRefusedAmend,
    VenueRefusedCancel,
    VenueRejected,
    VenueTriggered,
)
from domain.order_life import apply
from domain.orders import OrderStatus, UnifiedOrder
from tests.support.order_states import ORDERS
from tests.support.orders import NOW, a_fill

EVENTS: dict[str, Callable[[UnifiedOrder], OrderEvent]] = {
    "SubmissionStarted": lambda _: SubmissionStarted(),
    "VenueAccepted": lambda _: VenueAccepted("v1"),
    "VenueRejected": lambda _: VenueRejected("-2010", "no funds"),
    "OutcomeUnknown": lambda _: OutcomeUnknown("no answer"),
    "ProvenAbsent": lambda _: ProvenAbsent("no such order"),
    "PartialFill": lambda order: FillBooked(a_fill(order)),
    "LastFill": lambda order: FillBooked(a_fill(order, quantity=order.leaves_qty or Decimal(4))),
    "VenueCanceled": lambda _: VenueCanceled("canceled"),
    "VenueExpired": lambda _: VenueExpired("expired"),
    "CancelRequested": lambda _: CancelRequested("desk", NOW),
    "VenueRefusedCancel": lambda _: VenueRefusedCancel("too late"),
    "EndedUnsent": lambda _: EndedUnsent("deadline_passed", "too late"),
    "OperatorDecided": lambda _: OperatorDecided("retry", "submission", "desk"),
}
MORE_EVENTS: dict[str, Callable[[UnifiedOrder], OrderEvent]] = {
    "VenueTriggered": lambda _: VenueTriggered(),
    "VenueAmended": lambda _: VenueAmended(quantity=Decimal(6)),
    "AmendRequested": lambda _: AmendRequested("a2", "desk", NOW, Decimal(5), None, None, False),
    "AmendApproved": lambda _: AmendApproved("a1", Decimal(6), Decimal(100), ("a rule",)),
    "AmendDenied": lambda _: AmendDenied("a2", None, None, None, "a rule", "1", "2", "too much"),
    "AmendStarted": lambda _: AmendStarted("a1"),
    "AmendDropped": lambda _: AmendDropped("a1", "deadline_passed", "too late"),
    "VenueRefusedAmend": lambda _: VenueRefusedAmend("a1", "no"),
    "LegReplaced": lambda order: LegReplaced(order.venue_client_id, NOW),
    "MissingAtVenue": lambda _: MissingAtVenue("no such order"),
    "FoundOpen": lambda _: FoundOpen("v1"),
    "ContradictedByVenue": lambda _: ContradictedByVenue("two under one label"),
    "AnomalyAcknowledged": lambda _: AnomalyAcknowledged("desk", "looked at"),
    "FillReversed": lambda order: FillReversed(a_fill(order, quantity=-order.filled_qty), "busted"),
}

# Columns, in the order of EVENTS. A cell is the state after, with `*` where a person must look;
# `.` is old news; `!` is refused as a programming error.
TABLE = """
                  submit accept reject unkn absent part last cancel expire wish refuse unsent word
APPROVED          SU     AC*    RE*    .    .      PF*  FI*  CA*    EX*    AP   AP     EX     AP
SUBMITTING        !      AC     RE     UN   AP     PF   FI   CA     EX     SU   SU     !      SU
UNKNOWN           !      AC     RE     .    AP     PF   FI   CA     EX     UN   UN     !      UN
ACCEPTED          !      .      RE     .    .      PF   FI   CA     EX     AC   AC     !      AC
PARTIALLY_FILLED  !      .      RE     .    .      PF   FI   CA     EX     PF   PF     !      PF
AMENDING          !      .      RE     .    .      PF   PF   CA     EX     PF   PF     !      PF
REPLACING         !      .      RE     .    .      PF   FI   .      EX     PF   PF     !      PF
FILLED            !      .      .      .    .      FI*  FI*  .      .      .    FI     !      FI
CANCELED          !      .      .      .    .      CA   FI   .      .      .    CA     !      CA
REJECTED          !      AC*    .      .    .      PF*  FI*  .      .      .    RE     !      RE
EXPIRED           !      .      .      .    .      EX   FI   .      .      .    EX     !      EX
DENIED            !      AC*    .      .    .      PF*  FI*  .      .      .    DE     !      DE
CANCELED_UNSENT   !      AC*    .      .    .      PF*  FI*  .      .      .    CA     !      CA
EXPIRED_UNSENT    !      AC*    .      .    .      PF*  FI*  .      .      .    EX     !      EX
"""
MORE = """
                  trigd amendd ask  okd  nod  begun drop refuse leg  gone open contr ack  taken
APPROVED          AP    AP     !    !    AP   !     .    .      CA*  .    AC*  AP*   .    AP*
SUBMITTING        SU    SU     !    !    SU   !     .    .      CA   SU*  AC   SU*   .    SU*
UNKNOWN           UN    UN     !    !    UN   !     .    .      CA   UN*  AC   UN*   .    UN*
ACCEPTED          AC    AC     AC   !    AC   !     .    .      CA   AC*  .    AC*   .    AC*
PARTIALLY_FILLED  PF    PF     PF   !    PF   !     .    .      CA   PF*  .    PF*   .    AC*
AMENDING          PF    PF     !    PF   PF   !     PF   PF     CA   PF*  .    PF*   .    AC*
REPLACING         PF    PF     !    PF   PF   !     PF   PF     AP   PF*  .    PF*   .    AC*
FILLED            .     .      !    !    FI   !     .    .      .    .    FI*  FI*   .    FI*
CANCELED          .     .      !    !    CA   !     .    .      .    .    AC*  CA*   .    CA*
REJECTED          .     .      !    !    RE   !     .    .      .    .    AC*  RE*   .    RE*
EXPIRED           .     .      !    !    EX   !     .    .      .    .    AC*  EX*   .    EX*
DENIED            .     .      !    !    DE   !     .    .      .    .    AC*  DE*   .    DE*
CANCELED_UNSENT   .     .      !    !    CA   !     .    .      .    .    AC*  CA*   .    CA*
EXPIRED_UNSENT    .     .      !    !    EX   !     .    .      .    .    AC*  EX*   .    EX*
"""
CODES = {status: str(status)[:2] for status in OrderStatus} | {OrderStatus.PARTIALLY_FILLED: "PF"}


def cells() -> list[tuple[str, str, str]]:
    return [
        (state, event, cell)
        for table, events in ((TABLE, EVENTS), (MORE, MORE_EVENTS))
        for state, *line in map(str.split, table.strip().splitlines()[1:])
        for event, cell in zip(events, line, strict=True)
    ]


def outcome(order: UnifiedOrder, event: OrderEvent) -> str:
    """What `apply` does, in the words of the table."""
    try:
        after = apply(order, event, NOW)
    except IllegalTransition:
        return "!"
    if after is None:
        return "."
    return CODES[after.status] + ("*" if after.anomaly else "")


@pytest.mark.parametrize(("state", "event", "expected"), cells())
def test_what_an_event_makes_of_an_order(state: str, event: str, expected: str) -> None:
    order = ORDERS[state]
    assert outcome(order, (EVENTS | MORE_EVENTS)[event](order)) == expected


def test_the_table_has_every_state_and_every_event() -> None:
    states = {ORDERS[state].status for state, _, _ in cells()}
    events = {type(event(ORDERS["APPROVED"])) for event in (EVENTS | MORE_EVENTS).values()}
    assert states == set(OrderStatus)
    assert events == set(get_args(OrderEvent))
