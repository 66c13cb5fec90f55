"""An order as an order book sees it, and the few words that books and orders share."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal(0)

type Level = tuple[Decimal, Decimal]
"""One price level: price and total resting quantity."""


class Side(StrEnum):
    """Direction of an order."""

    BUY = "BUY"
    SELL = "SELL"

    @property
    def opposite(self) -> "Side":
        """The side that an order of this side trades against."""
        return Side.SELL if self is Side.BUY else Side.BUY


class TimeInForce(StrEnum):
    """What happens to the part of an order that does not trade at once."""

    GTC = "GTC"  # rests
    IOC = "IOC"  # dropped
    FOK = "FOK"  # nothing trades unless everything does
    GTD = "GTD"  # rests until a time


class SelfTrade(StrEnum):
    """What an incoming order does where it would trade with a resting one of its own owner."""

    ALLOWED = "ALLOWED"  # it trades
    CANCEL_MAKER = "CANCEL_MAKER"  # the resting order ends, the incoming one goes on
    CANCEL_TAKER = "CANCEL_TAKER"  # what is left of the incoming order ends
    CANCEL_BOTH = "CANCEL_BOTH"

    @property
    def ends_maker(self) -> bool:
        """Whether the resting order ends."""
        return self in (SelfTrade.CANCEL_MAKER, SelfTrade.CANCEL_BOTH)

    @property
    def ends_taker(self) -> bool:
        """Whether the incoming order ends."""
        return self in (SelfTrade.CANCEL_TAKER, SelfTrade.CANCEL_BOTH)


@dataclass(slots=True, kw_only=True)
class BookOrder:
    """An order as the book sees it; ``leaves`` is what has not traded yet.

    ``price`` None is a market order: it takes any price and never rests. An iceberg shows at most
    ``display`` at a time; ``shown`` is what is left of that. ``self_trade`` is the rule that the
    order brings when it comes in; a resting order obeys the rule of the one that comes.
    """

    order_id: int
    owner: str
    side: Side
    price: Decimal | None
    leaves: Decimal
    time_in_force: TimeInForce = TimeInForce.GTC
    reduce_only: bool = False
    display: Decimal | None = None
    shown: Decimal = ZERO
    self_trade: SelfTrade = SelfTrade.ALLOWED

    def meets_itself_in(self, maker: "BookOrder") -> bool:
        """Whether its rule forbids a trade with a resting order."""
        return self.self_trade is not SelfTrade.ALLOWED and maker.owner == self.owner

    @property
    def visible(self) -> Decimal:
        """The part of the remainder that the book shows and that trades in its place."""
        return self.leaves if self.display is None else self.shown

    def show(self) -> None:
        """Show the next tip of an iceberg."""
        if self.display is not None:
            self.shown = min(self.display, self.leaves)

    @property
    def may_rest(self) -> bool:
        """Whether an untraded remainder stays in the book."""
        rests = self.time_in_force in (TimeInForce.GTC, TimeInForce.GTD)
        return self.price is not None and rests
