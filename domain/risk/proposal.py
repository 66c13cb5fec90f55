"""What a risk rule sees: the proposed order, the facts and the limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from domain.capabilities import Capabilities
from domain.instruments import Instrument, InstrumentKind
from domain.market import Quote
from domain.orders import OrderRequest, TrailingOffsetType
from domain.sides import Side

ZERO = Decimal(0)
BPS = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class SizeLimits:
    """Quantities in units of the base asset."""

    max_order_size: Decimal
    max_position_size: Decimal


@dataclass(frozen=True, slots=True)
class RiskLimits:
    """Limits of the desk. Quantities in units of the base asset, money in the currency of the
    limits: `par_currencies` count as one unit of it, others by what they are worth in these.

    `sizes_by_venue` replaces the two sizes where a venue's assets are of another order: a share or
    a euro is not a bitcoin.
    """

    max_order_size: Decimal
    max_order_notional: Decimal
    max_position_size: Decimal
    max_exposure: Decimal
    max_orders_per_minute: int
    price_collar_bps: Decimal
    quote_age_max: timedelta
    par_currencies: frozenset[str]
    sizes_by_venue: Mapping[str, SizeLimits] = field(default_factory=dict)

    def sizes_at(self, venue: str) -> SizeLimits:
        """The sizes that count at a venue."""
        desk = SizeLimits(self.max_order_size, self.max_position_size)
        return self.sizes_by_venue.get(venue, desk)


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """The account as it stands under its lock; open orders count as if they had filled.

    `position` is signed, `open_buys` and `open_sells` are the leaves of live orders in this
    instrument, `exposure` is the gross value of positions and open orders over all instruments;
    `unvalued` names a currency in which some of it is and of which no rate is known. `quote_rate`
    and `base_rate` are what one unit of the instrument's currencies is worth in that of the limits.
    """

    now: datetime
    position: Decimal
    open_buys: Decimal
    open_sells: Decimal
    exposure: Decimal
    orders_last_minute: int
    quote_rate: Decimal | None = Decimal(1)
    base_rate: Decimal | None = None
    unvalued: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """`filled` is what an order that is amended has traded already: the position has it.

    `capabilities` are the venue's; None where it has not told them, then its adapter refuses.
    """

    request: OrderRequest
    instrument: Instrument
    quote: Quote | None
    facts: RiskFacts
    limits: RiskLimits
    capabilities: Capabilities | None = None
    filled: Decimal = ZERO

    @property
    def fresh_quote(self) -> Quote | None:
        """The quote that may value the order; None if it is missing, stale or one-sided."""
        quote = self.quote
        if quote is None or not quote.is_usable(self.facts.now, self.limits.quote_age_max):
            return None
        return quote

    @property
    def reference_price(self) -> Decimal | None:
        """The highest price at which it may trade as far as we can tell: its limit or its trigger
        if that is above the market, else the mid; for a trailing buy, the mid and its offset.

        A price far below the market must not shrink a buy's value, nor hide a sell's.
        """
        quote, request = self.fresh_quote, self.request
        if quote is None:
            return None
        trailed = quote.mid
        if request.side is Side.BUY:
            trailed += self.trailing_distance or ZERO
        return max(trailed, request.price or ZERO, request.trigger_price or ZERO)

    @property
    def trailing_distance(self) -> Decimal | None:
        """How far a trailing stop stays behind the market, in price; None without a fresh quote."""
        offset, quote = self.request.trailing_offset, self.fresh_quote
        if offset is None or quote is None:
            return None
        if self.request.trailing_offset_type is TrailingOffsetType.BASIS_POINTS:
            return offset * quote.mid / BPS
        return offset

    @property
    def open_quantity(self) -> Decimal:
        """What could still trade."""
        return self.request.quantity - self.filled

    @property
    def sizes(self) -> SizeLimits:
        """The size limits that count for this order."""
        return self.limits.sizes_at(self.instrument.venue)

    def in_base(self, quantity: Decimal) -> Decimal:
        """A quantity of the instrument in units of its base asset."""
        quote = self.fresh_quote
        return self.instrument.base_quantity(quantity, quote.mid if quote else None)

    @property
    def valued_in(self) -> str:
        """The currency whose rate values the order."""
        is_option = self.instrument.kind is InstrumentKind.OPTION
        return self.instrument.base if is_option else self.instrument.quote

    @property
    def notional(self) -> Decimal | None:
        """The value of the whole order."""
        return self._valued(self.request.quantity)

    @property
    def open_notional(self) -> Decimal | None:
        return self._valued(self.open_quantity)

    @property
    def position_if_filled(self) -> Decimal:
        """The worst position: every open order on this side and this one filled, none opposite."""
        facts = self.facts
        if self.request.side is Side.BUY:
            return facts.position + facts.open_buys + self.open_quantity
        return facts.position - facts.open_sells - self.open_quantity

    @property
    def only_reduces(self) -> bool:
        """True if even with all open orders on this side filled the position only shrinks."""
        after = self.position_if_filled
        return abs(after) < abs(self.facts.position) and after * self.facts.position >= ZERO

    def _valued(self, quantity: Decimal) -> Decimal | None:
        """In the currency of the limits. An option counts as its underlying: its premium says
        nothing of what it can cost."""
        price, instrument = self.reference_price, self.instrument
        if price is None:
            return None
        if instrument.kind is InstrumentKind.OPTION:
            rate, value = self.facts.base_rate, quantity * instrument.multiplier
        else:
            rate, value = self.facts.quote_rate, instrument.notional(quantity, price)
        return None if rate is None else value * rate
