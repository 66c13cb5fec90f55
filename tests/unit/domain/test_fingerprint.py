"""The fingerprint decides between 'the same order again' and 'another order under the same id'."""

from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest

from domain.orders import (
    OrderRequest,
    OrderType,
    TimeInForce,
    TrailingOffsetType,
    TriggerType,
)
from domain.sides import Side
from tests.support.orders import NOW, a_request

OTHER_TERMS: dict[str, Any] = {
    "strategy_id": "bench",
    "client_order_id": "order-2",
    "side": Side.SELL,
    "order_type": OrderType.MARKET,
    "quantity": Decimal("4.0001"),
    "send_within_ms": 9_999,
    "instrument_id": "ETHUSDT.BINANCE_SPOT",
    "pair": "BTC/USDT",
    "price": Decimal("100.01"),
    "time_in_force": TimeInForce.IOC,
    "post_only": True,
    "reduce_only": True,
    "trigger_price": Decimal(101),
    "trigger_type": TriggerType.MARK,
    "trailing_offset": Decimal(2),
    "trailing_offset_type": TrailingOffsetType.PRICE,
    "expire_at": NOW,
    "display_qty": Decimal(1),
    "order_list_id": "l-1",
}


@pytest.mark.parametrize("term", OTHER_TERMS)
def test_every_term_counts(term: str) -> None:
    other = a_request(**{term: OTHER_TERMS[term]})

    assert other.fingerprint() != a_request().fingerprint()


def test_every_field_of_a_request_is_a_term() -> None:
    assert {field.name for field in fields(OrderRequest)} == set(OTHER_TERMS)


@pytest.mark.parametrize(("one", "other"), [("1.0", "1.00"), ("100", "1E+2"), ("0.10", "0.1")])
def test_the_same_number_in_other_digits_is_the_same(one: str, other: str) -> None:
    first = a_request(quantity=Decimal(one), price=Decimal(other))
    second = a_request(quantity=Decimal(other), price=Decimal(one))

    assert first.fingerprint() == second.fingerprint()


def test_no_price_is_not_a_price_of_zero() -> None:
    free = a_request(price=Decimal(0)).fingerprint()

    assert a_request(price=None).fingerprint() != free


def test_the_terms_that_came_later_leave_older_fingerprints_as_they_were() -> None:
    # As it was computed before an order could have a trigger.
    assert a_request().fingerprint() == (
        "ed794fca61d91b0ac98bc5c92245bfb4bfb83a37c108cdf3c82aa4b60f27b580"
    )
