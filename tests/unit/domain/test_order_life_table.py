"""Every event in every state: what the order becomes."""

from collections.abc import Callable
from decimal import Decimal
from typing import get_args

import pytest

from domain.errors import IllegalTransition
from domain.order_events import (
    CancelRequested,
    EndedUnsent,
    FillBooked,
    OperatorDecided,
    OrderEvent,
    OutcomeUnknown,
    ProvenAbsent,
    SubmissionStarted,
    VenueAccepted,
    VenueCanceled,
    VenueExpired,
    VenueRefusedCancel,
    VenueRejected,
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

# Columns, in the order of EVENTS. A cell is the state after, with `*` where a person must look;
# `.` is old news; `!` is refused as a programming error.
TABLE = """
                  submit accept reject unkn absent part last cancel expire wish refuse unsent word
APPROVED          SU     AC*    RE*    .    .      PF*  FI*  CA*    EX*    AP   AP     EX     AP
SUBMITTING        !      AC     RE     UN   AP     PF   FI   CA     EX     SU   SU     !      SU
UNKNOWN           !      AC     RE     .    AP     PF   FI   CA     EX     UN   UN     !      UN
ACCEPTED          !      .      RE     .    .      PF   FI   CA     EX     AC   AC     !      AC
PARTIALLY_FILLED  !      .      RE     .    .      PF   FI   CA     EX     PF   PF     !      PF
FILLED            !      .      .      .    .      FI*  FI*  .      .      .    FI     !      FI
CANCELED          !      .      .      .    .      CA   FI   .      .      .    CA     !      CA
REJECTED          !      AC*    .      .    .      PF*  FI*  .      .      .    RE     !      RE
EXPIRED           !      .      .      .    .      EX   FI   .      .      .    EX     !      EX
DENIED            !      AC*    .      .    .      PF*  FI*  .      .      .    DE     !      DE
CANCELED_UNSENT   !      AC*    .      .    .      PF*  FI*  .      .      .    CA     !      CA
EXPIRED_UNSENT    !      AC*    .      .    .      PF*  FI*  .      .      .    EX     !      EX
"""
CODES = {status: str(status)[:2] for status in OrderStatus} | {OrderStatus.PARTIALLY_FILLED: "PF"}


def cells() -> list[tuple[str, str, str]]:
    rows = [line.split() for line in TABLE.strip().splitlines()[1:]]
    return [
        (state, event, cell)
        for state, *line in rows
        for event, cell in zip(EVENTS, line, strict=True)
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
    assert outcome(order, EVENTS[event](order)) == expected


def test_the_table_has_every_state_and_every_event() -> None:
    states = {ORDERS[state].status for state, _, _ in cells()}
    events = {type(event(ORDERS["APPROVED"])) for event in EVENTS.values()}
    assert states == set(OrderStatus)
    assert events == set(get_args(OrderEvent))
