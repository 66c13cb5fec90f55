"""Positions in the venue's JSON. Field names: OpenAPI 2.1.1, `position`."""

from decimal import Decimal
from typing import Any

from venues.simulators.deribit.instruments import LISTINGS
from venues.simulators.matching import ZERO
from venues.simulators.net_position import NetPosition


def position_message(
    position: NetPosition, mark: Decimal, index: Decimal, margin: Decimal, leverage: int
) -> dict[str, Any]:
    """A position; its size is negative for a short one."""
    listing = LISTINGS[position.instrument.symbol]
    floating = position.unrealized(mark)
    message: dict[str, Any] = {
        "instrument_name": listing.name,
        "kind": listing.kind,
        "average_price": position.entry_price,
        "mark_price": mark,
        "index_price": index,
        "settlement_price": mark,
        "direction": _direction_of(position.amount),
        "size": position.amount,
        "delta": position.value(mark) if listing.is_inverse else position.amount,
        "initial_margin": margin,
        "maintenance_margin": margin / 2,
        "open_orders_margin": ZERO,
        "floating_profit_loss": floating,
        "realized_profit_loss": position.realized,
        "total_profit_loss": floating + position.realized,
    }
    if listing.kind == "option":
        return message | {"gamma": ZERO, "vega": ZERO, "theta": ZERO}
    in_currency = position.value(mark) if listing.is_inverse else position.amount
    return message | {
        "size_currency": in_currency,
        "leverage": leverage,
        "realized_funding": ZERO,
        "estimated_liquidation_price": None,
    }


def _direction_of(amount: Decimal) -> str:
    if not amount:
        return "zero"
    return "buy" if amount > 0 else "sell"
