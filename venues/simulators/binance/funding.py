"""Public REST that only futures have: mark prices, funding and open interest.

The funding rate is zero, because no position is charged here.
"""

from typing import Any

from venues.simulators.bars import minutes
from venues.simulators.binance.calls import Call, Endpoint, Routes, instrument_of, instruments_of
from venues.simulators.binance.market_messages import MarketMessages
from venues.simulators.binance.ticker_messages import FUNDING_INTERVAL_MS, FUNDING_RATE
from venues.simulators.binance.tickers import Tickers
from venues.simulators.binance.weights import FUTURES_MARKET
from venues.simulators.exchange import Exchange
from venues.simulators.margin_account import MarginAccount
from venues.simulators.matching import ZERO

DEFAULT_PAGE, MOST = 100, 1000
FUNDINGS_KEPT = 90


class FundingApi:
    """The endpoints of marks, funding and open interest."""

    def __init__(self, exchange: Exchange, messages: MarketMessages, tickers: Tickers) -> None:
        self._exchange = exchange
        self._messages = messages
        self._tickers = tickers

    def routes(self) -> Routes:
        """Endpoints with the real venue's weights."""
        handlers = {
            "premiumIndex": self.premium_index,
            "fundingRate": self.funding_rates,
            "fundingInfo": self.funding_info,
            "openInterest": self.open_interest,
        }
        return {
            ("GET", f"/fapi/v1/{name}"): Endpoint(handler, weight=FUTURES_MARKET[name])
            for name, handler in handlers.items()
        }

    def premium_index(self, call: Call) -> Any:
        """Mark prices and funding, of one symbol or all."""
        instruments = instruments_of(self._exchange, call.params)
        rows = [self._tickers.mark(each.symbol, call.now_ms) for each in instruments]
        return rows[0] if "symbol" in call.params else rows

    def funding_rates(self, call: Call) -> list[dict[str, Any]]:
        """Rates of the past, the oldest first."""
        params = call.params
        start, end = params.integer("startTime"), params.integer("endTime")
        latest = call.now_ms // FUNDING_INTERVAL_MS
        times = [n * FUNDING_INTERVAL_MS for n in range(latest - FUNDINGS_KEPT, latest + 1)]
        rows = [
            self._funding(instrument.symbol, time_ms)
            for time_ms in times
            if (start is None or start <= time_ms) and (end is None or time_ms <= end)
            for instrument in instruments_of(self._exchange, params)
        ]
        limit = params.limit(DEFAULT_PAGE, MOST)
        return rows[:limit] if start is not None else rows[-limit:]

    def funding_info(self, call: Call) -> list[dict[str, Any]]:
        """Symbols whose funding differs from the usual: none."""
        return []

    def open_interest(self, call: Call) -> dict[str, Any]:
        """Open contracts of a symbol: the long positions of all accounts, or the short ones."""
        symbol = instrument_of(self._exchange, call.params).symbol
        amounts = [
            account.positions[symbol].amount
            for account in self._exchange.state.accounts.values()
            if isinstance(account, MarginAccount) and symbol in account.positions
        ]
        long = sum((amount for amount in amounts if amount > 0), ZERO)
        short = -sum((amount for amount in amounts if amount < 0), ZERO)
        quantity = self._messages.quantity(symbol, max(long, short))
        return {"symbol": symbol, "openInterest": quantity, "time": call.now_ms}

    def _funding(self, symbol: str, time_ms: int) -> dict[str, Any]:
        bar = self._exchange.mark_candles[symbol].at(minutes(15), time_ms)
        mark = self._exchange.marks[symbol] if bar is None else bar.open
        return {
            "symbol": symbol,
            "fundingTime": time_ms,
            "fundingRate": FUNDING_RATE,
            "markPrice": f"{mark:.8f}",
        }
