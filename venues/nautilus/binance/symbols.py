"""Binance's own names of instruments."""

from __future__ import annotations

from nautilus_trader.adapters.binance.common.symbol import BinanceSymbol


def symbol_of(instrument_id: str) -> str:
    """`BTCUSDT-PERP.BINANCE_FUTURES` is `BTCUSDT` there."""
    return str(BinanceSymbol(instrument_id.rpartition(".")[0]))
