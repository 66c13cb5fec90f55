"""What a risk rule sees: the proposed order, the facts and the limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from domain.instruments import Instrument
from domain.market import Quote
from domain.orders import OrderRequest
from domain.sides import Side

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class RiskLimits:
    """Limits of the desk. Quantities in the instrument's units, money in quote currency."""

    max_order_size: Decimal
    max_order_notional: Decimal
    max_position_size: Decimal
    max_exposure: Decimal
    max_orders_per_minute: int
    price_collar_bps: Decimal
    quote_age_max: timedelta


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """The account as it stands under its lock; open orders count as if they had filled.

    `position` is signed, `open_buys` and `open_sells` are the leaves of live orders in this
    instrument, `exposure` is the gross value of positions and open orders over all instruments.
    """

    now: datetime
    position: Decimal
    open_buys: Decimal
    open_sells: Decimal
    exposure: Decimal
    orders_last_minute: int


@dataclass(frozen=True, slots=True)
class Proposal:
    request: OrderRequest
    instrument: Instrument
    quote: Quote | None
    facts: RiskFacts
    limits: RiskLimits

    @property
    def fresh_quote(self) -> Quote | None:
        """The quote that may value the order; None if it is missing, stale or one-sided."""
        quote = self.quote
        if quote is None or not quote.is_usable(self.facts.now, self.limits.quote_age_max):
            return None
        return quote

    @property
    def reference_price(self) -> Decimal | None:
        """The price that values the order: its limit if that is above the market, else the mid.

        A limit far below the market must not shrink a buy's value, nor hide a sell's.
        """
        quote = self.fresh_quote
        if quote is None:
            return None
        return max(quote.mid, self.request.price or ZERO)

    @property
    def notional(self) -> Decimal | None:
        price = self.reference_price
        if price is None:
            return None
        return self.instrument.notional(self.request.quantity, price)

    @property
    def position_if_filled(self) -> Decimal:
        """The worst position: every open order on this side and this one filled, none opposite."""
        facts = self.facts
        if self.request.side is Side.BUY:
            return facts.position + facts.open_buys + self.request.quantity
        return facts.position - facts.open_sells - self.request.quantity

    @property
    def only_reduces(self) -> bool:
        """True if even with all open orders on this side filled the position only shrinks."""
        after = self.position_if_filled
        return abs(after) < abs(self.facts.position) and after * self.facts.position >= ZERO
