"""What an execution cost: the fee, and the taxes that some accounts pay beside it."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from venues.nautilus.bybit.numbers import number
from venues.nautilus.bybit.settings import Category, Symbol
from venues.port import VenueUnreachable

_LOG = logging.getLogger(__name__)


def fee_of(row: Mapping[str, Any], symbol: Symbol) -> tuple[Decimal, str]:
    """What was paid, positive for a cost, and in what.

    `execFee` leaves out `extraFees`: taxes of Indian, Emirati and Indonesian accounts, and of those
    in the EU that trade against money. A fill has one fee, so a tax in another coin than the fee's
    is told in the log and not booked. Raises VenueUnreachable where the coin cannot be told.
    Source: https://bybit-exchange.github.io/docs/v5/websocket/private/execution
    """
    fee, currency = number(row["execFee"]), fee_currency(row, symbol)
    for amount, coin in _taxes(row, symbol):
        if coin == currency:
            fee += amount
        elif amount:
            _say_unbooked(row["execId"], symbol.name, f"{amount:f} {coin}")
    return fee, currency


def fee_currency(row: Mapping[str, Any], symbol: Symbol) -> str:
    """What a fee is paid in where the venue leaves it out, as it does for contracts.

    Contracts pay in what they are settled in. Spot pays from what is received; a maker's rebate
    comes in what is given. Raises VenueUnreachable where neither can be told.
    Source: https://bybit-exchange.github.io/docs/v5/enum#spot-fee-currency-instruction
    """
    told = str(row.get("feeCurrency") or "")
    if told:
        return told
    if symbol.category is not Category.SPOT:
        return symbol.settled_in
    if symbol.assets is None:
        raise VenueUnreachable(f"Bybit does not say what the fee of {row['execId']} is paid in.")
    base, quote = symbol.assets
    is_rebate = bool(row["isMaker"]) and number(row["execFee"]) < 0
    return base if (row["side"] == "Buy") != is_rebate else quote


def _taxes(row: Mapping[str, Any], symbol: Symbol) -> Sequence[tuple[Decimal, str]]:
    """Amounts and their coins. The stream sends a list; by REST they are documented as a text.

    What cannot be read must not keep the fill out of the book.
    """
    told = row.get("extraFees") or ()
    try:
        taxes = json.loads(told) if isinstance(told, str) else told
        return [(number(tax["fee"]), str(tax["feeCoin"])) for tax in taxes]
    except (ValueError, ArithmeticError, LookupError, TypeError):
        _say_unbooked(row["execId"], symbol.name, f"{told!r}, which cannot be read")
        return ()


@lru_cache(maxsize=5000)
def _say_unbooked(trade_id: str, symbol: str, tax: str) -> None:
    """Once a trade, however often it is streamed and pulled."""
    _LOG.warning("BYBIT: the tax on trade %s of %s is not booked: %s", trade_id, symbol, tax)
