"""The one port behind which every venue stands. A new venue is one new file that implements it.

Commands answer with a union (`Accepted | Rejected | Unknown`), never with an exception: a broken
connection is an outcome. Queries answer or raise `VenueUnreachable`; "I could not ask" and "the
venue has no such order" must never look alike.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar, Protocol

from domain.errors import OdumError
from domain.fills import Fill
from domain.instruments import Instrument
from domain.market import Quote
from domain.order_events import VenueAccepted, VenueCanceled, VenueExpired, VenueRejected
from domain.orders import OrderStatus, OrderType, TimeInForce, UnifiedOrder
from domain.outcomes import CancelOutcome, SubmitOutcome


class VenueUnreachable(OdumError):
    """A query got no usable answer: nothing is known, ask again."""

    code: ClassVar[str] = "venue_unreachable"
    status: ClassVar[int] = 503
    retryable: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the venue can do, so that an order it cannot serve is refused before it is sent.

    `visibility_horizon` is how long after a submission a "no such order" may still be wrong.
    """

    order_types: frozenset[OrderType]
    times_in_force: frozenset[TimeInForce]
    post_only: bool
    reduce_only: bool
    client_id_pattern: str
    visibility_horizon: timedelta


@dataclass(frozen=True, slots=True)
class OrderReport:
    """The venue's own record of one order. `status` is one that a venue can report."""

    venue_client_id: str
    venue_order_id: str
    instrument_id: str
    status: OrderStatus
    filled_qty: Decimal


@dataclass(frozen=True, slots=True)
class NotFound:
    """The venue itself answered that it has no such order."""

    reason: str


@dataclass(frozen=True, slots=True)
class PositionReport:
    instrument_id: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Balance:
    currency: str
    total: Decimal
    free: Decimal


@dataclass(frozen=True, slots=True)
class OrderNews:
    """The venue says something about one of our orders."""

    venue_client_id: str
    event: VenueAccepted | VenueRejected | VenueCanceled | VenueExpired


@dataclass(frozen=True, slots=True)
class FillNews:
    fill: Fill


@dataclass(frozen=True, slots=True)
class StreamRestored:
    """The user stream was away and is back: what happened meanwhile must be pulled."""


VenueEvent = OrderNews | FillNews | StreamRestored


@dataclass(frozen=True, slots=True)
class VenueHealth:
    connected: bool
    last_message_at: datetime | None


class ExternalAdapter(Protocol):
    """One venue account. All methods are called on the loop that called `connect`."""

    venue: str
    account_id: str
    capabilities: Capabilities

    async def connect(self) -> None:
        """Be ready to trade, instruments loaded. Raises VenueUnreachable at its deadline."""

    async def disconnect(self) -> None:
        """Leave the venue. Working orders stay where they are."""

    async def submit_order(self, order: UnifiedOrder) -> SubmitOutcome:
        """Send the order once, as `order.venue_client_id`; wait a bounded time for the answer."""

    async def cancel_order(self, order: UnifiedOrder) -> CancelOutcome:
        """Ask for a cancel. The end of the order arrives as an event, not as this answer."""

    async def find_by_client_id(self, order: UnifiedOrder) -> OrderReport | NotFound:
        """Ask the venue what it knows of the order. Raises VenueUnreachable."""

    async def open_orders(self) -> Sequence[OrderReport]:
        """All working orders of the account. Raises VenueUnreachable."""

    async def fills_since(self, since: datetime) -> Sequence[Fill]:
        """Executions of our orders since then, oldest first. Raises VenueUnreachable."""

    async def positions(self) -> Sequence[PositionReport]:
        """Raises VenueUnreachable."""

    async def balances(self) -> Sequence[Balance]:
        """Raises VenueUnreachable."""

    def instruments(self) -> Sequence[Instrument]:
        """What can be traded here; known after `connect`."""

    def events(self) -> AsyncIterator[VenueEvent]:
        """News of orders and fills, in the venue's order, without end."""

    def quotes(self) -> AsyncIterator[Quote]:
        """Top of book of the subscribed instruments, the latest only, without end."""

    def health(self) -> VenueHealth: ...
