"""What each trade did to an account's cash: the statement that venues call bills or a log."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from venues.simulators.deliveries import Delivery
from venues.simulators.instruments import Instrument, Kind
from venues.simulators.matching import ZERO, Side
from venues.simulators.orders import Fill

_PAID_IN_FULL = frozenset({Kind.STOCK, Kind.OPTION})
"""Kinds whose trades move the settle asset by their whole value."""


@dataclass(frozen=True, slots=True)
class CashMove:
    """One trade and one asset. ``amount`` is before the ``fee``, which is a cost; ``balance`` is
    the cash of the asset right after it."""

    fill: Fill
    asset: str
    amount: Decimal
    fee: Decimal
    balance: Decimal


def cash_flow(instrument: Instrument, fill: Fill | Delivery) -> dict[str, Decimal]:
    """What a trade, or a delivery, adds to the cash of each asset, before its fee."""
    sign = 1 if fill.side is Side.BUY else -1
    if instrument.kind in (Kind.SPOT, Kind.FOREX):
        base = fill.quantity * instrument.multiplier
        return {instrument.base: sign * base, instrument.quote: -sign * fill.price * base}
    if instrument.kind in _PAID_IN_FULL:
        return {instrument.settle: -sign * instrument.value(fill.price, fill.quantity)}
    return {instrument.settle: fill.realized_pnl}


def cash_moves(
    fills: Iterable[Fill], instruments: Mapping[str, Instrument], cash: Mapping[str, Decimal]
) -> Iterator[CashMove]:
    """The statement of an account, latest first, from all its ``fills`` in that order.

    ``cash`` is what there is now; each balance is what the later moves leave of it.
    """
    balances = dict(cash)
    for fill in fills:
        flow = cash_flow(instruments[fill.symbol], fill)
        flow.setdefault(fill.fee_asset, ZERO)
        for asset, amount in flow.items():
            fee = fill.fee if asset == fill.fee_asset else ZERO
            yield CashMove(fill, asset, amount, fee, balances[asset])
            balances[asset] -= amount - fee
