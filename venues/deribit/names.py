"""What the venue calls its instruments, and what their names say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

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


def expiry_of(name: str) -> datetime | None:
    """When an instrument ends, by its name: on its date at 08:00 UTC; None where it has no date."""
    _, _, rest = name.partition("-")
    try:
        date = datetime.strptime(rest.partition("-")[0], "%d%b%y").replace(tzinfo=UTC)
    except ValueError:
        return None
    return date + timedelta(hours=8)
