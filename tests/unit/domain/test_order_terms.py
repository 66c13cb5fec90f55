"""Which terms belong to which order type, whatever the venue."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.order_terms import expired, misfit
from domain.orders import (
    OrderRequest,
    OrderType,
    TimeInForce,
    TrailingOffsetType,
    TriggerType,
)
from tests.support.orders import NOW, a_request

TRAILING = {"trailing_offset": Decimal(1), "trailing_offset_type": TrailingOffsetType.PRICE}


def order(order_type: OrderType, **changes: Any) -> OrderRequest:
    """An order with the terms that its type needs, and no other."""
    terms: dict[str, Any] = {"price": Decimal(100) if order_type.has_limit_price else None}
    if order_type.has_trigger_price:
        terms["trigger_price"] = Decimal(101)
    if order_type.is_trailing:
        terms |= TRAILING
    return a_request(order_type=order_type, **terms | changes)


@pytest.mark.parametrize("order_type", OrderType)
def test_an_order_with_the_terms_of_its_type_is_fine(order_type: OrderType) -> None:
    assert misfit(order(order_type)) is None


CASES: list[tuple[str, str, OrderRequest]] = [
    ("price", "price_required", order(OrderType.LIMIT, price=None)),
    ("price", "price_required", order(OrderType.STOP_LIMIT, price=None)),
    ("price", "price_not_allowed", order(OrderType.STOP_MARKET, price=Decimal(1))),
    ("trigger_price", "trigger_price_required", order(OrderType.STOP_MARKET, trigger_price=None)),
    (
        "trigger_price",
        "trigger_price_not_allowed",
        order(OrderType.LIMIT, trigger_price=Decimal(101)),
    ),
    (
        "trigger_price",
        "trigger_price_not_allowed",
        order(OrderType.TRAILING_STOP_MARKET, trigger_price=Decimal(101)),
    ),
    (
        "trigger_type",
        "trigger_type_not_allowed",
        order(OrderType.LIMIT, trigger_type=TriggerType.MARK),
    ),
    (
        "trailing_offset",
        "trailing_offset_required",
        order(OrderType.TRAILING_STOP_MARKET, trailing_offset=None),
    ),
    (
        "trailing_offset_type",
        "trailing_offset_type_required",
        order(OrderType.TRAILING_STOP_MARKET, trailing_offset_type=None),
    ),
    (
        "trailing_offset",
        "not_positive",
        order(OrderType.TRAILING_STOP_MARKET, trailing_offset=Decimal(0)),
    ),
    (
        "trailing_offset",
        "trailing_offset_not_allowed",
        order(OrderType.STOP_MARKET, trailing_offset=Decimal(1)),
    ),
    ("expire_at", "expire_at_required", order(OrderType.LIMIT, time_in_force=TimeInForce.GTD)),
    ("expire_at", "expire_at_not_allowed", order(OrderType.LIMIT, expire_at=NOW)),
    (
        "time_in_force",
        "time_in_force_not_allowed",
        order(OrderType.MARKET, time_in_force=TimeInForce.GTD, expire_at=NOW),
    ),
    ("post_only", "post_only_not_allowed", order(OrderType.MARKET, post_only=True)),
    ("post_only", "post_only_not_allowed", order(OrderType.STOP_LIMIT, post_only=True)),
    (
        "post_only",
        "post_only_not_allowed",
        order(OrderType.LIMIT, post_only=True, time_in_force=TimeInForce.IOC),
    ),
    (
        "display_qty",
        "display_qty_not_allowed",
        order(OrderType.STOP_LIMIT, display_qty=Decimal(1)),
    ),
    (
        "display_qty",
        "display_qty_out_of_range",
        order(OrderType.LIMIT, display_qty=Decimal("4.001")),
    ),
]


@pytest.mark.parametrize(("field", "code", "request_"), CASES)
def test_a_term_out_of_place_is_named(field: str, code: str, request_: OrderRequest) -> None:
    fault = misfit(request_)

    assert fault is not None
    assert (fault.field, fault.code) == (field, code)


def test_all_of_the_order_may_be_displayed() -> None:
    assert misfit(order(OrderType.LIMIT, display_qty=Decimal(4))) is None


def test_a_post_only_order_may_expire() -> None:
    gtd = {"time_in_force": TimeInForce.GTD, "expire_at": NOW}
    assert misfit(order(OrderType.LIMIT, post_only=True, **gtd)) is None


@pytest.mark.parametrize(("ahead_s", "is_over"), [(-1, True), (0, True), (1, False)])
def test_a_new_order_must_have_some_time_to_live(ahead_s: int, is_over: bool) -> None:
    request = a_request(expire_at=NOW + timedelta(seconds=ahead_s))

    assert (expired(request, NOW) is not None) == is_over


any_terms = st.fixed_dictionaries(
    {
        "order_type": st.sampled_from(OrderType),
        "time_in_force": st.sampled_from(TimeInForce),
        "price": st.sampled_from([None, Decimal(100)]),
        "trigger_price": st.sampled_from([None, Decimal(101)]),
        "trigger_type": st.sampled_from([None, *TriggerType]),
        "trailing_offset": st.sampled_from([None, Decimal(1)]),
        "trailing_offset_type": st.sampled_from([None, *TrailingOffsetType]),
        "expire_at": st.sampled_from([None, NOW]),
        "post_only": st.booleans(),
        "display_qty": st.sampled_from([None, Decimal(1)]),
    }
)


@given(any_terms)
def test_what_passes_has_all_that_its_type_needs_and_nothing_that_would_be_dropped(
    terms: dict[str, Any],
) -> None:
    request = replace(a_request(), **terms)
    if misfit(request) is not None:
        return
    kind = request.order_type
    assert (request.price is not None) == kind.has_limit_price
    assert (request.trigger_price is not None) == kind.has_trigger_price
    assert (request.trailing_offset is not None) == kind.is_trailing
    assert (request.expire_at is not None) == (request.time_in_force is TimeInForce.GTD)
