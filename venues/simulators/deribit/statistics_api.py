"""Public methods: figures of the market as a whole, and charts of its past."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from venues.simulators.bars import DAY_MS, HOUR_MS, days, hours, minutes
from venues.simulators.deribit.bars import RESOLUTIONS, candle, interval
from venues.simulators.deribit.calls import Call, Method, Methods
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.indices import VOLATILITY, Indices
from venues.simulators.deribit.instruments import (
    CURRENCIES,
    KNOWN_CURRENCIES,
    LISTINGS,
    Listing,
    names_of,
)
from venues.simulators.deribit.market_api import MarketApi
from venues.simulators.deribit.order_queries import kind_of, of_currency
from venues.simulators.matching import ZERO
from venues.simulators.tape import Tape

RANGES = {
    "1h": (HOUR_MS, minutes(1)),
    "1d": (DAY_MS, minutes(5)),
    "2d": (2 * DAY_MS, minutes(15)),
    "1m": (30 * DAY_MS, hours(1)),
    "1y": (365 * DAY_MS, days(1)),
    "all": (1 << 62, days(1)),
}
"""How far charts of an index reach back, and how long their bars are."""
VOLUME_KINDS = ("calls", "puts", "futures", "spot")
SPANS = (("", DAY_MS), ("_7d", 7 * DAY_MS), ("_30d", 30 * DAY_MS))
VOLATILITY_RESOLUTIONS = ("1", "60", "3600", "43200", "1D")
MOST_POINTS = 1000
HISTORY_HOURS = 24 * 15


class StatisticsApi:
    """What anybody may ask about more than the present of one instrument."""

    def __init__(
        self, desk: Desk, market: MarketApi, indices: Indices, tapes: Mapping[str, Tape]
    ) -> None:
        self._desk = desk
        self._market = market
        self._indices = indices
        self._tapes = tapes

    def methods(self) -> Methods:
        """By name."""
        return {
            "public/get_book_summary_by_currency": Method(self._summaries),
            "public/get_book_summary_by_instrument": Method(self._summary),
            "public/get_trade_volumes": Method(self._volumes),
            "public/get_tradingview_chart_data": Method(self._bars),
            "public/get_index_chart_data": Method(self._index_chart),
            "public/get_mark_price_history": Method(self._mark_history),
            "public/get_historical_volatility": Method(self._volatility),
            "public/get_volatility_index_data": Method(self._volatility_index),
        }

    def _summaries(self, call: Call) -> list[dict[str, Any]]:
        names = of_currency(call.params, kind_of(call.params))
        listed = [LISTINGS[name] for name in names]
        now_ms = call.now_ms
        return [self._summed(x, now_ms) for x in listed if self._desk.state_of(x) == "open"]

    def _summary(self, call: Call) -> list[dict[str, Any]]:
        listing = self._desk.listing(call.params.text("instrument_name"))
        return [self._summed(listing, call.now_ms)]

    def _summed(self, listing: Listing, now_ms: int) -> dict[str, Any]:
        ticker = self._market.ticker(listing, now_ms)
        stats, bid, ask = ticker["stats"], ticker["best_bid_price"], ticker["best_ask_price"]
        summary = {
            "instrument_name": listing.name,
            "base_currency": listing.instrument.base,
            "quote_currency": listing.instrument.quote,
            "creation_timestamp": now_ms,
            "bid_price": bid or None,
            "ask_price": ask or None,
            "mid_price": (bid + ask) / 2 if bid and ask else None,
            "mark_price": ticker["mark_price"],
            "last": ticker["last_price"],
            "high": stats["high"],
            "low": stats["low"],
            "price_change": stats["price_change"],
            "volume": stats["volume"],
            "volume_usd": stats["volume_usd"],
            "open_interest": ticker["open_interest"],
            "estimated_delivery_price": ticker["estimated_delivery_price"],
        }
        of_some = ("current_funding", "funding_8h", "mark_iv", "underlying_price", "interest_rate")
        return summary | {name: ticker[name] for name in of_some if name in ticker}

    def _volumes(self, call: Call) -> list[dict[str, Any]]:
        spans = SPANS if call.params.flag("extended") else SPANS[:1]
        rows: list[dict[str, Any]] = []
        for currency in CURRENCIES:
            row = {f"{kind}_volume{word}": ZERO for word, _ in spans for kind in VOLUME_KINDS}
            for name in names_of(currency):
                listing = LISTINGS[name]
                kind = f"{listing.option_type}s" if listing.kind == "option" else "futures"
                for word, span_ms in spans:
                    row[f"{kind}_volume{word}"] += self._volume(listing, span_ms, call.now_ms)
            rows.append({"currency": currency, **row})
        return rows

    def _volume(self, listing: Listing, span_ms: int, now_ms: int) -> Decimal:
        known = self._tapes[listing.name].candles.of(hours(1), now_ms)
        volumes = (candle(bar, listing).volume for bar in known if bar.open_ms > now_ms - span_ms)
        return sum(volumes, ZERO)

    def _bars(self, call: Call) -> dict[str, Any]:
        """Bars of trades; where nothing traded they stand still."""
        params = call.params
        listing = self._desk.listing(params.text("instrument_name"))
        start = params.integer_or("start_timestamp", 0)
        end = params.integer_or("end_timestamp", call.now_ms)
        length = interval(params.choice("resolution", "1", RESOLUTIONS))
        known = self._tapes[listing.name].candles.of(length, call.now_ms)
        begun = length.open_ms(start)
        bars = [candle(bar, listing) for bar in known if begun <= bar.open_ms <= end]
        return {
            "status": "ok" if bars else "no_data",
            "ticks": [bar.tick for bar in bars],
            "open": [bar.open for bar in bars],
            "high": [bar.high for bar in bars],
            "low": [bar.low for bar in bars],
            "close": [bar.close for bar in bars],
            "volume": [bar.volume for bar in bars],
            "cost": [bar.cost for bar in bars],
        }

    def _index_chart(self, call: Call) -> list[list[Any]]:
        name = call.params.text("index_name")
        span_ms, length = RANGES[call.params.choice("range", "", tuple(RANGES))]
        bars = self._indices.bars(name, length, call.now_ms - span_ms, call.now_ms)
        return [[bar.open_ms, bar.close] for bar in bars]

    def _mark_history(self, call: Call) -> list[Any]:
        """The venue keeps it for few options only, and answers the rest with an empty list."""
        self._desk.listing(call.params.text("instrument_name"))
        for name in ("start_timestamp", "end_timestamp"):
            call.params.integer(name)
        return []

    def _volatility(self, call: Call) -> list[list[Any]]:
        call.params.choice("currency", "", KNOWN_CURRENCIES)
        last = call.now_ms // HOUR_MS * HOUR_MS
        return [[last - hour * HOUR_MS, VOLATILITY] for hour in range(HISTORY_HOURS - 1, -1, -1)]

    def _volatility_index(self, call: Call) -> dict[str, Any]:
        """It stands still here: every bar is the same."""
        params = call.params
        params.choice("currency", "", KNOWN_CURRENCIES)
        resolution = params.choice("resolution", "", VOLATILITY_RESOLUTIONS)
        length = DAY_MS if resolution == "1D" else int(resolution) * 1000
        start, end = params.integer("start_timestamp"), params.integer("end_timestamp")
        last = min(end, call.now_ms) // length * length
        first = max(-(-start // length) * length, last - (MOST_POINTS - 1) * length)
        bars = [[tick, *[VOLATILITY] * 4] for tick in range(first, last + 1, length)]
        more = first - length >= start
        return {"data": bars, "continuation": first - length if more and bars else None}
