"""What else of an order an amendment may change than its price and size."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.unit.simulators.worlds import (
    START_NS,
    SYMBOL,
    futures_exchange,
    new_order,
    quote,
    submit,
)
from venues.simulators.exchange import Exchange
from venues.simulators.matching import Side
from venues.simulators.orders import EndReason, Order, OrderType, Refusal, Status, TriggerBy

D = Decimal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "futures.jsonl"


@pytest.fixture
def futures(path: Path) -> Exchange:
    exchange = futures_exchange(path)
    quote(exchange, "99990", "100010")
    return exchange


def amend(exchange: Exchange, order: Order, price: str | None = None, **manner: Any) -> Any:
    """Change how an order behaves, and its price if one is given."""
    return exchange.amend(
        order,
        order.price if price is None else D(price),
        order.quantity,
        START_NS,
        manner=replace(order.manner, **manner),
    )


def test_an_order_behaves_as_amended_and_still_does_after_a_restart(
    futures: Exchange, path: Path
) -> None:
    order = submit(futures, new_order("a", Side.BUY, "2", price="99000"))
    assert order.amended == 0
    changed: dict[str, Any] = {
        "post_only": True,
        "display_quantity": D("0.5"),
        "venue_terms": {"own": "word"},
    }
    assert amend(futures, order, **changed) is None
    futures.close()
    restored = futures_exchange(path).state.orders.by_client_id("ann", "a")
    assert restored is not None
    for each in (order, restored):
        assert (each.amended, each.shown) == (1, D("0.5"))
        assert {name: getattr(each, name) for name in changed} == changed


def test_an_order_that_shows_less_goes_to_the_end_of_its_queue(futures: Exchange) -> None:
    first = submit(futures, new_order("first", Side.BUY, "2", price="99000"))
    second = submit(futures, new_order("second", Side.BUY, "2", price="99000"))
    amend(futures, first, display_quantity=D(1))
    quote(futures, "98000", "98500")  # the maker sells 1 at 98500
    assert (first.executed, second.executed) == (D(0), D(1))


def test_what_must_only_reduce_now_needs_a_position(futures: Exchange) -> None:
    order = submit(futures, new_order("a", Side.SELL, "1", price="101000"))
    assert amend(futures, order, reduce_only=True) is Refusal.NOTHING_TO_REDUCE
    assert not order.reduce_only


def test_what_must_not_take_now_is_cancelled_where_it_would(futures: Exchange) -> None:
    order = submit(futures, new_order("a", Side.BUY, "1", price="99000"))
    amend(futures, order, "100500", post_only=True)
    assert (order.status, order.end_reason) == (Status.CANCELED, EndReason.POST_ONLY)


def test_the_trigger_of_a_trailing_stop_moves_with_its_offset(
    futures: Exchange, path: Path
) -> None:
    terms: dict[str, Any] = {
        "price": None,
        "trigger_by": TriggerBy.MARK,
        "trailing_offset": D(500),
    }
    trails = OrderType.TRAILING_STOP_MARKET
    order = submit(futures, new_order("a", Side.SELL, "1", type=trails, **terms))
    assert order.trigger_price == D(99_500)
    assert amend(futures, order, trailing_offset=D(900)) is None
    assert order.trigger_price == D(99_100)
    quote(futures, "100190", "100210")
    assert order.trigger_price == D(99_300)
    futures.close()
    restored = futures_exchange(path).state.orders.by_client_id("ann", "a")
    assert restored is not None
    assert (restored.trigger_price, restored.trailing_offset) == (D(99_300), D(900))


def test_a_ledger_that_tells_of_price_and_size_only_changes_nothing_else(
    futures: Exchange, path: Path
) -> None:
    submit(futures, new_order("a", Side.BUY, "2", price="99000", post_only=True))
    futures.close()
    order_id = futures.state.orders.open_orders("ann", SYMBOL)[0].order_id
    with path.open("a") as ledger:
        ledger.write(
            f'{{"event":"amended","t":{START_NS},"order_id":{order_id},"client_order_id":"a",'
            '"price":"98000","quantity":"3"}\n'
        )
    restored = futures_exchange(path).state.orders.by_client_id("ann", "a")
    assert restored is not None
    assert (restored.price, restored.quantity, restored.post_only) == (D(98_000), D(3), True)
