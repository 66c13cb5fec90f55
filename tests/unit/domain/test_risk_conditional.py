"""Risk of orders that wait for a trigger: what they are worth, and where their prices may lie."""

from decimal import Decimal
from typing import Any

import pytest

from domain.orders import OrderRequest, OrderType, TrailingOffsetType
from domain.risk import Denied, Proposal, RiskEngine
from domain.sides import Side
from tests.support.orders import a_quote, a_request, an_instrument, risk_facts, risk_limits


def stop(order_type: OrderType, side: Side = Side.BUY, **terms: str) -> OrderRequest:
    prices: dict[str, Any] = {"price": None, **{k: Decimal(v) for k, v in terms.items()}}
    return a_request(order_type=order_type, side=side, **prices)


def proposal(request: OrderRequest, **changes: Any) -> Proposal:
    """The market is 99 / 101, the collar 1 %."""
    return Proposal(request, an_instrument(), a_quote(), risk_facts(), risk_limits(), **changes)


def denied_by(request: OrderRequest) -> str | None:
    decision = RiskEngine().decide(proposal(request))
    return decision.rule if isinstance(decision, Denied) else None


@pytest.mark.parametrize(
    ("request_", "worth"),
    [
        (stop(OrderType.STOP_MARKET, trigger_price="105"), "105"),
        (stop(OrderType.STOP_LIMIT, trigger_price="105", price="105.5"), "105.5"),
        (stop(OrderType.TAKE_PROFIT_MARKET, trigger_price="95"), "100"),
        (stop(OrderType.STOP_MARKET, Side.SELL, trigger_price="95"), "100"),
    ],
)
def test_a_conditional_order_is_worth_its_dearest_price(request_: OrderRequest, worth: str) -> None:
    assert proposal(request_).reference_price == Decimal(worth)


@pytest.mark.parametrize(
    ("side", "kind", "offset", "worth"),
    [
        (Side.BUY, TrailingOffsetType.PRICE, "3", "103"),
        (Side.BUY, TrailingOffsetType.BASIS_POINTS, "300", "103"),
        (Side.SELL, TrailingOffsetType.PRICE, "3", "100"),
    ],
)
def test_a_trailing_buy_is_worth_the_market_and_its_offset(
    side: Side, kind: TrailingOffsetType, offset: str, worth: str
) -> None:
    request = a_request(
        order_type=OrderType.TRAILING_STOP_MARKET,
        side=side,
        price=None,
        trailing_offset=Decimal(offset),
        trailing_offset_type=kind,
    )
    assert proposal(request).reference_price == Decimal(worth)


@pytest.mark.parametrize(
    ("order_type", "side", "trigger", "waits"),
    [
        (OrderType.STOP_MARKET, Side.BUY, "99", False),
        (OrderType.STOP_MARKET, Side.BUY, "99.01", True),
        (OrderType.STOP_MARKET, Side.SELL, "101", False),
        (OrderType.STOP_MARKET, Side.SELL, "100.99", True),
        (OrderType.TAKE_PROFIT_MARKET, Side.BUY, "101", False),
        (OrderType.TAKE_PROFIT_MARKET, Side.BUY, "100.99", True),
        (OrderType.TAKE_PROFIT_MARKET, Side.SELL, "99", False),
        (OrderType.TAKE_PROFIT_MARKET, Side.SELL, "99.01", True),
    ],
)
def test_a_trigger_lies_where_the_market_is_not_yet(
    order_type: OrderType, side: Side, trigger: str, waits: bool
) -> None:
    rule = denied_by(stop(order_type, side, trigger_price=trigger))

    assert rule == (None if waits else "trigger_side")


@pytest.mark.parametrize(("trigger", "rule"), [("110", None), ("110.01", "price_collar_bps")])
def test_a_trigger_may_be_ten_collars_away(trigger: str, rule: str | None) -> None:
    assert denied_by(stop(OrderType.STOP_MARKET, trigger_price=trigger)) == rule


@pytest.mark.parametrize(("price", "rule"), [("106.05", None), ("106.06", "price_collar_bps")])
def test_the_limit_of_a_stop_is_collared_from_its_trigger(price: str, rule: str | None) -> None:
    assert denied_by(stop(OrderType.STOP_LIMIT, trigger_price="105", price=price)) == rule


def test_a_trigger_off_the_tick_is_refused() -> None:
    assert denied_by(stop(OrderType.STOP_MARKET, trigger_price="105.001")) == "conformity"


def test_what_an_amended_order_has_traded_is_not_counted_twice() -> None:
    facts = risk_facts(position=Decimal(17))
    amended = Proposal(
        a_request(quantity=Decimal(6)),
        an_instrument(),
        a_quote(),
        facts,
        risk_limits(),
        filled=Decimal(3),
    )
    assert amended.position_if_filled == 20
    assert amended.notional == 600
    assert amended.open_notional == 300
