"""What may be handed to the client library: exactly what we mean, or nothing."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nautilus_trader.common.component import TestClock
from nautilus_trader.common.factories import OrderFactory
from nautilus_trader.model.identifiers import StrategyId, TraderId

from domain.orders import OrderStatus, OrderType, TimeInForce, UnifiedOrder
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


def unsendable(order: UnifiedOrder) -> str | None:
    return make_exchange(SPOT, Timeouts()).unsendable(order)


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
    factory = OrderFactory(TraderId("T-001"), StrategyId("S-001"), TestClock())
    sent = nautilus_order(factory, order)
    assert Decimal(str(sent.quantity)) == quantity
    assert Decimal(str(sent.price)) == price
    assert "E" not in str(sent.quantity) + str(sent.price)


@pytest.mark.parametrize(
    "change",
    [{"venue": "BINANCE SPOT"}, {"venue": "é"}, {"instrument_ids": ("BTCUSDT.ELSEWHERE",)}],
)
def test_names_that_would_end_the_process_are_refused_at_the_start(
    change: dict[str, object],
) -> None:
    with pytest.raises(ValueError, match="must"):
        make_exchange(replace(SPOT, **change), Timeouts())  # type: ignore[arg-type]
