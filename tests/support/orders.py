"""Builders of what the domain speaks of. A test says what it is about; the rest is ordinary."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from domain.fills import Fill
from domain.identifiers import order_id_for, venue_client_id
from domain.instruments import Instrument, InstrumentKind
from domain.market import Quote
from domain.orders import OrderRequest, OrderStatus, OrderType, TimeInForce, UnifiedOrder
from domain.risk import RiskFacts, RiskLimits
from domain.sides import Side

NOW = datetime(2026, 3, 4, 5, 6, 7, 891011, tzinfo=UTC)

_SPOT = Instrument(
    instrument_id="BTCUSDT.BINANCE_SPOT",
    venue="BINANCE_SPOT",
    symbol="BTCUSDT",
    kind=InstrumentKind.SPOT,
    base="BTC",
    quote="USDT",
    settlement="USDT",
    tick=Decimal("0.01"),
    lot=Decimal("0.001"),
    min_qty=Decimal("0.01"),
    max_qty=Decimal(9000),
    min_notional=Decimal(5),
    taker_fee=Decimal("0.001"),
)
_REQUEST = OrderRequest(
    strategy_id="demo",
    client_order_id="order-1",
    side=Side.BUY,
    order_type=OrderType.LIMIT,
    quantity=Decimal(4),
    send_within_ms=10_000,
    instrument_id=_SPOT.instrument_id,
    price=Decimal(100),
)
_QUOTE = Quote(_SPOT.instrument_id, Decimal(99), Decimal(10), Decimal(101), Decimal(10), NOW)
_FACTS = RiskFacts(
    now=NOW,
    position=Decimal(0),
    open_buys=Decimal(0),
    open_sells=Decimal(0),
    exposure=Decimal(0),
    orders_last_minute=0,
)
_LIMITS = RiskLimits(
    max_order_size=Decimal(10),
    max_order_notional=Decimal(1_000),
    max_position_size=Decimal(20),
    max_exposure=Decimal(5_000),
    max_orders_per_minute=3,
    price_collar_bps=Decimal(100),
    quote_age_max=timedelta(seconds=5),
    par_currencies=frozenset({"USD", "USDT"}),
)


def an_instrument(**changes: Any) -> Instrument:
    """BTC/USDT spot at Binance."""
    return replace(_SPOT, **changes)


def a_perpetual(**changes: Any) -> Instrument:
    """The linear BTC/USDT perpetual at Binance."""
    terms: dict[str, Any] = {
        "instrument_id": "BTCUSDT-PERP.BINANCE_FUTURES",
        "venue": "BINANCE_FUTURES",
        "kind": InstrumentKind.PERPETUAL,
    }
    return replace(_SPOT, **terms | changes)


def an_inverse_perpetual(**changes: Any) -> Instrument:
    """The coin-margined BTC/USD perpetual: one contract is 100 USD, settled in BTC."""
    terms: dict[str, Any] = {
        "instrument_id": "BTCUSD-PERP.BINANCE_COIN",
        "venue": "BINANCE_COIN",
        "symbol": "BTCUSD_PERP",
        "kind": InstrumentKind.PERPETUAL,
        "quote": "USD",
        "settlement": "BTC",
        "lot": Decimal(1),
        "min_qty": Decimal(1),
        "multiplier": Decimal(100),
        "inverse": True,
    }
    return replace(_SPOT, **terms | changes)


def a_quote(**changes: Any) -> Quote:
    """99 / 101, ten on each side, heard just now."""
    return replace(_QUOTE, **changes)


def a_request(**changes: Any) -> OrderRequest:
    """Buy 4 at 100."""
    return replace(_REQUEST, **changes)


def risk_facts(**changes: Any) -> RiskFacts:
    """A flat account."""
    return replace(_FACTS, **changes)


def risk_limits(**changes: Any) -> RiskLimits:
    """10 an order, 1,000 an order, 20 a position, 5,000 in all, 3 a minute, 1 %, 5 s."""
    return replace(_LIMITS, **changes)


def an_order(**changes: Any) -> UnifiedOrder:
    """The record of `a_request`, approved and not sent."""
    request = a_request()
    order_id = order_id_for(request.strategy_id, request.client_order_id)
    order = UnifiedOrder(
        order_id=order_id,
        strategy_id=request.strategy_id,
        client_order_id=request.client_order_id,
        fingerprint=request.fingerprint(),
        instrument_id=_SPOT.instrument_id,
        venue=_SPOT.venue,
        account_id=f"{_SPOT.venue}-main",
        side=request.side,
        order_type=request.order_type,
        quantity=request.quantity,
        price=request.price,
        time_in_force=TimeInForce.GTC,
        post_only=False,
        reduce_only=False,
        reference_price=Decimal(100),
        status=OrderStatus.APPROVED,
        leg=1,
        venue_client_id=venue_client_id(order_id, 1),
        send_deadline=NOW + timedelta(seconds=10),
        created_at=NOW,
        updated_at=NOW,
        version=3,
    )
    return replace(order, **changes)


def a_fill(order: UnifiedOrder | None = None, **changes: Any) -> Fill:
    """One of the order's quantity, at 100, without a fee."""
    order = order or an_order()
    fill = Fill(
        order_id=order.order_id,
        account_id=order.account_id,
        instrument_id=order.instrument_id,
        trade_id="1",
        venue_order_id="v1",
        side=order.side,
        quantity=Decimal(1),
        price=Decimal(100),
        fee=Decimal(0),
        fee_currency="USDT",
        is_maker=False,
        ts_event=NOW,
    )
    return replace(fill, **changes)
