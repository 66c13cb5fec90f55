"""Questions to Bybit. Whatever is not a clear answer raises VenueUnreachable."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.fills import Fill
from domain.orders import UnifiedOrder
from venues.nautilus.bybit.rest import BybitRest, Refused
from venues.nautilus.bybit.rows import (
    balance_of,
    fill_of,
    order_report,
    position_report,
    working_order,
)
from venues.nautilus.bybit.settings import LINEAR_COINS, BybitSettings, Category, Symbol
from venues.nautilus.working_orders import WorkingOrder, readable
from venues.port import Balance, NotFound, OrderReport, PositionReport

_CONTRACTS = (Category.LINEAR, Category.INVERSE)
_ORDERS_A_PAGE, _POSITIONS_A_PAGE, _EXECUTIONS_A_PAGE = 50, 200, 100

# The longest span that a list of the venue covers, and what is asked for unless told otherwise.
_SPAN = timedelta(days=7)
_RECENT = timedelta(days=6)
_MARGIN = timedelta(minutes=1)

# How long the venue remembers, with margins: executions for two years, an order that has ended
# without one for a day.
_EXECUTIONS_KEPT = timedelta(days=729)
_UNFILLED_KEPT = timedelta(hours=23)


class BybitQueries:
    """One account. All three categories are asked for: orders outlive the profile in which they
    were sent. One that is not in the profile may be closed to the key."""

    def __init__(self, rest: BybitRest, settings: BybitSettings) -> None:
        self._rest = rest
        self._settings = settings
        self._venue = settings.venue

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
                return order_report(dict(row) | named, self._venue)
        return NotFound(
            "Bybit has the order neither among its open orders nor in its history.",
            datetime.now(UTC) - _UNFILLED_KEPT,
        )

    async def working_orders(self) -> list[WorkingOrder]:
        """Everything that works or waits, of every kind, of ours and of others."""
        rows = [
            row
            async for row in self._rows("/v5/order/realtime", tuple(Category), limit=_ORDERS_A_PAGE)
        ]
        return readable(self._venue, rows, lambda row: working_order(row[1], row[0], self._venue))

    async def fills_since(self, since: datetime) -> list[Fill]:
        """Executions of our orders, as far back as the venue has them, oldest first."""
        since = max(since, datetime.now(UTC) - _EXECUTIONS_KEPT)
        account_id = self._settings.config.account_id
        found: list[tuple[int, int, Fill]] = []
        for category in Category:
            async for row in self._unless_closed(category, self._executions(category, since)):
                fill = fill_of(row, category, self._venue, account_id)
                if fill is not None:
                    found.append((int(row["execTime"]), int(row.get("seq") or 0), fill))
        found.sort(key=lambda entry: entry[:2])
        return [fill for _, _, fill in found]

    async def positions(self) -> list[PositionReport]:
        """Net positions that are not flat. Spot has balances, not positions."""
        reports = [
            position_report(row, category, self._venue)
            async for category, row in self._rows(
                "/v5/position/list", _CONTRACTS, limit=_POSITIONS_A_PAGE
            )
        ]
        return [report for report in reports if report.quantity]

    async def is_in_hedge_mode(self) -> bool:
        """Whether a long and a short position of one of the profile's contracts are kept apart."""
        for symbol in self._settings.symbols:
            if symbol.category is Category.SPOT:
                continue
            result = await self._rest.ask("/v5/position/list", **symbol.fields)
            if any(int(row.get("positionIdx") or 0) != 0 for row in result["list"]):
                return True
        return False

    async def offered(self) -> frozenset[str]:
        """The instruments of the profile that trade now."""
        trading = [symbol for symbol in self._settings.symbols if await self._trades(symbol)]
        return frozenset(symbol.instrument_id(self._venue) for symbol in trading)

    async def balances(self) -> list[Balance]:
        result = await self._rest.ask("/v5/account/wallet-balance", accountType="UNIFIED")
        return [balance_of(row) for account in result["list"] for row in account["coin"]]

    async def last_price(self, symbol: Symbol) -> str:
        """What was last paid."""
        result = await self._rest.ask("/v5/market/tickers", **symbol.fields)
        price: str = result["list"][0]["lastPrice"]
        return price

    async def _trades(self, symbol: Symbol) -> bool:
        try:
            result = await self._rest.ask("/v5/market/instruments-info", **symbol.fields)
        except Refused as refused:
            if refused.refusal.is_definite:
                return False  # it does not know the symbol
            raise
        return any(row["status"] == "Trading" for row in result["list"])

    async def _rows(
        self, path: str, categories: Iterable[Category], **params: int
    ) -> AsyncIterator[tuple[Category, Mapping[str, Any]]]:
        """All rows of a list."""
        for scope in _scopes(categories):
            category = Category(scope["category"])
            rows = self._rest.rows(path, **scope, **params)
            async for row in self._unless_closed(category, rows):
                yield category, row

    async def _unless_closed(
        self, category: Category, rows: AsyncIterator[Mapping[str, Any]]
    ) -> AsyncIterator[Mapping[str, Any]]:
        try:
            async for row in rows:
                yield row
        except Refused as refused:
            if category in self._settings.categories or not refused.refusal.is_definite:
                raise

    async def _executions(
        self, category: Category, since: datetime
    ) -> AsyncIterator[Mapping[str, Any]]:
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


def _scopes(categories: Iterable[Category]) -> Iterator[dict[str, str]]:
    """How a list of everything is asked for: linear must name what it is settled in."""
    for category in categories:
        if category is Category.LINEAR:
            for coin in LINEAR_COINS:
                yield {"category": category.value, "settleCoin": coin}
        else:
            yield {"category": category.value}


def _span_of(created_at: datetime) -> dict[str, int]:
    """Where the history has an order of that age; it shows seven days unless told otherwise."""
    if datetime.now(UTC) - created_at < _RECENT:
        return {}
    start = created_at - _MARGIN
    return {
        "startTime": int(start.timestamp() * 1000),
        "endTime": int((start + _SPAN).timestamp() * 1000),
    }
