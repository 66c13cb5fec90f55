"""The channels of charts: the bar of now, told anew with each trade, and once when none comes."""

from collections.abc import Mapping
from typing import Any

from venues.simulators.deribit.bars import Candle, candles, length_ms
from venues.simulators.deribit.channels import Channel
from venues.simulators.deribit.instruments import LISTINGS
from venues.simulators.tape import Tape


class ChartChannels:
    """Messages of bars. Of each channel it knows the last bar that it has told."""

    def __init__(self, tapes: Mapping[str, Tape]) -> None:
        self._tapes = tapes
        self._told: dict[str, int] = {}

    def now(self, channel: Channel, now_ms: int) -> dict[str, Any] | None:
        """The bar of now, filled with the last price where nothing has traded in it."""
        length = length_ms(channel.target)
        tick = now_ms // length * length
        latest = self._latest(channel)
        if latest is None:
            return None
        self._told[channel.name] = tick
        return (latest if latest.tick == tick else latest.without_trades(tick)).message()

    def when_due(self, channel: Channel, now_ms: int) -> dict[str, Any] | None:
        """The bar of now if the channel has not told of it yet."""
        length = length_ms(channel.target)
        if self._told.get(channel.name) == now_ms // length * length:
            return None
        return self.now(channel, now_ms)

    def _latest(self, channel: Channel) -> Candle | None:
        """Only as many minutes are gathered as the latest bar can have."""
        bars = self._tapes[channel.symbol].bars
        if not bars:
            return None
        length = length_ms(channel.target)
        began = bars[-1].open_ms // length * length
        of_latest = [bar for bar in bars if bar.open_ms >= began]
        return candles(of_latest, LISTINGS[channel.symbol], channel.target)[-1]
