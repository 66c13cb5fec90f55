"""The schema, one class a table. Migrations are generated against it; the road's SQL is in the
modules beside it.

Money and quantities are NUMERIC without a scale: the venue decides the precision, never the column.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from domain.orders import LIVE

_LIVE_SQL = "status IN ({})".format(", ".join(f"'{status}'" for status in sorted(LIVE)))


def _text(*, nullable: bool = False, **column: Any) -> Any:
    return Field(sa_column=Column(Text, nullable=nullable, **column))


def _decimal(*, nullable: bool = False) -> Any:
    return Field(sa_column=Column(Numeric, nullable=nullable))


def _time(*, nullable: bool = False) -> Any:
    return Field(sa_column=Column(DateTime(timezone=True), nullable=nullable))


class UnifiedOrderRow(SQLModel, table=True):
    """One row an order, over all venues; the columns are the fields of `UnifiedOrder`.

    A live order's leaves, valued at `reference_price`, are its risk reservation: there is no second
    record of it that could disagree.
    """

    __tablename__ = "unified_orders"
    __table_args__ = (
        UniqueConstraint("strategy_id", "client_order_id"),
        Index("ix_unified_orders_created", "created_at", "order_id"),
        Index("ix_unified_orders_strategy_created", "strategy_id", "created_at", "strategy_seq"),
        Index("ix_unified_orders_live", "instrument_id", postgresql_where=text(_LIVE_SQL)),
        Index(
            "ix_unified_orders_anomaly",
            "created_at",
            "order_id",
            postgresql_where=text("anomaly IS NOT NULL"),
        ),
        Index(
            "ix_unified_orders_list",
            "order_list_id",
            postgresql_where=text("order_list_id IS NOT NULL"),
        ),
    )

    order_id: str = _text(primary_key=True)
    strategy_id: str = _text()
    client_order_id: str = _text()
    fingerprint: str = _text()
    instrument_id: str = _text()
    venue: str = _text()
    account_id: str = _text()
    side: str = _text()
    order_type: str = _text()
    quantity: Decimal = _decimal()
    price: Decimal | None = _decimal(nullable=True)
    time_in_force: str = _text()
    post_only: bool
    reduce_only: bool
    reference_price: Decimal = _decimal()
    status: str = _text()
    leg: int
    venue_client_id: str = _text(unique=True)
    send_deadline: datetime = _time()
    created_at: datetime = _time()
    updated_at: datetime = _time()
    version: int
    last_hash: str = _text()
    venue_order_id: str | None = _text(nullable=True)
    filled_qty: Decimal = _decimal()
    cum_quote: Decimal = _decimal()
    cancel_requested_at: datetime | None = _time(nullable=True)
    submitted_at: datetime | None = _time(nullable=True)
    reason_code: str | None = _text(nullable=True)
    reason: str | None = _text(nullable=True)
    anomaly: str | None = _text(nullable=True)
    trigger_price: Decimal | None = _decimal(nullable=True)
    trigger_type: str | None = _text(nullable=True)
    trailing_offset: Decimal | None = _decimal(nullable=True)
    trailing_offset_type: str | None = _text(nullable=True)
    expire_at: datetime | None = _time(nullable=True)
    display_qty: Decimal | None = _decimal(nullable=True)
    earlier_filled_qty: Decimal = _decimal()
    amend_id: str | None = _text(nullable=True)
    amend_quantity: Decimal | None = _decimal(nullable=True)
    amend_price: Decimal | None = _decimal(nullable=True)
    amend_trigger_price: Decimal | None = _decimal(nullable=True)
    amend_replace: bool
    amend_requested_at: datetime | None = _time(nullable=True)
    amend_sent_at: datetime | None = _time(nullable=True)
    triggered_at: datetime | None = _time(nullable=True)
    order_list_id: str | None = _text(nullable=True)
    strategy_seq: int = Field(sa_column=Column(BigInteger, nullable=False))


class OrderEventRow(SQLModel, table=True):
    """The audit trail of an order: append-only (a trigger refuses changes) and hash-chained."""

    __tablename__ = "order_events"

    order_id: str = Field(sa_column=Column(ForeignKey("unified_orders.order_id"), primary_key=True))
    version: int = Field(primary_key=True)
    name: str = _text()
    detail: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    at: datetime = _time()
    hash: str = _text()


class FillRow(SQLModel, table=True):
    """Every execution once; append-only. `booked_seq` is the order in which positions fold them."""

    __tablename__ = "fills"
    __table_args__ = (
        UniqueConstraint("account_id", "instrument_id", "trade_id", "order_id"),
        Index("ix_fills_order", "order_id"),
    )

    booked_seq: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    order_id: str = Field(sa_column=Column(ForeignKey("unified_orders.order_id"), nullable=False))
    account_id: str = _text()
    instrument_id: str = _text()
    trade_id: str = _text()
    venue_order_id: str = _text()
    side: str = _text()
    quantity: Decimal = _decimal()
    price: Decimal = _decimal()
    fee: Decimal = _decimal()
    fee_currency: str = _text()
    is_maker: bool
    ts_event: datetime = _time()
    booked_at: datetime = _time()


class UnifiedPositionRow(SQLModel, table=True):
    """The fold of the fills of one account in one instrument, kept in the fill's transaction."""

    __tablename__ = "unified_positions"

    account_id: str = _text(primary_key=True)
    instrument_id: str = _text(primary_key=True)
    quantity: Decimal = _decimal()
    avg_px: Decimal | None = _decimal(nullable=True)
    realized: Decimal = _decimal()
    fees: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    fill_count: int
    updated_at: datetime = _time()


class OutboxRow(SQLModel, table=True):
    """Orders whose workflow must hear of news. One row an order: only the latest state counts."""

    __tablename__ = "outbox"

    order_id: str = Field(sa_column=Column(ForeignKey("unified_orders.order_id"), primary_key=True))
    version: int
    created_at: datetime = _time()


class InstrumentRow(SQLModel, table=True):
    """What the venues offer, as their workers last read it, and what they no longer do: fills and
    positions in it must still be understood."""

    __tablename__ = "instruments"

    instrument_id: str = _text(primary_key=True)
    venue: str = _text()
    symbol: str = _text()
    kind: str = _text()
    base: str = _text()
    quote: str = _text()
    settlement: str = _text()
    tick: Decimal = _decimal()
    lot: Decimal = _decimal()
    min_qty: Decimal = _decimal()
    max_qty: Decimal = _decimal()
    min_notional: Decimal = _decimal()
    taker_fee: Decimal = _decimal()
    multiplier: Decimal = _decimal()
    inverse: bool
    expires_at: datetime | None = _time(nullable=True)
    trading_hours: str | None = _text(nullable=True)
    offered: bool


class QuoteRow(SQLModel, table=True):
    """Latest top of book. Risk refuses what has no fresh quote, so it outlives a crash: else all
    orders that waited for the database would be denied when it is back."""

    __tablename__ = "quotes"

    instrument_id: str = _text(primary_key=True)
    bid: Decimal = _decimal()
    bid_size: Decimal = _decimal()
    ask: Decimal = _decimal()
    ask_size: Decimal = _decimal()
    received_at: datetime = _time()


class DepthRow(SQLModel, table=True):
    """The latest top levels of a book, as [[price, quantity], ...] of decimal strings, best first.
    Unlogged: no decision needs it, and it is refreshed every second."""

    __tablename__ = "depths"
    __table_args__ = {"prefixes": ["UNLOGGED"]}

    instrument_id: str = _text(primary_key=True)
    bids: list[list[str]] = Field(sa_column=Column(JSONB, nullable=False))
    asks: list[list[str]] = Field(sa_column=Column(JSONB, nullable=False))
    received_at: datetime = _time()


class MarketTradeRow(SQLModel, table=True):
    """Public trades of the last minutes. Unlogged, as depths are."""

    __tablename__ = "market_trades"
    __table_args__ = (
        Index("ix_market_trades_instrument_time", "instrument_id", "ts_event"),
        Index("ix_market_trades_time", "ts_event"),
        {"prefixes": ["UNLOGGED"]},
    )

    instrument_id: str = _text(primary_key=True)
    trade_id: str = _text(primary_key=True)
    price: Decimal = _decimal()
    quantity: Decimal = _decimal()
    aggressor: str = _text()
    ts_event: datetime = _time()


class VenueLeaseRow(SQLModel, table=True):
    """Which process owns a venue account, how its connection is, and until when every execution of
    the account is known to be booked."""

    __tablename__ = "venue_leases"

    account_id: str = _text(primary_key=True)
    venue: str = _text()
    holder: str = _text()
    token: int = Field(sa_column=Column(BigInteger, nullable=False))
    expires_at: datetime = _time()
    pulled_until: datetime | None = _time(nullable=True)
    health: dict[str, Any] | None = Field(sa_column=Column(JSONB, nullable=True))


class TradingStateRow(SQLModel, table=True):
    """The one switch that stops new venue commands; a single row."""

    __tablename__ = "trading_state"

    id: int = Field(primary_key=True)
    running: bool
    reason: str = _text()
    by: str = _text()
    at: datetime = _time()


class RiskClockRow(SQLModel, table=True):
    """Counts admissions and amends, so that each is decided on facts that hold all before it."""

    __tablename__ = "risk_clock"

    id: int = Field(sa_column=Column(Integer, primary_key=True))
    turns: int = Field(sa_column=Column(BigInteger, nullable=False))


class InstallationRow(SQLModel, table=True):
    """The mode whose orders this database holds; a single row, written once."""

    __tablename__ = "installation"

    id: int = Field(sa_column=Column(Integer, primary_key=True))
    mode: str = _text()


class RefusalRow(SQLModel, table=True):
    """Requests that never became orders; append-only and hash-chained."""

    __tablename__ = "refusals"

    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    principal: str = _text()
    code: str = _text()
    detail: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    at: datetime = _time()
    hash: str = _text()


class VenueCapabilitiesRow(SQLModel, table=True):
    """What each venue can do, as its worker last said."""

    __tablename__ = "venue_capabilities"

    venue: str = _text(primary_key=True)
    capabilities: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    updated_at: datetime = _time()


class OrderListRow(SQLModel, table=True):
    """Brackets and OCO pairs. Their legs are ordinary orders that name the list; `notes` are the
    list's own story, oldest first."""

    __tablename__ = "order_lists"
    __table_args__ = (
        UniqueConstraint("strategy_id", "client_list_id"),
        Index(
            "ix_order_lists_live",
            "created_at",
            postgresql_where=text("status IN ('RECEIVED', 'WORKING')"),
        ),
        Index("ix_order_lists_attention", "created_at", postgresql_where=text("attention")),
    )

    list_id: str = _text(primary_key=True)
    strategy_id: str = _text()
    client_list_id: str = _text()
    kind: str = _text()
    instrument_id: str = _text()
    fingerprint: str = _text()
    request: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    status: str = _text()
    notes: list[dict[str, str]] = Field(sa_column=Column(JSONB, nullable=False))
    attention: bool
    cancel_requested_at: datetime | None = _time(nullable=True)
    created_at: datetime = _time()
    updated_at: datetime = _time()
