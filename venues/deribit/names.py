"""What the venue calls its instruments, and what their names say."""

from __future__ import annotations

VENUE = "DERIBIT"
_SUFFIX = f".{VENUE}"


def instrument_name(instrument_id: str) -> str:
    """BTC-PERPETUAL of BTC-PERPETUAL.DERIBIT."""
    return instrument_id.removesuffix(_SUFFIX)


def instrument_id(name: str) -> str:
    """BTC-PERPETUAL.DERIBIT of BTC-PERPETUAL."""
    return f"{name}{_SUFFIX}"


def currency_of(name: str) -> str:
    """The currency in which an instrument settles, under which the venue files its orders and
    trades: BTC of BTC-24SEP27-100000-C, USDC of BTC_USDC-PERPETUAL.

    By the name, because the venue forgets what has expired and our orders in it live on.
    """
    base, _, quote = name.partition("-")[0].partition("_")
    return quote or base
