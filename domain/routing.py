"""SmartOrderRouter: which venue gets the order.

An explicit instrument goes where it says. A pair goes to the venue with the best effective price
for the whole quantity at the top of its book: buy p * (1 + fee), sell p * (1 - fee). A venue with a
stale, one-sided or missing quote is no candidate (fail closed), nor is one whose lot, tick or
minimum the order does not keep to, if there is another; and one that shows less than the quantity
is taken only if none shows enough.

Venues can be preferred: as long as one of them is a candidate that the order fits, the best of them
gets it, whatever the others offer. Without fallback nobody else does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from domain.instruments import Instrument, InstrumentKind, order_nonconformity
from domain.market import Quote
from domain.orders import OrderRequest
from domain.sides import Side


@dataclass(frozen=True, slots=True)
class Route:
    """The chosen instrument and the price at which it would trade now, before fees."""

    instrument: Instrument
    quote: Quote | None


@dataclass(frozen=True, slots=True)
class NoRoute:
    code: str
    reason: str


class SmartOrderRouter:
    """Pure: the same request, instruments, quotes and time give the same route."""

    def __init__(
        self,
        quote_age_max: timedelta,
        preferred: frozenset[str] | None = None,
        *,
        fallback: bool = True,
    ) -> None:
        """`preferred` names venues; None prefers nobody, and `fallback` then says nothing."""
        self._quote_age_max = quote_age_max
        self._preferred = preferred or frozenset()
        self._fallback = fallback or preferred is None

    def route(
        self,
        request: OrderRequest,
        instruments: Sequence[Instrument],
        quotes: Mapping[str, Quote],
        now: datetime,
    ) -> Route | NoRoute:
        if request.instrument_id is not None:
            return self._explicit(request.instrument_id, instruments, quotes)
        return self._best(request, instruments, quotes, now)

    @staticmethod
    def _explicit(
        instrument_id: str, instruments: Sequence[Instrument], quotes: Mapping[str, Quote]
    ) -> Route | NoRoute:
        for instrument in instruments:
            if instrument.instrument_id == instrument_id:
                return Route(instrument, quotes.get(instrument_id))
        return NoRoute("unknown_instrument", f"No venue offers the instrument {instrument_id!r}.")

    def _best(
        self,
        request: OrderRequest,
        instruments: Sequence[Instrument],
        quotes: Mapping[str, Quote],
        now: datetime,
    ) -> Route | NoRoute:
        offered = [
            instrument
            for instrument in instruments
            if instrument.pair == request.pair and instrument.kind is InstrumentKind.SPOT
        ]
        if not offered:
            return NoRoute("unknown_instrument", f"No venue offers the spot pair {request.pair!r}.")
        fresh = [
            Route(instrument, quote)
            for instrument in offered
            if (quote := quotes.get(instrument.instrument_id)) is not None
            and quote.is_usable(now, self._quote_age_max)
        ]
        if not fresh:
            return NoRoute(
                "no_fresh_quote",
                f"No venue has a fresh quote for {request.pair}; wait for market data or name an "
                "instrument.",
            )
        allowed = fresh if self._fallback else self._preferred_of(fresh)
        if not allowed:
            others = ", ".join(sorted(route.instrument.venue for route in fresh))
            return NoRoute(
                "no_preferred_venue",
                f"No preferred venue can take {request.pair} now, and without fallback {others} "
                "may not; wait for market data or name an instrument.",
            )
        # If it conforms nowhere, risk says at the best venue what is wrong with it.
        candidates = [route for route in allowed if _conforms(request, route)] or allowed
        best = self._preferred_of(candidates) or candidates
        return min(best, key=lambda route: _cost(request, route))

    def _preferred_of(self, routes: Sequence[Route]) -> list[Route]:
        return [route for route in routes if route.instrument.venue in self._preferred]


def _conforms(request: OrderRequest, route: Route) -> bool:
    assert route.quote is not None, "candidates have quotes"
    return order_nonconformity(route.instrument, request, route.quote.mid) is None


def _cost(request: OrderRequest, route: Route) -> tuple[bool, Decimal, str]:
    """Sort key: enough shown size first, then the effective price, then, at a tie, the name."""
    quote = route.quote
    assert quote is not None, "candidates have quotes"
    fee = route.instrument.taker_fee
    if request.side is Side.BUY:
        shown, effective = quote.ask_size, quote.ask * (1 + fee)
    else:
        shown, effective = quote.bid_size, -quote.bid * (1 - fee)
    return (shown < request.quantity, effective, route.instrument.instrument_id)
