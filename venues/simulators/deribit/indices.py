"""The price indices: what they are now, and what they were."""

from decimal import Decimal

from venues.simulators.bars import Bar, Interval, minutes
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.errors import invalid_params
from venues.simulators.deribit.instruments import PERPETUALS

INDICES = tuple(PERPETUALS)
MINUTE = minutes(1)
VOLATILITY = Decimal(50)
"""The implied volatility of every option here, in percent, and so the index of it."""


class Indices:
    """All indices of the venue. Each is that of its perpetual."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def price(self, name: str) -> Decimal:
        """An index now; raises RpcError for one that there is not."""
        if name not in PERPETUALS:
            raise invalid_params("index_name", "index not found")
        return self._desk.index(PERPETUALS[name])

    def bars(self, name: str, interval: Interval, since_ms: int, now_ms: int) -> list[Bar]:
        """The bars of an index from a time on, oldest first."""
        self.price(name)
        known = self._desk.exchange.index_candles[PERPETUALS[name]].of(interval, now_ms)
        return [bar for bar in known if bar.open_ms >= since_ms]

    def prices(self, name: str, interval: Interval, now_ms: int) -> dict[int, Decimal]:
        """What an index was when each of its bars began, as far back as they are known."""
        return {bar.open_ms: bar.open for bar in self.bars(name, interval, 0, now_ms)}
