"""What may be handed to the client library: exactly what we mean, or nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nautilus_trader.common.component import TestClock
from nautilus_trader.common.factories import OrderFactory
from nautilus_trader.model.enums import OrderType as NautilusType
from nautilus_trader.model.enums import TrailingOffsetType as NautilusOffsetType
from nautilus_trader.model.enums import TriggerType as NautilusTriggerType
from nautilus_trader.model.identifiers import StrategyId, TraderId

from domain.orders import (
    OrderStatus,
    OrderType,
    TimeInForce,
    TrailingOffsetType,
    TriggerType,
    UnifiedOrder,
)
from domain.sides import Side
from venues.nautilus.exchange import Timeouts
from venues.nautilus.exchanges import make_exchange
from venues.nautilus.terms import nautilus_order
from venues.registry import VenueAccountConfig

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LIMIT = UnifiedOrder(
    order_id="o",
    strategy_id="s",
    client_order_id="c",
    fingerprint="",
    instrument_id="BTCUSDT.BINANCE_SPOT",
    venue="BINANCE_SPOT",
    account_id="BINANCE_SPOT-main",
    side=Side.BUY,
    order_type=OrderType.LIMIT,
    quantity=Decimal("0.01"),
    price=Decimal(90000),
    time_in_force=TimeInForce.GTC,
    post_only=False,
    reduce_only=False,
    reference_price=Decimal(1),
    status=OrderStatus.SUBMITTING,
    leg=1,
    venue_client_id="oabc01",
    send_deadline=NOW,
    created_at=NOW,
    updated_at=NOW,
)


SPOT = VenueAccountConfig(
    venue="BINANCE_SPOT",
    account_id="BINANCE_SPOT-main",
    instrument_ids=("BTCUSDT.BINANCE_SPOT",),
    credentials={"api_key": "the-key", "api_secret": "the-secret"},
    urls={},
)


FUTURES = replace(SPOT, venue="BINANCE_FUTURES", instrument_ids=("BTCUSDT-PERP.BINANCE_FUTURES",))
STOP = replace(LIMIT, order_type=OrderType.STOP_MARKET, price=None, trigger_price=Decimal(95000))
TRAILING = replace(
    LIMIT,
    order_type=OrderType.TRAILING_STOP_MARKET,
    price=None,
    trailing_offset=Decimal(100),
    trailing_offset_type=TrailingOffsetType.BASIS_POINTS,
)
TOMORROW = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)


def unsendable(order: UnifiedOrder, config: VenueAccountConfig = SPOT) -> str | None:
    return make_exchange(config, Timeouts()).unsendable(order)


def sent(order: UnifiedOrder) -> Any:
    factory = OrderFactory(TraderId("T-001"), StrategyId("S-001"), TestClock())
    return nautilus_order(factory, order)


def test_an_ordinary_order_may_go() -> None:
    assert unsendable(LIMIT) is None


@pytest.mark.parametrize(
    "change",
    [
        {"venue_client_id": "é"},
        {"venue_client_id": ""},
        {"venue_client_id": "with space"},
        {"venue_client_id": "x" * 37},
        {"price": None},
        {"price": Decimal("NaN")},
        {"price": Decimal(-1)},
        {"quantity": Decimal(0)},
        {"quantity": Decimal("Infinity")},
        {"quantity": Decimal("0.00000000000000001")},
        {"quantity": Decimal(10) ** 30},
        {"post_only": True, "time_in_force": TimeInForce.IOC},
        {"post_only": True, "order_type": OrderType.MARKET, "price": None},
        {"order_type": OrderType.MARKET, "price": None, "time_in_force": TimeInForce.FOK},
        {"reduce_only": True},
    ],
)
def test_what_cannot_be_said_exactly_stays_here(change: dict[str, object]) -> None:
    assert unsendable(replace(LIMIT, **change)) is not None  # type: ignore[arg-type]


@given(
    st.decimals(min_value="0.00000001", max_value="9000000", places=8),
    st.decimals(min_value="0.01", max_value="9000000", places=2),
)
def test_the_numbers_that_are_sent_are_the_numbers_of_the_order(
    quantity: Decimal, price: Decimal
) -> None:
    order = replace(LIMIT, quantity=quantity, price=price)
    made = sent(order)
    assert Decimal(str(made.quantity)) == quantity
    assert Decimal(str(made.price)) == price
    assert "E" not in str(made.quantity) + str(made.price)


@pytest.mark.parametrize(
    ("kind", "theirs"),
    [
        (OrderType.STOP_MARKET, NautilusType.STOP_MARKET),
        (OrderType.STOP_LIMIT, NautilusType.STOP_LIMIT),
        (OrderType.TAKE_PROFIT_MARKET, NautilusType.MARKET_IF_TOUCHED),
        (OrderType.TAKE_PROFIT_LIMIT, NautilusType.LIMIT_IF_TOUCHED),
    ],
)
def test_a_conditional_order_is_sent_with_all_its_terms(
    kind: OrderType, theirs: NautilusType
) -> None:
    order = replace(
        STOP,
        order_type=kind,
        price=Decimal("95000.5") if kind.has_limit_price else None,
        trigger_type=TriggerType.MARK,
        reduce_only=True,
        time_in_force=TimeInForce.GTD,
        expire_at=TOMORROW,
    )
    assert unsendable(order, FUTURES) is None
    made = sent(order)
    assert made.order_type == theirs
    assert made.trigger_price.as_decimal() == order.trigger_price
    assert made.trigger_type == NautilusTriggerType.MARK_PRICE
    assert made.is_reduce_only
    assert made.expire_time == TOMORROW
    if kind.has_limit_price:
        assert made.price.as_decimal() == order.price


def test_a_trailing_stop_is_sent_with_its_distance() -> None:
    assert unsendable(TRAILING) is None
    made = sent(TRAILING)
    assert made.trailing_offset == Decimal(100)
    assert made.trailing_offset_type == NautilusOffsetType.BASIS_POINTS


def test_an_iceberg_is_sent_with_what_it_shows() -> None:
    order = replace(LIMIT, display_qty=Decimal("0.002"))
    assert unsendable(order) is None
    assert sent(order).display_qty.as_decimal() == Decimal("0.002")
    assert unsendable(order, FUTURES) is not None


@pytest.mark.parametrize(
    ("order", "change", "config"),
    [
        (STOP, {"trigger_price": None}, SPOT),
        (STOP, {"price": Decimal(1)}, SPOT),
        (STOP, {"time_in_force": TimeInForce.IOC}, SPOT),
        (STOP, {"trigger_type": TriggerType.MARK}, SPOT),
        (STOP, {"trigger_type": TriggerType.INDEX}, FUTURES),
        (STOP, {"trigger_price": Decimal(0)}, FUTURES),
        (STOP, {"post_only": True}, FUTURES),
        (TRAILING, {"trailing_offset": Decimal("10.5")}, SPOT),
        (TRAILING, {"trailing_offset": Decimal(9)}, FUTURES),
        (TRAILING, {"trailing_offset_type": TrailingOffsetType.PRICE}, FUTURES),
        (TRAILING, {"trailing_offset": None}, FUTURES),
        (LIMIT, {"trigger_price": Decimal(1)}, SPOT),
        (LIMIT, {"trigger_type": TriggerType.LAST}, SPOT),
        (LIMIT, {"time_in_force": TimeInForce.GTD, "expire_at": TOMORROW}, SPOT),
        (LIMIT, {"time_in_force": TimeInForce.GTD}, FUTURES),
        (LIMIT, {"expire_at": TOMORROW}, FUTURES),
        (LIMIT, {"time_in_force": TimeInForce.GTD, "expire_at": datetime.now(UTC)}, FUTURES),
        (
            LIMIT,
            {"time_in_force": TimeInForce.GTD, "expire_at": TOMORROW, "post_only": True},
            FUTURES,
        ),
        (
            LIMIT,
            {
                "time_in_force": TimeInForce.GTD,
                "expire_at": TOMORROW + timedelta(microseconds=1),
            },
            FUTURES,
        ),
        (LIMIT, {"display_qty": Decimal("0.001"), "time_in_force": TimeInForce.IOC}, SPOT),
    ],
)
def test_what_the_library_would_drop_or_the_venue_lacks_is_refused_with_a_reason(
    order: UnifiedOrder, change: dict[str, object], config: VenueAccountConfig
) -> None:
    reason = unsendable(replace(order, **change), config)  # type: ignore[arg-type]
    assert reason is not None
    assert len(reason) > 20


@pytest.mark.parametrize(
    "change",
    [{"venue": "BINANCE SPOT"}, {"venue": "é"}, {"instrument_ids": ("BTCUSDT.ELSEWHERE",)}],
)
def test_names_that_would_end_the_process_are_refused_at_the_start(
    change: dict[str, object],
) -> None:
    with pytest.raises(ValueError, match="must"):
        make_exchange(replace(SPOT, **change), Timeouts())  # type: ignore[arg-type]
