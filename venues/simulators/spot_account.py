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
        # What each order holds, by asset; and what it shares that with: its group, or itself.
        self._held: dict[int, tuple[str, int]] = {}
        self._shares: dict[int, dict[int, Decimal]] = {}

    def refusal(self, order: Order, takes: Level) -> Refusal | None:
        """A sell needs its base quantity; a buy its limit notional, or what it would take now."""
        instrument = self._instruments[order.symbol]
        if order.side is Side.SELL:
            asset, amount = instrument.base, order.leaves
        else:
            taken, _ = takes
            asset = instrument.quote
            amount = taken if order.price is None else order.price * order.leaves
        held_asset, _ = self._held.get(order.order_id, (asset, 0))
        assert held_asset == asset, "an order locks one asset for its whole life"
        held = self._together(_share_of(order))
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
        self._held[order.order_id] = (asset, _share_of(order))
        self._lock(order.order_id, amount)

    def release(self, order_id: int) -> None:
        """Unlock what an order still held."""
        if order_id in self._held:
            self._lock(order_id, ZERO)
            del self._held[order_id]

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
        held = {
            str(order_id): [asset, share, str(self._held_by(order_id))]
            for order_id, (asset, share) in self._held.items()
        }
        return {**carried_balances(self.balances), "held": held}

    def carry(self, record: Record) -> None:
        """Take up what is free, and what the orders hold."""
        self.balances = carry_balances(record)
        for order_id, (asset, share, amount) in record["held"].items():
            self._held[int(order_id)] = (asset, share)
            self._shares.setdefault(share, {})[int(order_id)] = Decimal(amount)

    def _unlock_for(self, order: Order, fill: Fill) -> None:
        if order.order_id not in self._held or order.price is None:
            return
        paid = fill.quantity if fill.side is Side.SELL else order.price * fill.quantity
        self._lock(order.order_id, self._held_by(order.order_id) - paid)

    def _lock(self, order_id: int, amount: Decimal) -> None:
        """Let an order hold so much. Orders of a group hold together what the dearest needs."""
        asset, share = self._held[order_id]
        before = self._together(share)
        holding = self._shares.setdefault(share, {})
        holding[order_id] = amount
        if not any(holding.values()):
            del self._shares[share]
        change = self._together(share) - before
        balance = self._of(asset)
        balance.locked += change
        balance.free -= change

    def _held_by(self, order_id: int) -> Decimal:
        _, share = self._held[order_id]
        return self._shares.get(share, {}).get(order_id, ZERO)

    def _together(self, share: int) -> Decimal:
        return max(self._shares.get(share, {}).values(), default=ZERO)

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


def _share_of(order: Order) -> int:
    """What an order shares its funds with: the ids of groups are those of their first orders."""
    return order.order_id if order.group is None else order.group.group_id
