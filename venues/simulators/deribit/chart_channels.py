"""The channels of charts: the bar of now, told anew with each trade, and once when none comes."""

from collections.abc import Mapping
from typing import Any

from venues.simulators.deribit.bars import candle, interval
from venues.simulators.deribit.channels import Channel
from venues.simulators.deribit.instruments import LISTINGS
from venues.simulators.tape import Tape


class ChartChannels:
    """Messages of bars. Of each channel it knows the last bar that it has told."""

    def __init__(self, tapes: Mapping[str, Tape]) -> None:
        self._tapes = tapes
        self._told: dict[str, int] = {}

    def now(self, channel: Channel, now_ms: int) -> dict[str, Any] | None:
        """The bar of now; one at the last price while nothing has traded in it."""
        length = interval(channel.target)
        bar = self._tapes[channel.symbol].candles.at(length, now_ms)
        if bar is None:
            return None
        self._told[channel.name] = bar.open_ms
        return candle(bar, LISTINGS[channel.symbol]).message()

    def when_due(self, channel: Channel, now_ms: int) -> dict[str, Any] | None:
        """The bar of now if the channel has not told of it yet."""
        if self._told.get(channel.name) == interval(channel.target).open_ms(now_ms):
            return None
        return self.now(channel, now_ms)
