"""The one port behind which every venue stands. A new venue is one new file that implements it.

Commands answer with a union (`Accepted | Rejected | Unknown`), never with an exception: a broken
connection is an outcome. Queries answer or raise `VenueUnreachable`; "I could not ask" and "the
venue has no such order" must never look alike.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Protocol

from domain.capabilities import Capabilities as Capabilities  # noqa: PLC0414 (adapters take it from here)
from domain.deliveries import Delivery
from domain.errors import OdumError
from domain.fills import Fill
from domain.instruments import Instrument
from domain.market import Depth, MarketTrade, Quote
from domain.order_events import (
    VenueAccepted,
    VenueAmended,
    VenueCanceled,
    VenueExpired,
    VenueRejected,
    VenueTriggered,
)
from domain.orders import OrderStatus, UnifiedOrder
from domain.outcomes import AmendOutcome, CancelOutcome, Rejected, SubmitOutcome
from domain.venue_health import RateBudget as RateBudget  # noqa: PLC0414 (adapters take it from here)
from domain.venue_health import VenueHealth as VenueHealth  # noqa: PLC0414


class VenueUnreachable(OdumError):
    """A query got no usable answer: nothing is known, ask again."""

    code: ClassVar[str] = "venue_unreachable"
    status: ClassVar[int] = 503
    retryable: ClassVar[bool] = True


class NoRoom(OdumError):
    """The venue's rate limits leave no room for a command now: nothing was sent, try again."""

    code: ClassVar[str] = "no_room_at_venue"
    status: ClassVar[int] = 503
    retryable: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class OrderReport:
    """The venue's own record of one order. `status` is one that a venue can report.

    `quantity`, `price` and `trigger_price` are the terms as they stand there; None where the order
    has no such term or the venue does not say. `contradiction` is for a person: what is wrong about
    it, most of all another order under the same id.
    """

    venue_client_id: str
    venue_order_id: str
    instrument_id: str
    status: OrderStatus
    filled_qty: Decimal
    quantity: Decimal | None = None
    price: Decimal | None = None
    trigger_price: Decimal | None = None
    contradiction: str | None = None


@dataclass(frozen=True, slots=True)
class NotFound:
    """The venue itself answered that it has no such order.

    `records_since`: its records reach back so far and no further, so of an order that was sent
    before they prove nothing. None where they keep every order long enough.
    """

    reason: str
    records_since: datetime | None = None


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
    event: (
        VenueAccepted | VenueRejected | VenueCanceled | VenueExpired | VenueTriggered | VenueAmended
    )


@dataclass(frozen=True, slots=True)
class FillNews:
    fill: Fill


@dataclass(frozen=True, slots=True)
class StreamRestored:
    """The user stream was away and is back: what happened meanwhile must be pulled."""


VenueEvent = OrderNews | FillNews | StreamRestored


MarketEvent = Quote | Depth | MarketTrade


@dataclass(frozen=True, slots=True)
class Amendment:
    """New terms for a working order; None leaves a term as it is. `quantity` is the new total,
    what has traded included."""

    quantity: Decimal | None = None
    price: Decimal | None = None
    trigger_price: Decimal | None = None


class ExternalAdapter(Protocol):
    """One venue account. All methods are called on the loop that called `connect`."""

    venue: str
    account_id: str
    capabilities: Capabilities

    async def connect(self) -> None:
        """Be ready to trade, instruments loaded. Raises VenueUnreachable at its deadline."""

    async def disconnect(self) -> None:
        """Leave the venue. Working orders stay where they are."""

    async def ready_to_submit(self, order: UnifiedOrder) -> Rejected | None:
        """Do everything that may take time before the order can go: wait for its share of the
        venue's rate limits and take it, ask what must be known. A refusal if it must not be sent.

        Called before SUBMITTING is written, because from then on the order must go at once: what
        is sent late may arrive after it was proven absent. Raises NoRoom, VenueUnreachable.
        """

    async def submit_order(self, order: UnifiedOrder) -> SubmitOutcome:
        """Send the order once and at once, as `order.venue_client_id`; wait a bounded time for the
        answer. `ready_to_submit` went before."""

    async def cancel_order(self, order: UnifiedOrder) -> CancelOutcome:
        """Ask for a cancel. The end of the order arrives as an event, not as this answer."""

    async def ready_to_amend(self, order: UnifiedOrder) -> None:
        """As `ready_to_submit`, for an amend. Raises NoRoom, VenueUnreachable."""

    async def amend_order(self, order: UnifiedOrder, amendment: Amendment) -> AmendOutcome:
        """Change a working order in place. The new terms arrive as an event (`VenueAmended`)."""

    async def cancel_all(self, instrument_id: str | None = None) -> CancelOutcome:
        """Cancel every working order of the account, or those of one instrument, ours or not."""

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

    async def deliveries(self, instrument_ids: Sequence[str]) -> Sequence[Delivery]:
        """How the positions in these instruments ended when they expired; those of which the venue
        does not tell, or not yet, are left out. Raises VenueUnreachable."""

    def instruments(self) -> Sequence[Instrument]:
        """What can be traded here; known after `connect`."""

    def events(self) -> AsyncIterator[VenueEvent]:
        """News of orders and fills, in the venue's order, without end."""

    def quotes(self) -> AsyncIterator[Quote]:
        """Top of book of the subscribed instruments, the latest only, without end."""

    def market_data(self) -> AsyncIterator[MarketEvent]:
        """Top of book, depth (10 levels, at most one a second an instrument) and public trades of
        the subscribed instruments, the latest first to go when nobody reads, without end."""

    def health(self) -> VenueHealth: ...


class VenueHost(Protocol):
    """What keeps the adapters of one process up: one node for several venues, or one connection.

    They can be used before `start` returns: commands are Unknown then, with nothing sent, questions
    raise VenueUnreachable, and `health` says why.
    """

    adapters: Mapping[str, ExternalAdapter]

    async def start(self) -> None:
        """Return once every adapter can trade; until then keep trying."""

    async def stop(self) -> None:
        """Leave the venues. Working orders stay where they are."""
