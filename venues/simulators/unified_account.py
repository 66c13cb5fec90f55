"""A unified account: balances of assets and net positions of any kind, margined together."""

from collections.abc import Mapping
from decimal import Decimal

from venues.simulators.cash_log import cash_flow
from venues.simulators.deliveries import Delivery
from venues.simulators.fees import Charge, FeePolicy
from venues.simulators.instruments import Instrument, Kind
from venues.simulators.ledger import Record
from venues.simulators.matching import ZERO, Level, Side
from venues.simulators.net_position import NetPosition
from venues.simulators.orders import Fill, Order, Refusal, Status
from venues.simulators.spot_account import Balance, carried_balances, carry_balances

DEFAULT_LEVERAGE = 10
SHORT_OPTION_MARGIN = Decimal("0.15")
"""Of the underlying, for a written option whose premium is in its base asset."""

_WORTH_SOMETHING = frozenset({Kind.STOCK, Kind.OPTION, Kind.FOREX})
"""Kinds whose trades move cash by their whole value, so that their positions are worth theirs."""


class UnifiedAccount:
    """Spot balances, and one-way net positions settled in each instrument's ``settle`` asset.

    Margin is counted per settle asset (cross margin, never liquidated). ``fees`` is the venue's
    rule of what a trade costs. Nothing is held for an untriggered order.
    """

    def __init__(
        self,
        name: str,
        balances: Mapping[str, Decimal],
        fees: FeePolicy,
        marks: Mapping[str, Decimal],
        instruments: Mapping[str, Instrument],
        default_leverage: int = DEFAULT_LEVERAGE,
    ) -> None:
        self.name = name
        self.fees = fees
        self.balances = {asset: Balance(free=amount) for asset, amount in balances.items()}
        self.positions: dict[str, NetPosition] = {}
        self.leverage: dict[str, int] = {}
        self.default_leverage = default_leverage
        self._marks = marks
        self._instruments = instruments
        self._locks: dict[int, tuple[str, Decimal]] = {}
        self._margins: dict[int, tuple[str, Decimal]] = {}

    def balance(self, asset: str) -> Balance:
        """The balance of an asset; ``free`` is cash that no spot order has locked."""
        return self.balances.setdefault(asset, Balance())

    def cash(self, asset: str) -> Decimal:
        """All cash in an asset, locked or not, before unrealised profit."""
        balance = self.balance(asset)
        return balance.free + balance.locked

    def equity(self, asset: str) -> Decimal:
        """Cash, unrealised profit and the worth of the positions that settle in an asset."""
        return self.cash(asset) + sum((self._worth(p) for p in self._settled_in(asset)), ZERO)

    def unrealized_pnl(self, asset: str) -> Decimal:
        """Profit of all positions that settle in an asset, at the mark prices."""
        held = self._settled_in(asset)
        return sum((p.unrealized(self.mark(p.instrument.symbol)) for p in held), ZERO)

    def position_margin(self, asset: str) -> Decimal:
        """Initial margin of the positions that settle in an asset."""
        held = self._settled_in(asset)
        return sum((self.margin_of(p.instrument.symbol) for p in held), ZERO)

    def order_margin(self, asset: str) -> Decimal:
        """Initial margin of the working orders that could increase such a position."""
        return sum((amount for name, amount in self._margins.values() if name == asset), ZERO)

    def available(self, asset: str) -> Decimal:
        """What new orders may use of an asset."""
        used = self.balance(asset).locked + self.position_margin(asset) + self.order_margin(asset)
        return max(self.equity(asset) - used, ZERO)

    def position(self, symbol: str) -> NetPosition:
        """The position in a symbol, flat if it never traded."""
        return self.positions.get(symbol) or NetPosition(self._instruments[symbol])

    def margin_of(self, symbol: str) -> Decimal:
        """Initial margin of one position at the mark price."""
        position = self.position(symbol)
        side = Side.BUY if position.amount > 0 else Side.SELL
        if position.instrument.kind is Kind.OPTION and side is Side.BUY:
            return max(position.value(self.mark(symbol)), ZERO)
        return self._margin(position.instrument, side, abs(position.amount), self.mark(symbol))

    def margin_for(self, symbol: str, side: Side, quantity: Decimal, price: Decimal) -> Decimal:
        """Initial margin of a position in a symbol that does not exist yet."""
        return self._margin(self._instruments[symbol], side, quantity, price)

    def held_for(self, order_id: int) -> Decimal:
        """Initial margin that is set aside for a working order."""
        return self._margins.get(order_id, ("", ZERO))[1]

    def mark(self, symbol: str) -> Decimal:
        """Mark price; the entry price while the market has not quoted yet."""
        return self._marks.get(symbol) or self.position(symbol).entry_price

    def leverage_of(self, symbol: str) -> int:
        """Leverage of a symbol."""
        return self.leverage.get(symbol, self.default_leverage)

    def set_leverage(self, symbol: str, leverage: int) -> None:
        """Choose the leverage of a symbol."""
        self.leverage[symbol] = leverage

    def refusal(self, order: Order, takes: Level) -> Refusal | None:
        """Spot needs what it pays with; a position needs margin for its increase."""
        if order.status is Status.UNTRIGGERED:
            return None
        instrument = self._instruments[order.symbol]
        if order.reduce_only:
            reducible = self.reducible(order.symbol, order.side)
            return None if reducible else Refusal.NOTHING_TO_REDUCE
        notional, taken = takes
        if instrument.kind is Kind.SPOT:
            asset, amount = self._pays(order, order.price)
            if order.price is None and order.side is Side.BUY:
                amount = notional
            free = min(self.balance(asset).free, self.available(asset))
            held = self._locks.get(order.order_id, (asset, ZERO))[1]
        else:
            price = order.price
            if price is None:
                price = notional / taken if taken else self.mark(order.symbol)
            asset, amount = instrument.settle, self._increase_margin(order, price)
            free = self.available(asset)
            held = self._margins.get(order.order_id, (asset, ZERO))[1]
        return Refusal.INSUFFICIENT_FUNDS if amount > free + held else None

    def hold(self, order: Order) -> None:
        """Lock what a spot order pays with; set margin aside for any other."""
        if order.price is None or order.reduce_only or order.status is Status.UNTRIGGERED:
            return
        instrument = self._instruments[order.symbol]
        if instrument.kind is not Kind.SPOT:
            margin = self._increase_margin(order, order.price)
            self._margins[order.order_id] = (instrument.settle, margin)
            return
        asset, amount = self._pays(order, order.price)
        self._move_lock(asset, amount)
        self._locks[order.order_id] = (asset, amount)

    def release(self, order_id: int) -> None:
        """Give back what is still set aside for an order."""
        self._margins.pop(order_id, None)
        asset, amount = self._locks.pop(order_id, ("", ZERO))
        if amount:
            self._move_lock(asset, -amount)

    def charge(self, order: Order, price: Decimal, quantity: Decimal, *, is_maker: bool) -> Charge:
        """The venue's fee of a trade."""
        instrument = self._instruments[order.symbol]
        return self.fees.charge(instrument, order.side, price, quantity, is_maker=is_maker)

    def realized_pnl(self, order: Order, price: Decimal, quantity: Decimal) -> Decimal:
        """Profit on the part of a trade that reduces the position; zero for spot."""
        if self._instruments[order.symbol].kind is Kind.SPOT:
            return ZERO
        return self.position(order.symbol).profit(order.side, price, quantity)

    def reducible(self, symbol: str, side: Side) -> Decimal:
        """The size of an opposite position, else zero."""
        return self.position(symbol).reducible(side)

    def settle(self, order: Order, fill: Fill) -> None:
        """Move cash, position and what is set aside."""
        held = order.order_id in self._locks or order.order_id in self._margins
        self.release(order.order_id)
        self._book(fill)
        if held:
            self.hold(order)

    def deliver(self, delivery: Delivery) -> None:
        """Close a position at the price that its instrument ended with."""
        self._book(delivery)

    def _book(self, fill: Fill | Delivery) -> None:
        """Move cash and position."""
        instrument = self._instruments[fill.symbol]
        for asset, amount in cash_flow(instrument, fill).items():
            self.balance(asset).free += amount
        self.balance(fill.fee_asset).free -= fill.fee
        if instrument.kind is not Kind.SPOT:
            position = self.positions.setdefault(fill.symbol, NetPosition(instrument))
            position.apply(fill.side, fill.price, fill.quantity, fill.time_ns)

    def carried(self) -> Record:
        """Balances, positions, leverage, and what each order has set aside."""
        return {
            **carried_balances(self.balances),
            "positions": {symbol: held.carried() for symbol, held in self.positions.items()},
            "leverage": dict(self.leverage),
            "locks": _texts(self._locks),
            "margins": _texts(self._margins),
        }

    def carry(self, record: Record) -> None:
        """Take up balances, positions, leverage, and what the orders have set aside."""
        self.balances = carry_balances(record)
        for symbol, position in record["positions"].items():
            self.positions[symbol] = NetPosition.carry(self._instruments[symbol], position)
        self.leverage |= record["leverage"]
        self._locks, self._margins = _amounts(record["locks"]), _amounts(record["margins"])

    def _settled_in(self, asset: str) -> list[NetPosition]:
        return [p for p in self.positions.values() if p.instrument.settle == asset and p.amount]

    def _worth(self, position: NetPosition) -> Decimal:
        mark = self.mark(position.instrument.symbol)
        if position.instrument.kind in _WORTH_SOMETHING:
            return position.value(mark)
        return position.unrealized(mark)

    def _pays(self, order: Order, price: Decimal | None) -> tuple[str, Decimal]:
        """Asset and amount that the rest of a spot order pays with."""
        instrument = self._instruments[order.symbol]
        if order.side is Side.SELL:
            return instrument.base, order.leaves
        return instrument.quote, (price or ZERO) * order.leaves

    def _increase_margin(self, order: Order, price: Decimal) -> Decimal:
        increase = max(order.leaves - self.reducible(order.symbol, order.side), ZERO)
        return self._margin(self._instruments[order.symbol], order.side, increase, price)

    def _margin(
        self, instrument: Instrument, side: Side, quantity: Decimal, price: Decimal
    ) -> Decimal:
        value = instrument.value(price, quantity)
        if instrument.kind is not Kind.OPTION:
            return value / self.leverage_of(instrument.symbol)
        if side is Side.BUY:
            return value
        in_base = instrument.settle == instrument.base
        risk = quantity * instrument.multiplier * SHORT_OPTION_MARGIN if in_base else value
        return value + risk

    def _move_lock(self, asset: str, amount: Decimal) -> None:
        balance = self.balance(asset)
        balance.free -= amount
        balance.locked += amount


def _texts(held: Mapping[int, tuple[str, Decimal]]) -> Record:
    return {str(order_id): [asset, str(amount)] for order_id, (asset, amount) in held.items()}


def _amounts(record: Record) -> dict[int, tuple[str, Decimal]]:
    return {int(key): (asset, Decimal(amount)) for key, (asset, amount) in record.items()}
