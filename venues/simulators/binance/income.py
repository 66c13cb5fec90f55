"""What changed a futures wallet: profits and fees of its trades, newest last."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from venues.simulators.binance.calls import Call, instruments_of
from venues.simulators.binance.errors import invalid
from venues.simulators.binance.futures_messages import d8
from venues.simulators.binance.history import Span
from venues.simulators.exchange import Exchange
from venues.simulators.orders import Fill

DEFAULT_PAGE, MOST = 100, 1000
TYPES = frozenset(
    {
        "TRANSFER",
        "WELCOME_BONUS",
        "REALIZED_PNL",
        "FUNDING_FEE",
        "COMMISSION",
        "INSURANCE_CLEAR",
        "REFERRAL_KICKBACK",
        "COMMISSION_REBATE",
        "API_REBATE",
    }
)


def income_page(exchange: Exchange, call: Call, span: Span) -> list[dict[str, Any]]:
    """Rows of a type or of all, of a symbol or of all; raises ApiError."""
    params = call.params
    wanted = params.optional("incomeType")
    if wanted is not None and wanted not in TYPES:
        raise invalid("incomeType")
    rows = [
        row
        for instrument in instruments_of(exchange, params)
        for fill in exchange.state.orders.fills(call.account, instrument.symbol)
        if span.holds(fill.time_ns // 1_000_000)
        for row in _rows(fill)
        if wanted in (None, row["incomeType"])
    ]
    rows.sort(key=lambda row: row["time"])
    limit, page = params.limit(DEFAULT_PAGE, MOST), params.integer("page")
    if page is not None:
        return rows[(page - 1) * limit : page * limit]
    return rows[:limit]


def _rows(fill: Fill) -> Iterator[dict[str, Any]]:
    if fill.realized_pnl:
        yield _row(fill, "REALIZED_PNL", fill.realized_pnl)
    if fill.fee:
        yield _row(fill, "COMMISSION", -fill.fee)


def _row(fill: Fill, kind: str, amount: Decimal) -> dict[str, Any]:
    return {
        "symbol": fill.symbol,
        "incomeType": kind,
        "income": d8(amount),
        "asset": fill.fee_asset,
        "info": str(fill.trade_id) if kind == "COMMISSION" else "",
        "time": fill.time_ns // 1_000_000,
        "tranId": fill.trade_id,
        "tradeId": str(fill.trade_id),
    }
