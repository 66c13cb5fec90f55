"""Public REST of both products: time, books, trades and tickers. Bars are in ``klines``, what only
futures have in ``funding``."""

import json
import re
from collections.abc import Callable
from typing import Any

from venues.simulators.bars import DAY_MS, HOUR_MS, MINUTE_MS, days
from venues.simulators.binance.calls import Call, Endpoint, Routes, instrument_of
from venues.simulators.binance.errors import INVALID_SYMBOL, ApiError, invalid
from venues.simulators.binance.intervals import zone_ms
from venues.simulators.binance.market_messages import MarketMessages
from venues.simulators.binance.params import Params
from venues.simulators.binance.tickers import Tickers
from venues.simulators.binance.weights import FUTURES_MARKET, SPOT_MARKET
from venues.simulators.events import Print
from venues.simulators.exchange import Exchange

MOST = 1000
DEFAULT_PAGE = 500
INVALID_TICKER_TYPE = (-1139, "Invalid ticker type.")
BAD_COMBINATION = (-1128, "Combination of optional parameters invalid.")

_WINDOW = re.compile(r"(\d{1,2})([mhd])", re.ASCII)
_WINDOW_UNITS_MS = {"m": (MINUTE_MS, 59), "h": (HOUR_MS, 23), "d": (DAY_MS, 7)}


class MarketDataApi:
    """The public half of a product's REST API."""

    def __init__(self, exchange: Exchange, messages: MarketMessages, tickers: Tickers) -> None:
        self._exchange = exchange
        self._messages = messages
        self._tickers = tickers

    def routes(self, prefix: str) -> Routes:
        """Endpoints under ``/api/v3`` or ``/fapi/v1`` with the real venue's weights."""
        handlers: dict[str, Callable[[Call], Any]] = {
            "ping": lambda call: {},
            "time": lambda call: {"serverTime": call.now_ms},
            "depth": self.depth,
            "trades": self.trades,
            "historicalTrades": self.historical_trades,
            "aggTrades": self.aggregate_trades,
            "ticker/price": lambda call: self._each(call, self._tickers.price),
            "ticker/bookTicker": lambda call: self._each(call, self._tickers.top),
            "ticker/24hr": lambda call: self._each(call, self._tickers.day),
        }
        if not self._messages.futures:
            handlers |= {
                "avgPrice": self.average_price,
                "ticker": self.window_ticker,
                "ticker/tradingDay": self.trading_day,
            }
        weights = FUTURES_MARKET if self._messages.futures else SPOT_MARKET
        routes = {
            ("GET", f"{prefix}/{name}"): Endpoint(handler, weight=weights[name])
            for name, handler in handlers.items()
        }
        if self._messages.futures:
            path = "ticker/price"
            routes["GET", f"/fapi/v2/{path}"] = routes["GET", f"{prefix}/{path}"]
        return routes

    def depth(self, call: Call) -> dict[str, Any]:
        """A snapshot of a book."""
        symbol = instrument_of(self._exchange, call.params).symbol
        default, most = (500, 1000) if self._messages.futures else (100, 5000)
        limit = call.params.limit(default, most)
        return self._messages.depth(symbol, self._exchange.books[symbol], limit, call.now_ms)

    def trades(self, call: Call) -> list[dict[str, Any]]:
        """Recent trades, oldest first."""
        recent = self._prints(call)[-call.params.limit(DEFAULT_PAGE, MOST) :]
        return [self._messages.rest_trade(trade) for trade in recent]

    def historical_trades(self, call: Call) -> list[dict[str, Any]]:
        """Trades from an id on, of those that are kept."""
        return [self._messages.rest_trade(trade) for trade in self._page(call)]

    def aggregate_trades(self, call: Call) -> list[dict[str, Any]]:
        """Trades, each an aggregate of itself, oldest first."""
        return [self._messages.rest_aggregate_trade(trade) for trade in self._page(call)]

    def average_price(self, call: Call) -> dict[str, Any]:
        """The average price of the last five minutes."""
        symbol = instrument_of(self._exchange, call.params).symbol
        return self._tickers.average(symbol, call.now_ms)

    def window_ticker(self, call: Call) -> Any:
        """Statistics of a window, of one day without ``windowSize``."""
        window_ms = _window_ms(call.params.optional("windowSize") or "1d")
        self._check_named(call.params)
        return self._each(call, lambda symbol, now: self._tickers.window(symbol, window_ms, now))

    def trading_day(self, call: Call) -> Any:
        """Statistics of the day by a clock."""
        self._check_named(call.params)
        day = days(1).ahead(zone_ms(call.params.optional("timeZone") or "0"))
        return self._each(
            call, lambda symbol, now: self._tickers.since(symbol, day.open_ms(now), now)
        )

    def _each(self, call: Call, row: Callable[[str, int], dict[str, Any]]) -> Any:
        """One row for ``symbol``, a list of rows for ``symbols`` or without either."""
        kind = call.params.optional("type") or "FULL"
        if kind not in ("FULL", "MINI"):
            raise ApiError(*INVALID_TICKER_TYPE)
        rows = [row(symbol, call.now_ms) for symbol in self._symbols(call.params)]
        if kind == "MINI":
            rows = [self._tickers.messages.mini(each) for each in rows]
        return rows[0] if "symbol" in call.params else rows

    def _symbols(self, params: Params) -> list[str]:
        if "symbol" in params and "symbols" in params:
            raise ApiError(*BAD_COMBINATION)
        if "symbols" not in params:
            named = [params.text("symbol")] if "symbol" in params else None
            symbols = list(self._exchange.instruments) if named is None else named
        else:
            symbols = _listed(params.text("symbols"))
        if not set(symbols) <= set(self._exchange.instruments):
            raise ApiError(*INVALID_SYMBOL)
        return symbols

    def _check_named(self, params: Params) -> None:
        if "symbol" not in params and "symbols" not in params:
            text = "Param 'symbol' or 'symbols' must be sent, but both were empty/null!"
            raise ApiError(-1102, text)

    def _prints(self, call: Call) -> list[Print]:
        return list(self._exchange.tapes[instrument_of(self._exchange, call.params).symbol].prints)

    def _page(self, call: Call) -> list[Print]:
        """The oldest from an id or a start time on, else the latest, until an end time."""
        params = call.params
        first, limit = params.integer("fromId"), params.limit(DEFAULT_PAGE, MOST)
        start, end = params.integer("startTime"), params.integer("endTime")
        if first is not None and (start is not None or end is not None):
            raise ApiError(*BAD_COMBINATION)
        found = [
            trade
            for trade in self._prints(call)
            if (first is None or first <= trade.trade_id)
            and (start is None or start <= trade.time_ns // 1_000_000)
            and (end is None or trade.time_ns // 1_000_000 <= end)
        ]
        return found[-limit:] if first is None and start is None else found[:limit]


def _window_ms(text: str) -> int:
    found = _WINDOW.fullmatch(text)
    if found is None:
        raise invalid("windowSize")
    unit_ms, most = _WINDOW_UNITS_MS[found.group(2)]
    if not 1 <= int(found.group(1)) <= most:
        raise invalid("windowSize")
    return int(found.group(1)) * unit_ms


def _listed(text: str) -> list[str]:
    try:
        symbols = json.loads(text)
    except ValueError:
        raise invalid("symbols") from None
    if not isinstance(symbols, list) or not symbols:
        raise invalid("symbols")
    return [str(symbol) for symbol in symbols]
