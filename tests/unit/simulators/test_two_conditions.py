"""Orders that wait for either of two prices: a stop and a take-profit in one."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.unit.simulators.worlds import (
    START_NS,
    futures_exchange,
    mark,
    quote,
    submit,
    waiting,
)
from venues.simulators.exchange import Exchange
from venues.simulators.matching import Side
from venues.simulators.orders import Condition, OrderType, Refusal, Status, TriggerBy

D = Decimal
SELL = Side.SELL


@pytest.fixture
def futures(tmp_path: Path) -> Exchange:
    exchange = futures_exchange(tmp_path / "futures.jsonl")
    quote(exchange, "99990", "100010")
    return exchange


def either_way(**terms: Any) -> Any:
    """A sell stop at 99 000 that is a take-profit at 101 000 too, limited to 100 900."""
    profit = Condition(
        type=OrderType.TAKE_PROFIT_LIMIT,
        trigger_price=D(101_000),
        trigger_by=TriggerBy.MARK,
        price=D(100_900),
    )
    terms = {"trigger_price": "99000", "alternative": profit} | terms
    return waiting(SELL, OrderType.STOP_MARKET, **terms)


@pytest.mark.parametrize(
    ("there", "kind", "price"),
    [
        ("99000", OrderType.STOP_MARKET, None),
        ("101000", OrderType.TAKE_PROFIT_LIMIT, D(100_900)),
    ],
)
def test_an_order_with_two_conditions_becomes_what_the_first_to_hold_says(
    futures: Exchange, there: str, kind: OrderType, price: Decimal | None
) -> None:
    order = submit(futures, either_way())
    mark(futures, there)
    assert (order.status, order.type, order.price) == (Status.FILLED, kind, price)
    other = order.alternative
    assert other is not None
    assert {order.trigger_price, other.trigger_price} == {D(99_000), D(101_000)}
    executed = order.executed
    mark(futures, "101000" if there == "99000" else "99000")
    assert order.executed == executed


def test_either_condition_that_holds_already_refuses_an_order(futures: Exchange) -> None:
    mark(futures, "101000")
    assert futures.submit(either_way(), START_NS) is Refusal.WOULD_TRIGGER
    outcome = submit(futures, either_way(trigger_at_once=True))
    assert (outcome.status, outcome.type) == (Status.FILLED, OrderType.TAKE_PROFIT_LIMIT)


def test_the_other_condition_is_amended_for_itself(futures: Exchange) -> None:
    order = submit(futures, either_way())
    nearer = Condition(
        type=OrderType.TAKE_PROFIT_MARKET,
        trigger_price=D(100_500),
        trigger_by=TriggerBy.MARK,
        price=None,
    )
    terms = (order.price, order.quantity, START_NS)
    assert futures.amend(order, *terms, alternative=order.alternative) is Refusal.UNCHANGED
    assert futures.amend(order, *terms, alternative=nearer) is None
    assert order.trigger_price == D(99_000)
    mark(futures, "100500")
    assert (order.status, order.type) == (Status.FILLED, OrderType.TAKE_PROFIT_MARKET)
