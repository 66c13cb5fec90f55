"""The end of dated futures and options: by their date, or when somebody says so.

Source: deribit.com, "Contract Specifications" and "Fees". Delivered is at the index (the real venue
takes its mean over the last half hour): a future at the index itself, an option at what exercising
it is worth, in its settlement currency. Delivery costs half of a taker's fee, of options at most
12.5 % of their value; in the book all open orders end.
"""

from decimal import ROUND_DOWN, Decimal

from venues.simulators.deliveries import Delivery
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.fees import MOST_OF_PREMIUM
from venues.simulators.deribit.instruments import LISTINGS, Listing
from venues.simulators.deribit.market_streams import MarketStreams
from venues.simulators.fees import SATOSHI, Charge


class Expiry:
    """Lets instruments expire."""

    def __init__(self, desk: Desk, markets: MarketStreams) -> None:
        self._desk = desk
        self._markets = markets

    def beat(self, now_ns: int) -> None:
        """Let those expire whose date has come."""
        for listing in LISTINGS.values():
            expires_ns = listing.instrument.expires_ns
            if expires_ns is None or now_ns < expires_ns:
                continue
            if self._desk.state_of(listing) == "open":
                self.expire(listing.name, None, now_ns)

    def expire(self, name: str, index: Decimal | None, now_ns: int) -> list[Delivery]:
        """Let an instrument expire now, at an index price, or at that of now.

        Raises ValueError for one that does not expire, or has expired already.
        """
        listing = LISTINGS.get(name)
        if listing is None or listing.instrument.expires_ns is None:
            dated = [n for n, each in LISTINGS.items() if each.instrument.expires_ns is not None]
            raise ValueError(f"{name!r} does not expire; these do: {dated}")
        at = self._desk.index(name) if index is None else index
        price = listing.delivery_price(at)
        made = self._desk.exchange.deliver(
            name, price, at, lambda amount: _fee(listing, price, amount), now_ns
        )
        self._markets.on_state(name, self._desk.state_of(listing), now_ns)
        return made


def _fee(listing: Listing, price: Decimal, amount: Decimal) -> Charge:
    value, rate = listing.instrument.value(price, amount), listing.taker / 2
    fee = rate * value
    if listing.kind == "option":
        fee = min(rate * amount, MOST_OF_PREMIUM * value)
    return Charge(fee.quantize(SATOSHI, ROUND_DOWN), listing.instrument.settle)
