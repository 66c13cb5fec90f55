"""The dead-man switch of USDT-M futures: orders that are canceled unless somebody winds it up."""

from typing import Any

from venues.simulators.binance.calls import Call, Routes, instrument_of, signed
from venues.simulators.binance.errors import missing
from venues.simulators.binance.futures import cancel_regular
from venues.simulators.exchange import Exchange


class CountdownApi:
    """Countdowns by account and symbol. They are looked at once a second."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._due_ms: dict[tuple[str, str], int] = {}

    def routes(self) -> Routes:
        """Endpoints with the real venue's weights."""
        return {("POST", "/fapi/v1/countdownCancelAll"): signed(self.wind_up, 10)}

    def wind_up(self, call: Call) -> dict[str, Any]:
        """Begin a symbol's countdown anew, or with zero stop it."""
        symbol = instrument_of(self._exchange, call.params).symbol
        countdown_ms = call.params.integer("countdownTime")
        if countdown_ms is None:
            raise missing("countdownTime")
        self._due_ms.pop((call.account, symbol), None)
        if countdown_ms:
            self._due_ms[call.account, symbol] = call.now_ms + countdown_ms
        return {"symbol": symbol, "countdownTime": str(countdown_ms)}

    def beat(self, now_ns: int) -> None:
        """Cancel the orders whose countdown is over."""
        due = [key for key, due_ms in self._due_ms.items() if due_ms <= now_ns // 1_000_000]
        for account, symbol in due:
            del self._due_ms[account, symbol]
            cancel_regular(self._exchange, account, symbol, now_ns)
