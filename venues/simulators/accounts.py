"""The two kinds of account: spot balances with locks, and margined positions in one-way mode.

An account answers whether it can afford an order, sets funds aside while the order works, and
settles fills. It changes only through ``hold``, ``release``, ``settle`` and ``set_leverage``, so
replaying a ledger through them rebuilds it exactly.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Protocol

from venues.simulators.instruments import Instrument
from venues.simulators.matching import ZERO, Level, Side
from venues.simulators.orders import Fill, Order, Refusal

SATOSHI = Decimal("1e-8")


@dataclass(frozen=True, slots=True)
class FeeRates:
    """Fees as fractions of the traded amount."""

    maker: Decimal
    taker: Decimal


class Account(Protocol):
    """What the exchange asks of an account of any kind."""

    name: str
    fees: FeeRates

    def refusal(self, order: Order, takes: Level) -> Refusal | None:
        """Why the account cannot afford an order that would now trade ``takes``."""

    def hold(self, order: Order) -> None:
        """Set funds aside for what is left of an order."""

    def release(self, order_id: int) -> None:
        """Give back what is still set aside for an order."""

    def fee(self, order: Order, price: Decimal, quantity: Decimal, rate: Decimal) -> Decimal:
        """The fee of a trade, in ``fee_asset(order)``."""

    def fee_asset(self, order: Order) -> str:
        """The asset in which a fill of this order pays its fee."""

    def realized_pnl(self, order: Order, price: Decimal, quantity: Decimal) -> Decimal:
        """Profit that a trade would realise, zero where there are no positions."""

    def reducible(self, symbol: str, side: Side) -> Decimal:
        """How much an order of this side could reduce a position."""

    def settle(self, order: Order, fill: Fill) -> None:
        """Apply a fill of an order of this account."""


@dataclass(slots=True)
class Balance:
    """An asset's free amount, and the amount locked by working orders."""

    free: Decimal = ZERO
    locked: Decimal = ZERO


class SpotAccount:
    """Balances of assets. The fee is taken from the asset received."""

    def __init__(
        self,
        name: str,
        instruments: Mapping[str, Instrument],
        balances: Mapping[str, Decimal],
        fees: FeeRates,
    ) -> None:
        self.name = name
        self.fees = fees
        self.balances = {asset: Balance(free=amount) for asset, amount in balances.items()}
        self._instruments = instruments
        self._held: dict[int, tuple[str, Decimal]] = {}

    def refusal(self, order: Order, takes: Level) -> Refusal | None:
        """A sell needs its base quantity; a buy its limit notional, or what it would take now."""
        instrument = self._instruments[order.symbol]
        if order.side is Side.SELL:
            asset, amount = instrument.base, order.leaves
        else:
            taken, _ = takes
            asset = instrument.quote
            amount = taken if order.price is None else order.price * order.leaves
        held_asset, held = self._held.get(order.order_id, (asset, ZERO))
        assert held_asset == asset, "an order locks one asset for its whole life"
        return Refusal.INSUFFICIENT_FUNDS if amount > self._of(asset).free + held else None

    def hold(self, order: Order) -> None:
        """Lock base for a sell and quote for a buy. A market order never rests: no lock."""
        if order.price is None:
            return
        instrument = self._instruments[order.symbol]
        if order.side is Side.SELL:
            asset, amount = instrument.base, order.leaves
        else:
            asset, amount = instrument.quote, order.price * order.leaves
        balance = self._of(asset)
        balance.free -= amount
        balance.locked += amount
        self._held[order.order_id] = (asset, amount)

    def release(self, order_id: int) -> None:
        """Unlock what an order still held."""
        asset, amount = self._held.pop(order_id, ("", ZERO))
        if amount:
            balance = self._of(asset)
            balance.locked -= amount
            balance.free += amount

    def fee_asset(self, order: Order) -> str:
        """Base for a buy, quote for a sell."""
        instrument = self._instruments[order.symbol]
        return instrument.base if order.side is Side.BUY else instrument.quote

    def fee(self, order: Order, price: Decimal, quantity: Decimal, rate: Decimal) -> Decimal:
        """A fraction of the received amount, cut to eight decimals."""
        received = quantity if order.side is Side.BUY else price * quantity
        return (received * rate).quantize(SATOSHI, ROUND_DOWN)

    def realized_pnl(self, order: Order, price: Decimal, quantity: Decimal) -> Decimal:
        """Spot has no positions."""
        return ZERO

    def reducible(self, symbol: str, side: Side) -> Decimal:
        """Spot has no positions."""
        return ZERO

    def settle(self, order: Order, fill: Fill) -> None:
        """Pay from the lock (a better price frees the difference), receive net of the fee."""
        instrument = self._instruments[fill.symbol]
        notional = fill.price * fill.quantity
        if fill.side is Side.BUY:
            paid, paid_asset = notional, instrument.quote
            received, received_asset = fill.quantity, instrument.base
        else:
            paid, paid_asset = fill.quantity, instrument.base
            received, received_asset = notional, instrument.quote
        self._unlock_for(order, fill)
        self._of(paid_asset).free -= paid
        self._of(received_asset).free += received - fill.fee

    def _unlock_for(self, order: Order, fill: Fill) -> None:
        if order.order_id not in self._held or order.price is None:
            return
        asset, held = self._held[order.order_id]
        share = fill.quantity if fill.side is Side.SELL else order.price * fill.quantity
        balance = self._of(asset)
        balance.locked -= share
        balance.free += share
        self._held[order.order_id] = (asset, held - share)

    def _of(self, asset: str) -> Balance:
        return self.balances.setdefault(asset, Balance())


@dataclass(slots=True)
class Position:
    """A net position: positive is long. ``entry_price`` is its average, zero when flat."""

    amount: Decimal = ZERO
    entry_price: Decimal = ZERO
    updated_ns: int = 0

    def unrealized(self, mark: Decimal) -> Decimal:
        """Profit if it were closed at ``mark``."""
        return (mark - self.entry_price) * self.amount


class MarginAccount:
    """A wallet in one asset and net positions margined by it (cross margin, never liquidated)."""

    def __init__(
        self, name: str, asset: str, wallet: Decimal, fees: FeeRates, marks: Mapping[str, Decimal]
    ) -> None:
        self.name = name
        self.asset = asset
        self.wallet = wallet
        self.fees = fees
        self.positions: dict[str, Position] = {}
        self.leverage: dict[str, int] = {}
        self._marks = marks
        self._held: dict[int, Decimal] = {}

    DEFAULT_LEVERAGE = 20

    @property
    def unrealized_pnl(self) -> Decimal:
        """Over all positions, at the mark prices."""
        return sum((p.unrealized(self.mark(s)) for s, p in self.positions.items()), ZERO)

    @property
    def position_margin(self) -> Decimal:
        """Initial margin of the open positions at the mark prices."""
        return sum((self.margin_of(symbol) for symbol in self.positions), ZERO)

    @property
    def order_margin(self) -> Decimal:
        """Initial margin of the working orders that could increase a position."""
        return sum(self._held.values(), ZERO)

    @property
    def available(self) -> Decimal:
        """What new orders may use."""
        free = self.wallet + self.unrealized_pnl - self.position_margin - self.order_margin
        return max(free, ZERO)

    def margin_of(self, symbol: str) -> Decimal:
        """Initial margin of one position."""
        position = self.positions[symbol]
        return abs(position.amount) * self.mark(symbol) / self.leverage_of(symbol)

    def mark(self, symbol: str) -> Decimal:
        """Mark price; the entry price while the market has not quoted yet."""
        position = self.positions.get(symbol)
        return self._marks.get(symbol, position.entry_price if position else ZERO)

    def leverage_of(self, symbol: str) -> int:
        """Leverage set for a symbol."""
        return self.leverage.get(symbol, self.DEFAULT_LEVERAGE)

    def set_leverage(self, symbol: str, leverage: int) -> None:
        """Choose the leverage of a symbol."""
        self.leverage[symbol] = leverage

    def refusal(self, order: Order, takes: Level) -> Refusal | None:
        """Reduce-only needs a position to reduce; anything else needs margin for its increase."""
        if order.reduce_only:
            reducible = self.reducible(order.symbol, order.side)
            return None if reducible else Refusal.NOTHING_TO_REDUCE
        taken_notional, taken = takes
        price = order.price
        if price is None:
            price = taken_notional / taken if taken else self.mark(order.symbol)
        held = self._held.get(order.order_id, ZERO)
        enough = self._margin_for(order, price) <= self.available + held
        return None if enough else Refusal.INSUFFICIENT_FUNDS

    def hold(self, order: Order) -> None:
        """Set margin aside. A market order is done at once and a reduction needs none."""
        if order.price is not None and not order.reduce_only:
            self._held[order.order_id] = self._margin_for(order, order.price)

    def release(self, order_id: int) -> None:
        """Give back the margin of an order."""
        self._held.pop(order_id, None)

    def fee_asset(self, order: Order) -> str:
        """Always the wallet's asset."""
        return self.asset

    def fee(self, order: Order, price: Decimal, quantity: Decimal, rate: Decimal) -> Decimal:
        """A fraction of the notional, cut to eight decimals."""
        return (price * quantity * rate).quantize(SATOSHI, ROUND_DOWN)

    def realized_pnl(self, order: Order, price: Decimal, quantity: Decimal) -> Decimal:
        """Profit on the part of the trade that reduces the position."""
        closed = min(quantity, self.reducible(order.symbol, order.side))
        if not closed:
            return ZERO
        gain = price - self.positions[order.symbol].entry_price
        signed = gain if order.side is Side.SELL else -gain
        return (signed * closed).quantize(SATOSHI)

    def reducible(self, symbol: str, side: Side) -> Decimal:
        """The size of an opposite position, else zero."""
        amount = self.positions.get(symbol, Position()).amount
        return max(amount if side is Side.SELL else -amount, ZERO)

    def settle(self, order: Order, fill: Fill) -> None:
        """Move the position and the wallet; the average entry changes only when it grows."""
        position = self.positions.setdefault(fill.symbol, Position())
        signed = fill.quantity if fill.side is Side.BUY else -fill.quantity
        before, after = position.amount, position.amount + signed
        if after == 0:
            position.entry_price = ZERO
        elif before * after <= 0:
            position.entry_price = fill.price
        elif abs(after) > abs(before):
            cost = abs(before) * position.entry_price + fill.quantity * fill.price
            position.entry_price = cost / abs(after)
        position.amount = after
        position.updated_ns = fill.time_ns
        self.wallet += fill.realized_pnl - fill.fee
        if order.order_id in self._held:
            assert order.price is not None
            self._held[order.order_id] = self._margin_for(order, order.price)

    def _margin_for(self, order: Order, price: Decimal) -> Decimal:
        increase = max(order.leaves - self.reducible(order.symbol, order.side), ZERO)
        return increase * price / self.leverage_of(order.symbol)
