"""What TWS has told of our orders. Matched by orderRef, which is our own id and survives at IB;
order ids are numbers of one client's session."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from domain.identifiers import order_id_of_venue_client_id
from domain.orders import OrderStatus
from venues.interactive_brokers.messages import OrderSaid, StatusSaid, Ticket

ACCEPTED = frozenset({"PreSubmitted", "Submitted", "PendingCancel", "Filled"})
"""IB has the order. PendingSubmit and ApiPending only say that it is on its way."""

INACTIVE = "Inactive"
"""Refused, or parked in TWS, where somebody can transmit it."""

CANCELED_STATES = frozenset({"Cancelled", "ApiCancelled"})
WORKING = frozenset({"ApiPending", "PendingSubmit", "PendingCancel", "PreSubmitted", "Submitted"})
_CONDITIONAL = frozenset({"STP", "STP LMT", "MIT", "LIT", "TRAIL"})
_LIMITED = frozenset({"LMT", "STP LMT", "LIT"})
_TRIGGERED_BY_AUX = frozenset({"STP", "STP LMT", "MIT", "LIT"})
_GTD_GRACE_S = 2.0
_REMEMBERED = 20_000


@dataclass(slots=True, kw_only=True)
class KnownOrder:
    """One of our orders as last told. The flags say what has been handed on as news.

    `unseen` is what its state says is filled and no execution shows, however often it was asked
    for: traded on an earlier day, or busted.
    """

    ref: str
    order_id: int = 0
    client_id: int = 0
    perm_id: int = 0
    con_id: int = 0
    instrument_id: str = ""
    status: str = ""
    order_type: str = ""
    quantity: Decimal | None = None
    limit: Decimal | None = None
    aux: Decimal | None = None
    tif: str = ""
    good_till: str = ""
    filled: Decimal = Decimal(0)
    unseen: Decimal = Decimal(0)
    reason: str = ""
    cancel_asked: bool = False
    told_accepted: bool = False
    told_triggered: bool = False
    told_end: bool = False
    refused: bool = False
    traded: dict[str, Decimal] = field(default_factory=dict)

    def now(self, status: str) -> None:
        """A state was told. What was canceled can still fill, but it works no more: a working state
        that comes afterwards is an old one."""
        if self.status not in CANCELED_STATES or status not in WORKING:
            self.status = status

    @property
    def executed(self) -> Decimal:
        """What its executions sum up to, each counted once."""
        return sum(self.traded.values(), Decimal(0))

    @property
    def missing(self) -> Decimal:
        """What its state says is filled and its executions do not show yet."""
        return self.filled - self.executed - self.unseen

    @property
    def is_conditional(self) -> bool:
        return self.order_type in _CONDITIONAL

    @property
    def is_working(self) -> bool:
        return self.status in WORKING

    @property
    def price(self) -> Decimal | None:
        return self.limit if self.order_type in _LIMITED else None

    @property
    def trigger_price(self) -> Decimal | None:
        return self.aux if self.order_type in _TRIGGERED_BY_AUX else None

    @property
    def terms(self) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
        return self.quantity, self.price, self.trigger_price

    @property
    def ends_by_itself(self) -> bool:
        """Whether its time in force can have ended it, nobody having asked for a cancel."""
        if self.cancel_asked:
            return False
        if self.tif == "GTD":
            return self._good_till_has_passed()
        return self.tif in ("IOC", "FOK", "DAY")

    def working_status(self) -> OrderStatus:
        """The status of one that TWS lists as open, Inactive or not: it can still trade."""
        return OrderStatus.PARTIALLY_FILLED if self.filled else OrderStatus.ACCEPTED

    def report_status(self) -> OrderStatus:
        """The status in our words."""
        if self.status == "Filled":
            return OrderStatus.FILLED
        if self.status in CANCELED_STATES:
            return OrderStatus.EXPIRED if self.ends_by_itself else OrderStatus.CANCELED
        if self.status == INACTIVE:
            return OrderStatus.CANCELED if self.filled else OrderStatus.REJECTED
        return self.working_status()

    def _good_till_has_passed(self) -> bool:
        # We send it in UTC; a gateway that repeats it in another zone leaves it a cancel.
        try:
            ends = datetime.strptime(self.good_till, "%Y%m%d %H:%M:%S UTC").replace(tzinfo=UTC)
        except ValueError:
            return False
        return (datetime.now(UTC) - ends).total_seconds() > -_GTD_GRACE_S


class KnownOrders:
    """Our orders of this login, by orderRef. `of_id` finds those of our own client id."""

    def __init__(self, client_id: int) -> None:
        self._client_id = client_id
        self._by_ref: dict[str, KnownOrder] = {}
        self._by_id: dict[int, KnownOrder] = {}

    def __iter__(self) -> Iterator[KnownOrder]:
        return iter(list(self._by_ref.values()))

    def get(self, ref: str) -> KnownOrder | None:
        return self._by_ref.get(ref)

    def of_id(self, order_id: int) -> KnownOrder | None:
        return self._by_id.get(order_id)

    @property
    def highest_id(self) -> int:
        return max(self._by_id, default=0)

    def sending(self, order_id: int, ticket: Ticket) -> KnownOrder:
        """We are about to send an order."""
        order = KnownOrder(
            ref=ticket.order_ref,
            order_id=order_id,
            client_id=self._client_id,
            order_type=ticket.order_type,
            quantity=ticket.quantity,
            limit=ticket.limit,
            aux=ticket.aux,
            tif=ticket.tif,
            good_till=ticket.good_till,
        )
        self._forget_oldest()
        self._by_ref[order.ref] = self._by_id[order_id] = order
        return order

    def _forget_oldest(self) -> None:
        """What ended long ago makes room; the venue still knows it."""
        if len(self._by_ref) < _REMEMBERED:
            return
        for order in [order for order in self if not order.is_working][: _REMEMBERED // 2]:
            del self._by_ref[order.ref]
            self._by_id.pop(order.order_id, None)

    def heard(self, said: OrderSaid) -> KnownOrder | None:
        """Terms and state of an order; None where it is none of ours."""
        if order_id_of_venue_client_id(said.order_ref) is None:
            return None
        order = self._by_ref.setdefault(said.order_ref, KnownOrder(ref=said.order_ref))
        if said.order_id:
            self._learn_id(order, said.order_id, said.client_id)
        order.perm_id = said.perm_id or order.perm_id
        order.con_id, order.instrument_id = said.con_id, said.instrument_id
        order.now(said.status)
        order.order_type, order.tif, order.good_till = said.order_type, said.tif, said.good_till
        order.quantity, order.limit, order.aux = said.quantity, said.limit, said.aux
        order.filled = max(order.filled, said.filled or Decimal(0))
        return order

    def heard_status(self, said: StatusSaid) -> KnownOrder | None:
        """The state of an order; None where it is none of ours."""
        if said.client_id == self._client_id:
            order = self._by_id.get(said.order_id)
        else:
            order = next((o for o in self._by_ref.values() if o.perm_id == said.perm_id), None)
        if order is not None:
            order.perm_id = said.perm_id or order.perm_id
            order.now(said.status)
            order.filled = max(order.filled, said.filled)
        return order

    def _learn_id(self, order: KnownOrder, order_id: int, client_id: int) -> None:
        order.order_id, order.client_id = order_id, client_id
        if client_id == self._client_id:
            self._by_id[order_id] = order
