"""Questions to Bybit. Whatever is not a clear answer raises VenueUnreachable."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.fills import Fill
from domain.instruments import Instrument
from domain.orders import UnifiedOrder
from venues.nautilus.bybit.rest import BybitRest
from venues.nautilus.bybit.rows import balance_of, fill_of, order_report, position_report
from venues.nautilus.bybit.settings import LINEAR_COINS, BybitSettings, Category, Symbol
from venues.port import Balance, NotFound, OrderReport, PositionReport

_ORDERS_A_PAGE, _POSITIONS_A_PAGE, _EXECUTIONS_A_PAGE = 50, 200, 100

# The longest span that a list of the venue covers, and what is asked for unless told otherwise.
_SPAN = timedelta(days=7)
_RECENT = timedelta(days=6)
_MARGIN = timedelta(minutes=1)


class BybitQueries:
    """One account. `instruments` are those that are traded, by id."""

    def __init__(
        self, rest: BybitRest, settings: BybitSettings, instruments: Mapping[str, Instrument]
    ) -> None:
        self._rest = rest
        self._settings = settings
        self._instruments = instruments

    async def find(self, order: UnifiedOrder) -> OrderReport | NotFound:
        """What the venue knows of the order, wherever it could be.

        The first list has what works, of every kind, and what has ended since the venue's last
        restart; the second has what ended before that.
        """
        named = Symbol.of(order.instrument_id).fields | {"orderLinkId": order.venue_client_id}
        result = await self._rest.ask("/v5/order/realtime", **named)
        if not result["list"]:
            span = _span_of(order.created_at)
            result = await self._rest.ask("/v5/order/history", **named, **span)
        for row in result["list"]:
            if row["orderLinkId"] == order.venue_client_id:
                return order_report(dict(row) | named, self._settings.venue)
        return NotFound("Bybit has the order neither among its open orders nor in its history.")

    async def open_orders(self) -> list[OrderReport]:
        """Working orders of every kind, conditional ones included."""
        reports: list[OrderReport] = []
        for scope in self._scopes():
            named = {"category": scope["category"]}
            rows = self._rest.rows("/v5/order/realtime", limit=_ORDERS_A_PAGE, **scope)
            reports += [order_report(dict(row) | named, self._settings.venue) async for row in rows]
        return reports

    async def fills_since(self, since: datetime) -> list[Fill]:
        """Executions of our orders, oldest first."""
        found: list[tuple[int, int, Fill]] = []
        for category in self._settings.categories:
            async for row in self._executions(category, since):
                instrument_id = Symbol(category, row["symbol"]).instrument_id(self._settings.venue)
                fill = fill_of(
                    row,
                    category,
                    self._settings.config.account_id,
                    self._instruments.get(instrument_id),
                )
                if fill is not None:
                    found.append((int(row["execTime"]), int(row.get("seq") or 0), fill))
        found.sort(key=lambda entry: entry[:2])
        return [fill for _, _, fill in found]

    async def positions(self) -> list[PositionReport]:
        """Net positions that are not flat. Spot has balances, not positions."""
        reports: list[PositionReport] = []
        for scope in self._scopes():
            category = Category(scope["category"])
            if category is Category.SPOT:
                continue
            rows = self._rest.rows("/v5/position/list", limit=_POSITIONS_A_PAGE, **scope)
            venue = self._settings.venue
            reports += [position_report(row, category, venue) async for row in rows]
        return [report for report in reports if report.quantity]

    async def balances(self) -> list[Balance]:
        result = await self._rest.ask("/v5/account/wallet-balance", accountType="UNIFIED")
        return [balance_of(row) for account in result["list"] for row in account["coin"]]

    async def last_price(self, symbol: Symbol) -> str:
        """What was last paid."""
        result = await self._rest.ask("/v5/market/tickers", **symbol.fields)
        price: str = result["list"][0]["lastPrice"]
        return price

    def _scopes(self) -> Iterator[dict[str, str]]:
        """How a list of everything is asked for: linear must name what it is settled in."""
        for category in self._settings.categories:
            if category is Category.LINEAR:
                for coin in LINEAR_COINS:
                    yield {"category": category.value, "settleCoin": coin}
            else:
                yield {"category": category.value}

    async def _executions(self, category: Category, since: datetime) -> Any:
        """In spans that the venue serves. The last one has no end, whatever its clock says."""
        start_ms = int(since.timestamp() * 1000)
        span_ms = int(_SPAN.total_seconds() * 1000)
        while True:
            is_last = start_ms + span_ms > time.time() * 1000
            end_ms = None if is_last else start_ms + span_ms
            rows = self._rest.rows(
                "/v5/execution/list",
                category=category.value,
                startTime=start_ms,
                endTime=end_ms,
                limit=_EXECUTIONS_A_PAGE,
            )
            async for row in rows:
                yield row
            if is_last:
                return
            start_ms += span_ms


def _span_of(created_at: datetime) -> dict[str, int]:
    """Where the history has an order of that age; it shows seven days unless told otherwise."""
    if datetime.now(UTC) - created_at < _RECENT:
        return {}
    start = created_at - _MARGIN
    return {
        "startTime": int(start.timestamp() * 1000),
        "endTime": int((start + _SPAN).timestamp() * 1000),
    }
