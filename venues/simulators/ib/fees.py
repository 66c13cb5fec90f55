"""IB's fixed pricing, without the minimum of an order: each execution pays for itself alone."""

from decimal import Decimal

from venues.simulators.fees import SATOSHI, Charge
from venues.simulators.instruments import Instrument, Kind
from venues.simulators.matching import Side

PER_SHARE = Decimal("0.005")
PER_CONTRACT = Decimal("2.25")
FOREX_RATE = Decimal("0.00002")


class FixedFees:
    """Cents a share, dollars a contract, a fraction of the value in forex; all in USD."""

    def charge(
        self,
        instrument: Instrument,
        side: Side,
        price: Decimal,
        quantity: Decimal,
        *,
        is_maker: bool,
    ) -> Charge:
        """The commission of an execution."""
        match instrument.kind:
            case Kind.STOCK:
                amount = quantity * PER_SHARE
            case Kind.FOREX:
                amount = quantity * price * FOREX_RATE
            case _:
                amount = quantity * PER_CONTRACT
        return Charge(amount.quantize(SATOSHI), instrument.settle)
