"""What trades cost at the first tier of the real venue. Spot pays from what it receives."""

from decimal import Decimal

from venues.simulators.fees import FeeRates, RateFees
from venues.simulators.instruments import Kind

SPOT_FEES = FeeRates(maker=Decimal("0.0008"), taker=Decimal("0.001"))
SWAP_FEES = FeeRates(maker=Decimal("0.0002"), taker=Decimal("0.0005"))
FEES = RateFees({Kind.SPOT: SPOT_FEES, Kind.LINEAR: SWAP_FEES}, spot_from_received=True)
