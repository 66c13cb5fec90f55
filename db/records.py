"""Rows to domain objects and back. Column names are field names; only enums need a word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

import asyncpg

from domain.fills import Fill
from domain.instruments import Instrument, InstrumentKind
from domain.market import Depth, Level, MarketTrade, Quote
from domain.orders import (
    OrderStatus,
    OrderType,
    TimeInForce,
    TrailingOffsetType,
    TriggerType,
    UnifiedOrder,
)
from domain.positions import Position
from domain.sides import Side

ORDER_COLUMNS = tuple(field.name for field in fields(UnifiedOrder))
FILL_COLUMNS = tuple(field.name for field in fields(Fill))
INSTRUMENT_COLUMNS = tuple(field.name for field in fields(Instrument))
QUOTE_COLUMNS = tuple(field.name for field in fields(Quote))


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """One line of an order's audit trail."""

    version: int
    name: str
    detail: dict[str, Any]
    at: datetime
    hash: str


def column_list(names: tuple[str, ...], prefix: str = "") -> str:
    return ", ".join(f"{prefix}{name}" for name in names)


def order_of(row: asyncpg.Record) -> UnifiedOrder:
    values = {name: row[name] for name in ORDER_COLUMNS}
    values["side"] = Side(values["side"])
    values["order_type"] = OrderType(values["order_type"])
    values["time_in_force"] = TimeInForce(values["time_in_force"])
    values["status"] = OrderStatus(values["status"])
    if values["trigger_type"] is not None:
        values["trigger_type"] = TriggerType(values["trigger_type"])
    if values["trailing_offset_type"] is not None:
        values["trailing_offset_type"] = TrailingOffsetType(values["trailing_offset_type"])
    return UnifiedOrder(**values)


def fill_of(row: asyncpg.Record) -> Fill:
    values = {name: row[name] for name in FILL_COLUMNS}
    values["side"] = Side(values["side"])
    return Fill(**values)


def instrument_of(row: asyncpg.Record) -> Instrument:
    values = {name: row[name] for name in INSTRUMENT_COLUMNS}
    values["kind"] = InstrumentKind(values["kind"])
    return Instrument(**values)


def quote_of(row: asyncpg.Record) -> Quote:
    return Quote(**{name: row[name] for name in QUOTE_COLUMNS})


def depth_of(row: asyncpg.Record) -> Depth:
    return Depth(
        row["instrument_id"], _levels(row["bids"]), _levels(row["asks"]), row["received_at"]
    )


def market_trade_of(row: asyncpg.Record) -> MarketTrade:
    return MarketTrade(
        instrument_id=row["instrument_id"],
        trade_id=row["trade_id"],
        price=row["price"],
        quantity=row["quantity"],
        aggressor=Side(row["aggressor"]),
        ts_event=row["ts_event"],
    )


def _levels(pairs: list[list[str]]) -> tuple[Level, ...]:
    return tuple((Decimal(price), Decimal(quantity)) for price, quantity in pairs)


def position_of(row: asyncpg.Record | Mapping[str, Any]) -> Position:
    return Position(
        account_id=row["account_id"],
        instrument_id=row["instrument_id"],
        quantity=row["quantity"],
        avg_px=row["avg_px"],
        realized=row["realized"],
        fees=tuple(sorted((name, Decimal(value)) for name, value in row["fees"].items())),
        fill_count=row["fill_count"],
    )


def event_of(row: asyncpg.Record) -> RecordedEvent:
    return RecordedEvent(row["version"], row["name"], row["detail"], row["at"], row["hash"])
