"""What a trade costs on Deribit: a share of a future's value, an amount per option.

Source: deribit.com/kb/fees. Options cost 0.03% of the underlying, at most 12.5% of the premium.
"""

from decimal import ROUND_DOWN, Decimal

from venues.simulators.deribit.instruments import LISTINGS
from venues.simulators.fees import SATOSHI, Charge
from venues.simulators.instruments import Instrument, Kind
from venues.simulators.matching import Side

MOST_OF_PREMIUM = Decimal("0.125")


class DeribitFees:
    """Charged in the currency in which the instrument settles."""

    def charge(
        self,
        instrument: Instrument,
        side: Side,
        price: Decimal,
        quantity: Decimal,
        *,
        is_maker: bool,
    ) -> Charge:
        """The fee of a trade."""
        listing = LISTINGS[instrument.symbol]
        rate = listing.maker if is_maker else listing.taker
        value = instrument.value(price, quantity)
        if instrument.kind is Kind.OPTION:
            amount = min(rate * quantity, MOST_OF_PREMIUM * value)
        else:
            amount = rate * value
        return Charge(amount.quantize(SATOSHI, ROUND_DOWN), instrument.settle)
