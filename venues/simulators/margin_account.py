"""A margin account: one wallet, net positions in one-way mode, cross margin."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from venues.simulators.fees import SATOSHI, Charge, FeeRates
from venues.simulators.ledger import Record
from venues.simulators.matching import ZERO, Level, Side
from venues.simulators.orders import Fill, Order, Refusal, Status

DEFAULT_LEVERAGE = 20


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
        return self.leverage.get(symbol, DEFAULT_LEVERAGE)

    def set_leverage(self, symbol: str, leverage: int) -> None:
        """Choose the leverage of a symbol."""
        self.leverage[symbol] = leverage

    def refusal(self, order: Order, takes: Level) -> Refusal | None:
        """Reduce-only needs a position to reduce; anything else needs margin for its increase.

        Nothing is asked of an untriggered order: margin is needed when it triggers.
        """
        if order.status is Status.UNTRIGGERED:
            return None
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
        """Set margin aside. A market order is done at once; a reduction or a trigger needs none."""
        waits = order.status is Status.UNTRIGGERED
        if order.price is not None and not order.reduce_only and not waits:
            self._held[order.order_id] = self._margin_for(order, order.price)

    def release(self, order_id: int) -> None:
        """Give back the margin of an order."""
        self._held.pop(order_id, None)

    def charge(self, order: Order, price: Decimal, quantity: Decimal, *, is_maker: bool) -> Charge:
        """A fraction of the notional, cut to eight decimals, from the wallet."""
        rate = self.fees.rate(is_maker=is_maker)
        return Charge((price * quantity * rate).quantize(SATOSHI, ROUND_DOWN), self.asset)

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

    def carried(self) -> Record:
        """The wallet, positions, leverage, and the margin that each order holds."""
        positions = {
            symbol: [str(held.amount), str(held.entry_price), held.updated_ns]
            for symbol, held in self.positions.items()
        }
        return {
            "balances": {self.asset: str(self.wallet)},
            "positions": positions,
            "leverage": dict(self.leverage),
            "held": {str(order_id): str(amount) for order_id, amount in self._held.items()},
        }

    def carry(self, record: Record) -> None:
        """Take up positions, leverage and margins."""
        for symbol, (amount, entry_price, updated_ns) in record["positions"].items():
            position = Position(Decimal(amount), Decimal(entry_price), updated_ns)
            self.positions[symbol] = position
        self.leverage |= record["leverage"]
        self._held |= {int(key): Decimal(amount) for key, amount in record["held"].items()}

    def _margin_for(self, order: Order, price: Decimal) -> Decimal:
        increase = max(order.leaves - self.reducible(order.symbol, order.side), ZERO)
        return increase * price / self.leverage_of(order.symbol)
