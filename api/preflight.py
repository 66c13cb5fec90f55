"""Checks of a new order before anything is started: could any venue take it at all?

Risk is not decided here: that needs the account's lock and belongs to the admission.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from api.errors import NoInstruments, RefusedField
from api.trading_gate import TradingGate
from db.known_instruments import KnownInstruments
from domain.capabilities import Capabilities, unsupported
from domain.instruments import Instrument, InstrumentKind, order_nonconformity
from domain.order_terms import expired
from domain.orders import OrderRequest

_FIELDS = {
    "price_off_tick": "price",
    "trigger_price_off_tick": "trigger_price",
    "trailing_offset_off_tick": "trailing_offset",
    "display_qty_off_lot": "display_qty",
}
_POSITIONS = (InstrumentKind.PERPETUAL, InstrumentKind.FUTURE, InstrumentKind.OPTION)


class Preflight:
    """Refuses what can never become an order, and everything while trading is stopped."""

    def __init__(
        self, instruments: KnownInstruments, trading: TradingGate, venues: Collection[str]
    ) -> None:
        self._instruments = instruments
        self._trading = trading
        self._venues = frozenset(venues)

    async def check(self, request: OrderRequest) -> None:
        """Raises RefusedField, TradingStopped or NoInstruments."""
        await self._trading.require_running()
        over = expired(request, datetime.now(UTC))
        if over is not None:
            raise RefusedField(over.field, over.code, f"{over.field} {over.message}.")
        candidates = await self._candidates(request)
        known = self._instruments.capabilities
        refusals = [_refusal(request, one, known.get(one.venue)) for one in candidates]
        # Best-venue routing needs one venue that could take it.
        if None not in refusals:
            raise next(refusal for refusal in refusals if refusal is not None)

    async def _candidates(self, request: OrderRequest) -> list[Instrument]:
        if request.instrument_id is not None:
            return [await self._instrument(request.instrument_id)]
        pair = request.pair or ""
        candidates = await self._instruments.spot_of(pair)
        if not candidates:
            self._require_instruments()
            raise RefusedField(
                "pair",
                "unknown_instrument",
                f"No venue offers the spot pair {pair!r}; pairs look like BTC/USDT.",
            )
        return list(candidates)

    async def _instrument(self, instrument_id: str) -> Instrument:
        symbol, _, venue = instrument_id.rpartition(".")
        if not symbol or venue not in self._venues:
            raise RefusedField(
                "instrument_id",
                "unknown_venue",
                f"{instrument_id!r} names no venue of this system; use one of "
                f"{', '.join(sorted(self._venues))}, as in BTCUSDT.BINANCE_SPOT.",
            )
        instrument = await self._instruments.offered(instrument_id)
        if instrument is None:
            self._require_instruments()
            raise RefusedField(
                "instrument_id",
                "unknown_instrument",
                f"{venue} does not offer {symbol!r} here; check the symbol.",
            )
        return instrument

    def _require_instruments(self) -> None:
        if self._instruments.is_empty:
            raise NoInstruments


def _refusal(
    request: OrderRequest, instrument: Instrument, capabilities: Capabilities | None
) -> RefusedField | None:
    if request.reduce_only and instrument.kind not in _POSITIONS:
        return RefusedField(
            "reduce_only",
            "reduce_only_not_allowed",
            f"{instrument.instrument_id} has no positions to reduce: reduce_only is for "
            "derivatives.",
        )
    # A venue that has not told what it can do yet is asked by sending: its adapter refuses.
    lack = unsupported(request, instrument.kind, capabilities) if capabilities else None
    if lack is not None:
        return RefusedField(lack.field, "not_supported_by_venue", lack.message(instrument.venue))
    fault = order_nonconformity(instrument, request, None)
    if fault is None:
        return None
    return RefusedField(_FIELDS.get(fault.code, "quantity"), fault.code, fault.message)
