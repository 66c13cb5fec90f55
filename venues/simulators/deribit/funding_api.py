"""Public methods: the funding of perpetuals, now and in the past.

What it was, nobody kept: the past is told at the rate of now, which hardly ever differs from zero.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from venues.simulators.bars import DAY_MS, HOUR_MS, hours
from venues.simulators.deribit.calls import Call, Method, Methods
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.errors import invalid_params
from venues.simulators.deribit.funding import rate_of
from venues.simulators.deribit.indices import Indices
from venues.simulators.deribit.instruments import Listing

EIGHT_HOURS_MS = 8 * HOUR_MS
MOST_ROWS = 744
LENGTHS = {"8h": EIGHT_HOURS_MS, "24h": DAY_MS, "1m": 30 * DAY_MS}


class FundingApi:
    """What anybody may ask about funding."""

    def __init__(self, desk: Desk, indices: Indices) -> None:
        self._desk = desk
        self._indices = indices

    def methods(self) -> Methods:
        """By name."""
        return {
            "public/get_funding_rate_value": Method(self._value),
            "public/get_funding_rate_history": Method(self._history),
            "public/get_funding_chart_data": Method(self._chart),
        }

    def _value(self, call: Call) -> Decimal:
        """What accrued between two times."""
        listing = self._perpetual(call)
        start, end = call.params.integer("start_timestamp"), call.params.integer("end_timestamp")
        return self._rate(listing) * max(min(end, call.now_ms) - start, 0) / EIGHT_HOURS_MS

    def _history(self, call: Call) -> list[dict[str, Any]]:
        """One row for each full hour between two times, the latest if there are too many."""
        listing = self._perpetual(call)
        start, end = call.params.integer("start_timestamp"), call.params.integer("end_timestamp")
        rate, at = self._rate(listing), self._index_at(listing, call.now_ms)
        return [
            {
                "timestamp": hour,
                "index_price": at(hour),
                "prev_index_price": at(hour - HOUR_MS),
                "interest_1h": rate / 8,
                "interest_8h": rate,
            }
            for hour in _hours(start, min(end, call.now_ms))
        ]

    def _chart(self, call: Call) -> dict[str, Any]:
        listing = self._perpetual(call)
        span_ms = LENGTHS[call.params.choice("length", "", tuple(LENGTHS))]
        rate, at = self._rate(listing), self._index_at(listing, call.now_ms)
        points = [
            {"timestamp": hour, "index_price": at(hour), "interest_8h": rate}
            for hour in _hours(call.now_ms - span_ms, call.now_ms)
        ]
        return {"current_interest": rate, "interest_8h": rate, "data": points}

    def _perpetual(self, call: Call) -> Listing:
        listing = self._desk.listing(call.params.text("instrument_name"))
        if listing.period != "perpetual":
            raise invalid_params("instrument_name", "not a perpetual")
        return listing

    def _rate(self, listing: Listing) -> Decimal:
        return rate_of(self._desk.mark(listing.name), self._indices.price(listing.index))

    def _index_at(self, listing: Listing, now_ms: int) -> Callable[[int], Decimal]:
        """What its index was at full hours; before the first that is known, what that was."""
        prices = self._indices.prices(listing.index, hours(1), now_ms)
        first = next(iter(prices.values()), self._indices.price(listing.index))
        return lambda hour: prices.get(hour, first)


def _hours(start_ms: int, end_ms: int) -> range:
    last = end_ms // HOUR_MS * HOUR_MS
    first = max(-(-start_ms // HOUR_MS) * HOUR_MS, last - (MOST_ROWS - 1) * HOUR_MS)
    return range(first, last + 1, HOUR_MS)
