"""The audit trail: unbroken, it makes each row what it is, and approves before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import MISSING, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from pydantic import TypeAdapter

from db.records import RecordedEvent
from domain.audit import Link, first_break
from domain.closings import BY_VENUE
from domain.identifiers import venue_client_id
from domain.order_events import (
    AmendApproved,
    OpeningEvent,
    OrderEvent,
    OrderReceived,
    RiskApproved,
    RiskDenied,
    SubmissionStarted,
)
from domain.order_life import apply
from domain.orders import OrderRequest, OrderStatus, UnifiedOrder
from tests.support.agreement.books import Books
from venues.simulators.ledger import LedgerOrder

_READERS: dict[str, TypeAdapter[Any]] = {
    kind.__name__: TypeAdapter(kind) for kind in (*get_args(OpeningEvent), *get_args(OrderEvent))
}
_FIRST_LEG = 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# What a row has from its beginning, and what its request says of it; a route is not of the request.
_OPENED_WITH = tuple(f.name for f in fields(UnifiedOrder) if f.default is MISSING)
_ASKED_FOR = tuple(
    f.name
    for f in fields(OrderRequest)
    if f.name != "instrument_id" and f.name in UnifiedOrder.__slots__
)


def broken_audits(books: Books) -> Iterator[str]:
    """Chains that break, rows that their events do not explain, orders sent without approval."""
    for row in books.orders.values():
        events = books.events[row.order_id]
        chain = [(Link(row.order_id, e.version, e.name, e.detail, e.at), e.hash) for e in events]
        if (broken := first_break(chain)) is not None:
            yield f"the audit trail of {row.order_id} breaks at {broken}"
        elif row.strategy_id != BY_VENUE:
            yield from _unexplained(row, events)
    for venue, order, known in books.legs():
        if known is not None and not _is_covered(order, books.events[known.order_id]):
            yield f"{venue} has {order.client_order_id}, which no approval from before covers"


def _unexplained(row: UnifiedOrder, events: Sequence[RecordedEvent]) -> Iterator[str]:
    """Where the fold of the events is another order than the row."""
    order = _opened(row, events)
    for event in events[order.version :]:
        changed = apply(order, _read(event), event.at)
        if changed is None:
            yield f"{row.order_id}: {event.name} ({event.version}) changes nothing, yet it is there"
            return
        order = replace(changed, last_hash=event.hash)
    for name in UnifiedOrder.__slots__:
        made, is_now = getattr(order, name), getattr(row, name)
        if made != is_now:
            yield f"{row.order_id}: {name} is {is_now}, its events make it {made}"


def _opened(row: UnifiedOrder, events: Sequence[RecordedEvent]) -> UnifiedOrder:
    """The order as it was first recorded: as it was asked for, approved or denied."""
    number, decision = next(
        (number, said)
        for number, event in enumerate(events, 1)
        if isinstance(said := _read(event), RiskApproved | RiskDenied)
    )
    received = _read(events[0])
    assert isinstance(received, OrderReceived), received
    opened = UnifiedOrder(
        **{name: getattr(row, name) for name in _OPENED_WITH}
        | {name: getattr(received.request, name) for name in _ASKED_FOR}
    )
    opened = replace(
        opened,
        leg=_FIRST_LEG,
        venue_client_id=venue_client_id(row.order_id, _FIRST_LEG),
        updated_at=row.created_at,
        version=number,
        last_hash=events[number - 1].hash,
        strategy_seq=row.strategy_seq,
    )
    if isinstance(decision, RiskDenied):
        return replace(
            opened,
            status=OrderStatus.DENIED,
            reason_code=decision.rule,
            reason=decision.message,
        )
    return replace(opened, status=OrderStatus.APPROVED, reference_price=decision.reference_price)


def _is_covered(order: LedgerOrder, events: Sequence[RecordedEvent]) -> bool:
    """Risk approved first, SUBMITTING was written next, and the venue had the order only then; and
    it has no more of it than was approved."""
    approvals = [e for e in events if e.name in (RiskApproved.__name__, AmendApproved.__name__)]
    sent = [e for e in events if e.name == SubmissionStarted.__name__]
    if not approvals or not sent or approvals[0].version > sent[0].version:
        return False
    most = max(_read(approval).quantity for approval in approvals)
    sent_ns = (sent[0].at - _EPOCH) // timedelta(microseconds=1) * 1000
    return sent_ns <= order.accepted_ns and order.quantity <= most


def _read(event: RecordedEvent) -> Any:
    return _READERS[event.name].validate_python(event.detail)
