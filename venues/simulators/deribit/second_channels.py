"""The channels that tell figures of the venue once a second, whether they have changed or not."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from venues.simulators.bars import DAY_MS
from venues.simulators.deribit.channels import Channel
from venues.simulators.deribit.funding import rate_of
from venues.simulators.deribit.indices import INDICES, MINUTE, VOLATILITY, Indices
from venues.simulators.deribit.instruments import LISTINGS
from venues.simulators.deribit.market_api import MarketApi
from venues.simulators.deribit.trading_day import next_session_end_ns

type Figure = Callable[[Channel, int], list[Any]]
"""What a channel tells now: nothing, one message or several."""


class SecondChannels:
    """Messages about indices, marks, funding and the platform."""

    def __init__(self, indices: Indices, market: MarketApi) -> None:
        self._indices = indices
        self._market = market
        self._tickers: dict[str, dict[str, Any]] = {}
        self._figures: Mapping[str, Figure] = {
            "index": self._index,
            "ranking": self._ranking,
            "statistics": self._statistics,
            "volatility": self._volatility,
            "expiration": self._expiration,
            "marks": self._marks,
            "perpetual": self._perpetual,
            "platform": self._platform,
        }

    def now(self, channel: Channel, now_ms: int) -> list[Any]:
        """What a channel of this kind tells; nothing for those of other kinds."""
        figure = self._figures.get(channel.topic)
        return [] if figure is None else figure(channel, now_ms)

    def ticker_snapshot(self, channel: Channel, now_ms: int, *, fresh: bool) -> dict[str, Any]:
        """A whole ticker, as an incremental channel begins; what it has told if others listen."""
        if fresh:
            self._tickers[channel.name] = self._market.ticker(LISTINGS[channel.symbol], now_ms)
        return {"type": "snapshot", **self._tickers[channel.name]}

    def ticker_change(self, channel: Channel, now_ms: int) -> dict[str, Any] | None:
        """What of a ticker has changed since it was last told; None when nothing has."""
        ticker = self._market.ticker(LISTINGS[channel.symbol], now_ms)
        before = self._tickers.get(channel.name, {})
        changed = {k: v for k, v in ticker.items() if before.get(k) != v and k != "timestamp"}
        if not changed:
            return None
        self._tickers[channel.name] = ticker
        named = {"instrument_name": channel.symbol, "timestamp": now_ms}
        return {"type": "change", **named, **changed}

    def _index(self, channel: Channel, now_ms: int) -> list[Any]:
        price = self._indices.price(channel.target)
        return [{"timestamp": now_ms, "price": price, "index_name": channel.target}]

    def _ranking(self, channel: Channel, now_ms: int) -> list[Any]:
        """The index has one constituent here: the market itself."""
        price = self._indices.price(channel.target)
        source = {
            "identifier": "simulated",
            "enabled": True,
            "weight": 100,
            "price": price,
            "original_price": price,
            "timestamp": now_ms,
        }
        return [[source]]

    def _statistics(self, channel: Channel, now_ms: int) -> list[Any]:
        price = self._indices.price(channel.target)
        day = self._indices.bars(channel.target, MINUTE, now_ms - DAY_MS, now_ms)
        return [
            {
                "index_name": channel.target,
                "low24h": min((minute.low for minute in day), default=price),
                "high24h": max((minute.high for minute in day), default=price),
                "change24h": price - day[0].open if day else Decimal(0),
                "high_volatility": False,
            }
        ]

    def _volatility(self, channel: Channel, now_ms: int) -> list[Any]:
        return [{"timestamp": now_ms, "volatility": VOLATILITY, "index_name": channel.target}]

    def _expiration(self, channel: Channel, now_ms: int) -> list[Any]:
        seconds = next_session_end_ns(now_ms * 1_000_000) // 10**9 - now_ms // 1000
        price = self._indices.price(channel.target)
        return [{"seconds": seconds, "price": price, "is_estimated": False}]

    def _marks(self, channel: Channel, now_ms: int) -> list[Any]:
        marks = [
            {
                "instrument_name": name,
                "mark_price": self._market.mark(name),
                "iv": VOLATILITY / 100,
                "timestamp": now_ms,
            }
            for name in sorted(channel.symbols)
        ]
        return [marks] if marks else []

    def _perpetual(self, channel: Channel, now_ms: int) -> list[Any]:
        """Of other instruments than perpetuals the channel tells nothing."""
        listing = LISTINGS[channel.symbol]
        if listing.period != "perpetual":
            return []
        index = self._indices.price(listing.index)
        rate = rate_of(self._market.mark(listing.name), index)
        return [{"timestamp": now_ms, "interest": rate, "index_price": index}]

    def _platform(self, channel: Channel, now_ms: int) -> list[Any]:
        return [{"price_index": name, "locked": False, "reasons": []} for name in INDICES]
