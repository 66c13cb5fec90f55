"""Public REST of the venue: instruments, time, marks, funding, open interest, and its rules."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from venues.simulators.exchange import Exchange
from venues.simulators.instruments import Instrument, Kind
from venues.simulators.okx import market_rows as rows
from venues.simulators.okx.account_rows import MAINTENANCE
from venues.simulators.okx.calls import Call, Routes, public
from venues.simulators.okx.errors import no_instrument
from venues.simulators.okx.instruments import (
    INSTRUMENTS,
    MOST_LEVERAGE,
    SWAP,
    instrument_row,
    of_type,
    plain,
)
from venues.simulators.okx.order_reading import limits_of
from venues.simulators.okx.params import Params
from venues.simulators.okx.selection import (
    CONTRACT_TYPES,
    INST_TYPES,
    family_of,
    named,
    symbols_of,
)
from venues.simulators.open_interest import open_interest

RATES_MOST = 400
RATES_KEPT_MS = 90 * 24 * 3_600_000


class PublicApi:
    """What the venue says of itself and of its instruments."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self) -> Routes:
        """Endpoints with the real venue's limits."""
        return {
            ("GET", "/api/v5/public/time"): public(self.time, 10),
            ("GET", "/api/v5/public/instruments"): public(self.instruments, 20),
            ("GET", "/api/v5/public/underlying"): public(self.underlying, 20),
            ("GET", "/api/v5/public/mark-price"): public(self.mark_price, 10),
            ("GET", "/api/v5/public/price-limit"): public(self.price_limit, 20),
            ("GET", "/api/v5/public/funding-rate"): public(self.funding_rate, 10),
            ("GET", "/api/v5/public/funding-rate-history"): public(self.funding_rates, 10),
            ("GET", "/api/v5/public/open-interest"): public(self.open_interest, 20),
            ("GET", "/api/v5/public/position-tiers"): public(self.position_tiers, 10),
            ("GET", "/api/v5/system/status"): public(self.status, 10),
        }

    def time(self, call: Call) -> list[dict[str, str]]:
        """The venue's clock."""
        return [{"ts": str(call.now_ms)}]

    def status(self, call: Call) -> list[dict[str, str]]:
        """No upgrade is planned."""
        return []

    def instruments(self, call: Call) -> list[dict[str, Any]]:
        """All of a type."""
        call.params.choice("instType", INST_TYPES)
        return [instrument_row(INSTRUMENTS[symbol]) for symbol in symbols_of(call.params)]

    def underlying(self, call: Call) -> list[list[str]]:
        """The underlyings of a type of contracts."""
        inst_type = call.params.choice("instType", CONTRACT_TYPES)
        return [[family_of(instrument) for instrument in of_type(inst_type)]]

    def mark_price(self, call: Call) -> list[dict[str, str]]:
        """Mark prices of a type."""
        return [
            rows.mark_row(INSTRUMENTS[symbol], self._exchange.marks[symbol], call.now_ms)
            for symbol in symbols_of(call.params)
        ]

    def price_limit(self, call: Call) -> list[dict[str, Any]]:
        """The highest price of a buy and the lowest of a sell."""
        instrument = named(call.params)
        limits = limits_of(instrument, self._exchange.marks[instrument.symbol])
        return [rows.limit_row(instrument, *limits, call.now_ms)]

    def funding_rate(self, call: Call) -> list[dict[str, str]]:
        """Of one swap, or of all by the name ANY."""
        if call.params.get("instId") == "ANY":
            return [rows.funding_row(instrument, call.now_ms) for instrument in of_type(SWAP)]
        return [rows.funding_row(_swap(call.params), call.now_ms)]

    def funding_rates(self, call: Call) -> list[dict[str, str]]:
        """Of one swap, the last three months: nothing was ever paid here."""
        params, instrument = call.params, _swap(call.params)
        after, before = params.integer("after"), params.integer("before")
        last = call.now_ms - call.now_ms % rows.FUNDING_MS
        times = [
            at
            for at in range(last, call.now_ms - RATES_KEPT_MS, -rows.FUNDING_MS)
            if (after is None or at < after) and (before is None or at > before)
        ]
        return [rows.past_funding_row(instrument, at) for at in times[: params.limit(RATES_MOST)]]

    def open_interest(self, call: Call) -> list[dict[str, str]]:
        """What the accounts of this venue hold of each contract."""
        inst_type = call.params.choice("instType", CONTRACT_TYPES)
        return [
            rows.open_interest_row(instrument, *self.held(instrument), call.now_ms)
            for instrument in of_type(inst_type)
            if call.params.get("instId") in ("", instrument.symbol)
            and call.params.get("instFamily") in ("", family_of(instrument))
        ]

    def held(self, instrument: Instrument) -> tuple[Decimal, Decimal]:
        """Open interest in contracts, and the mark price."""
        opened = open_interest(self._exchange.state.accounts.values(), instrument.symbol)
        return opened, self._exchange.marks[instrument.symbol]

    def position_tiers(self, call: Call) -> list[dict[str, str]]:
        """One tier for every swap: margin does not rise with the position here."""
        params = call.params
        inst_type = params.choice("instType", {**CONTRACT_TYPES, "MARGIN": "MARGIN"})
        params.choice("tdMode", {"cross": "cross", "isolated": "isolated"})
        families = params.text("instFamily").split(",") if inst_type == SWAP else []
        return list(_tiers(families)) if params.get("tier") in ("", "1") else []


def _swap(params: Params) -> Instrument:
    instrument = named(params)
    if instrument.kind is Kind.SPOT:
        raise no_instrument()
    return instrument


def _tiers(families: list[str]) -> Iterator[dict[str, str]]:
    for instrument in of_type(SWAP):
        if family_of(instrument) in families:
            yield {
                "baseMaxLoan": "",
                "imr": plain(1 / Decimal(MOST_LEVERAGE)),
                "instFamily": family_of(instrument),
                "instId": "",
                "maxLever": str(MOST_LEVERAGE),
                "maxSz": plain(instrument.max_quantity),
                "minSz": "0",
                "mmr": plain(MAINTENANCE),
                "optMgnFactor": "0",
                "quoteMaxLoan": "",
                "tier": "1",
                "uly": family_of(instrument),
            }
