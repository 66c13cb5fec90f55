"""An order that the API took: whose it is, its terms, and where it stands in IB's words."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from venues.simulators.ib.listings import Listed
from venues.simulators.ib.order_kinds import KINDS, OrderKind
from venues.simulators.ib.tickets import Ticket
from venues.simulators.matching import ZERO
from venues.simulators.orders import Order, Status

PRE_SUBMITTED, SUBMITTED, FILLED = "PreSubmitted", "Submitted", "Filled"
CANCELED, INACTIVE = "Cancelled", "Inactive"


class Hold(StrEnum):
    """Why an order is not at the exchange yet."""

    UNTRANSMITTED = "UNTRANSMITTED"  # TWS has it and sends it nowhere
    PARENT = "PARENT"  # it is attached to an order that has not filled
    OPEN = "OPEN"  # its market is closed
    CLOSE = "CLOSE"  # it is for the end of the session


@dataclass(slots=True, kw_only=True)
class Booked:
    """An order of one API client.

    ``order`` is None while it is held, and when it never came to the exchange; ``ended`` is the
    state in which it ended then, at ``ended_ns``. ``due_ns`` is when what waits for the end of the
    session is sent. ``last_price`` is that of the latest execution.
    """

    client_id: int
    order_id: int
    perm_id: int
    exchange_id: int
    listed: Listed
    ticket: Ticket
    order: Order | None = None
    hold: Hold | None = None
    due_ns: int = 0
    ended: str = ""
    ended_ns: int = 0
    reason: str = ""
    last_price: Decimal = ZERO

    @property
    def kind(self) -> OrderKind:
        """What its order type means."""
        return KINDS[self.ticket.order_type]

    @property
    def status(self) -> str:
        """IB's word for where the order stands."""
        if self.ended:
            return self.ended
        if self.order is None or self.order.status is Status.UNTRIGGERED:
            return PRE_SUBMITTED
        match self.order.status:
            case Status.NEW | Status.PARTIALLY_FILLED:
                return SUBMITTED
            case Status.FILLED:
                return FILLED
            case _:
                return CANCELED

    @property
    def is_open(self) -> bool:
        """Whether it may still trade."""
        return self.status in (PRE_SUBMITTED, SUBMITTED)

    @property
    def is_told(self) -> bool:
        """Whether clients hear of it: TWS keeps silent about what was not transmitted."""
        return self.hold is not Hold.UNTRANSMITTED

    @property
    def why_held(self) -> str:
        """IB's whyHeld: an attached order waits for its parent, a conditional one for a price."""
        if not self.is_open or self.status == SUBMITTED:
            return ""
        reasons = ["child"] if self.hold is Hold.PARENT else []
        if self.kind.core.is_conditional:
            reasons.append("trigger")
        return ",".join(reasons)

    @property
    def finished_ns(self) -> int:
        """When it ended; zero while it is open."""
        if self.ended:
            return self.ended_ns
        return 0 if self.order is None or self.is_open else self.order.updated_ns

    @property
    def executed(self) -> Decimal:
        """What has traded."""
        return self.order.executed if self.order is not None else ZERO

    @property
    def average_price(self) -> Decimal:
        """The mean price of what has traded."""
        return self.order.average_price if self.order is not None else ZERO
