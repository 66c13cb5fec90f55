"""A spot account: balances of assets, locked while orders work."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from venues.simulators.fees import SATOSHI, Charge, FeeRates
from venues.simulators.instruments import Instrument
from venues.simulators.ledger import Record
from venues.simulators.matching import ZERO, Level, Side
from venues.simulators.orders import Fill, Order, Refusal, Status


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
        """Lock base for a sell and quote for a buy.

        A market order never rests, and what a buy of an untriggered one will cost is not known.
        """
        waits = order.status is Status.UNTRIGGERED
        if order.price is None and not (waits and order.side is Side.SELL):
            return
        instrument = self._instruments[order.symbol]
        if order.side is Side.SELL or order.price is None:
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

    def charge(self, order: Order, price: Decimal, quantity: Decimal, *, is_maker: bool) -> Charge:
        """A fraction of the received amount, cut to eight decimals."""
        instrument = self._instruments[order.symbol]
        received, asset = price * quantity, instrument.quote
        if order.side is Side.BUY:
            received, asset = quantity, instrument.base
        rate = self.fees.rate(is_maker=is_maker)
        return Charge((received * rate).quantize(SATOSHI, ROUND_DOWN), asset)

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

    def carried(self) -> Record:
        """Balances, and what each order holds of them."""
        held = {str(key): [asset, str(amount)] for key, (asset, amount) in self._held.items()}
        return {**carried_balances(self.balances), "held": held}

    def carry(self, record: Record) -> None:
        """Take up what is free, and what the orders hold."""
        self.balances = carry_balances(record)
        for order_id, (asset, amount) in record["held"].items():
            self._held[int(order_id)] = (asset, Decimal(amount))

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


def carried_balances(balances: Mapping[str, Balance]) -> Record:
    """All cash by asset, and how much of it is locked."""
    return {
        "balances": {asset: str(held.free + held.locked) for asset, held in balances.items()},
        "free": {asset: str(held.free) for asset, held in balances.items()},
        "locked": {asset: str(held.locked) for asset, held in balances.items()},
    }


def carry_balances(record: Record) -> dict[str, Balance]:
    """The balances that ``carried_balances`` told of."""
    return {
        asset: Balance(Decimal(free), Decimal(record["locked"][asset]))
        for asset, free in record["free"].items()
    }
