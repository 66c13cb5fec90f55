"""A net position in one instrument of any kind, with an exact cost."""

from dataclasses import dataclass
from decimal import Decimal

from venues.simulators.fees import SATOSHI
from venues.simulators.instruments import Instrument, Kind
from venues.simulators.ledger import Record
from venues.simulators.matching import ZERO, Side


@dataclass(slots=True)
class NetPosition:
    """One-way: ``amount`` in order units, positive is long. ``cost`` is what the open amount was
    worth when it was entered, in the settle asset; ``realized`` is all profit so far, before fees.

    Profit is rounded to eight decimals; what the rounding leaves stays in the cost, so that no
    number of partial exits makes or loses money.
    """

    instrument: Instrument
    amount: Decimal = ZERO
    cost: Decimal = ZERO
    realized: Decimal = ZERO
    updated_ns: int = 0

    @property
    def entry_price(self) -> Decimal:
        """Average entry: harmonic for inverse contracts, zero when flat."""
        if not self.amount:
            return ZERO
        size = abs(self.amount) * self.instrument.multiplier
        return size / self.cost if self.instrument.kind is Kind.INVERSE else self.cost / size

    def value(self, mark: Decimal) -> Decimal:
        """Signed worth at a price, in the settle asset."""
        return self.instrument.value(mark, self.amount)

    def unrealized(self, mark: Decimal) -> Decimal:
        """Profit if it were closed at a price."""
        return self._gain(self.instrument.value(mark, abs(self.amount)), self.cost)

    def reducible(self, side: Side) -> Decimal:
        """How much an order of this side could reduce."""
        return max(self.amount if side is Side.SELL else -self.amount, ZERO)

    def profit(self, side: Side, price: Decimal, quantity: Decimal) -> Decimal:
        """What a trade would realise, before fees."""
        closed = min(quantity, self.reducible(side))
        if not closed:
            return ZERO
        entered = self.cost if closed == abs(self.amount) else self.cost * closed / abs(self.amount)
        return self._gain(self.instrument.value(price, closed), entered).quantize(SATOSHI)

    def apply(self, side: Side, price: Decimal, quantity: Decimal, time_ns: int) -> None:
        """A trade: what it closes leaves the cost, what it opens enters it."""
        closed = min(quantity, self.reducible(side))
        if closed:
            profit = self.profit(side, price, quantity)
            self.realized += profit
            # The cost that makes the rounded profit exact.
            worth = self.instrument.value(price, closed)
            entered = worth - profit if self._gains_with_worth else worth + profit
            self.cost = ZERO if closed == abs(self.amount) else self.cost - entered
        self.amount += quantity if side is Side.BUY else -quantity
        if quantity > closed:
            self.cost += self.instrument.value(price, quantity - closed)
        self.updated_ns = time_ns

    def carried(self) -> Record:
        """Everything, for a new part of a ledger to begin with."""
        exact = (self.amount, self.cost, self.realized)
        return {"exact": [str(value) for value in exact], "updated_ns": self.updated_ns}

    @classmethod
    def carry(cls, instrument: Instrument, record: Record) -> "NetPosition":
        """The position that ``carried`` told of."""
        amount, cost, realized = (Decimal(value) for value in record["exact"])
        return cls(instrument, amount, cost, realized, record["updated_ns"])

    def _gain(self, worth: Decimal, entered: Decimal) -> Decimal:
        return worth - entered if self._gains_with_worth else entered - worth

    @property
    def _gains_with_worth(self) -> bool:
        """A short loses when its worth rises; the worth of an inverse contract falls as its price
        rises."""
        return (self.amount > 0) != (self.instrument.kind is Kind.INVERSE)
