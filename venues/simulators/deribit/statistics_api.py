"""Public methods about more than one instrument, or about the past: summaries, bars, trades."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from venues.simulators.bars import MINUTE_MS, Bar
from venues.simulators.deribit.calls import Call, Method, Methods
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.errors import invalid_params
from venues.simulators.deribit.instruments import KNOWN_CURRENCIES, LISTINGS, Listing
from venues.simulators.deribit.market_api import MarketApi
from venues.simulators.deribit.trading import KINDS
from venues.simulators.events import Print
from venues.simulators.matching import ZERO
from venues.simulators.tape import MINUTE, Tape

RESOLUTIONS = ("1", "3", "5", "10", "15", "30", "60", "120", "180", "360", "720", "1D")
DAY_MINUTES = 1440


class StatisticsApi:
    """What anybody may ask about the market as a whole."""

    def __init__(self, desk: Desk, market: MarketApi, tapes: Mapping[str, Tape]) -> None:
        self._desk = desk
        self._market = market
        self._tapes = tapes

    def methods(self) -> Methods:
        """By name."""
        return {
            "public/get_book_summary_by_currency": Method(self._summaries),
            "public/get_book_summary_by_instrument": Method(self._summary),
            "public/get_last_trades_by_currency": Method(self._last_trades),
            "public/get_last_trades_by_currency_and_time": Method(self._last_trades),
            "public/get_tradingview_chart_data": Method(self._bars),
            "public/get_index_price_names": Method(lambda call: _index_names()),
        }

    def _summaries(self, call: Call) -> list[dict[str, Any]]:
        return [self._summarised(listing, call.now_ms) for listing in _listings(call)]

    def _summary(self, call: Call) -> list[dict[str, Any]]:
        listing = self._desk.listing(call.params.text("instrument_name"))
        return [self._summarised(listing, call.now_ms)]

    def _summarised(self, listing: Listing, now_ms: int) -> dict[str, Any]:
        ticker = self._market.ticker(listing, now_ms)
        stats, bid, ask = ticker["stats"], ticker["best_bid_price"], ticker["best_ask_price"]
        return {
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
            "open_interest": ZERO,
            "estimated_delivery_price": ticker["estimated_delivery_price"],
        }

    def _last_trades(self, call: Call) -> dict[str, Any]:
        params = call.params
        count = params.count_or(10)
        start, end = (
            params.integer_or("start_timestamp", 0),
            params.integer_or("end_timestamp", 2**62),
        )
        prints: list[Print] = [
            trade
            for listing in _listings(call)
            for trade in self._tapes[listing.name].prints
            if start <= trade.time_ns // 1_000_000 <= end
        ]
        ascending = params.text_or("sorting", "desc") == "asc"
        prints.sort(key=lambda trade: trade.trade_id, reverse=not ascending)
        page = [self._market.trade(trade) for trade in prints[:count]]
        return {"trades": page, "has_more": len(prints) > count}

    def _bars(self, call: Call) -> dict[str, Any]:
        """Bars of trades; minutes in which nothing traded are left out."""
        params = call.params
        listing = self._desk.listing(params.text("instrument_name"))
        start, end = (
            params.integer_or("start_timestamp", 0),
            params.integer_or("end_timestamp", call.now_ms),
        )
        resolution = params.choice("resolution", "1", RESOLUTIONS)
        minutes = DAY_MINUTES if resolution == "1D" else int(resolution)
        groups: dict[int, list[Bar]] = {}
        for bar in self._tapes[listing.name].candles.of(MINUTE, call.now_ms):
            if start <= bar.open_ms <= end:
                length_ms = minutes * MINUTE_MS
                groups.setdefault(bar.open_ms // length_ms * length_ms, []).append(bar)
        bars = list(groups.values())
        return {
            "status": "ok" if bars else "no_data",
            "ticks": list(groups),
            "open": [group[0].open for group in bars],
            "high": [max(bar.high for bar in group) for group in bars],
            "low": [min(bar.low for bar in group) for group in bars],
            "close": [group[-1].close for group in bars],
            "volume": [_total(group, listing, in_cost=False) for group in bars],
            "cost": [_total(group, listing, in_cost=True) for group in bars],
        }


def _listings(call: Call) -> list[Listing]:
    currency = call.params.text("currency")
    if currency not in KNOWN_CURRENCIES:
        raise invalid_params("currency", "invalid currency")
    kind = call.params.choice("kind", "any", KINDS)
    return [
        listing
        for listing in LISTINGS.values()
        if listing.instrument.settle == currency and kind in ("any", listing.kind)
    ]


def _total(bars: list[Bar], listing: Listing, *, in_cost: bool) -> Decimal:
    """Volume in base and cost in the counter currency; amounts of inverse futures are USD."""
    inverse = listing.is_inverse and listing.kind == "future"
    if inverse:
        parts = [bar.volume if in_cost else bar.volume / bar.close for bar in bars]
    else:
        parts = [bar.quote_volume if in_cost else bar.volume for bar in bars]
    return sum(parts, ZERO)


def _index_names() -> list[str]:
    return sorted({listing.index for listing in LISTINGS.values()})
