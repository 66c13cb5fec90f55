"""Binance's own names of instruments."""

from __future__ import annotations

import json
from collections.abc import Iterable

from nautilus_trader.adapters.binance.common.symbol import BinanceSymbol


def symbol_of(instrument_id: str) -> str:
    """`BTCUSDT-PERP.BINANCE_FUTURES` is `BTCUSDT` there."""
    return str(BinanceSymbol(instrument_id.rpartition(".")[0]))


def symbols_text(symbols: Iterable[str]) -> str:
    """A list of symbols as a request wants it."""
    return json.dumps(sorted(symbols), separators=(",", ":"))
