"""Orders that wait for a price: when they trigger, and what becomes of them then."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.unit.simulators.worlds import (
    START_NS,
    SYMBOL,
    Heard,
    futures_exchange,
    mark,
    new_order,
    quote,
    spot_exchange,
    submit,
    waiting,
)
from venues.simulators.exchange import Exchange
from venues.simulators.matching import Side, TimeInForce
from venues.simulators.orders import EndReason, OrderType, Refusal, Status, TriggerBy

D = Decimal
BUY, SELL = Side.BUY, Side.SELL


@pytest.fixture
def futures(tmp_path: Path) -> Exchange:
    exchange = futures_exchange(tmp_path / "futures.jsonl")
    quote(exchange, "99990", "100010")
    return exchange


@pytest.mark.parametrize(
    ("side", "kind", "trigger", "short_of_it", "there"),
    [
        (BUY, OrderType.STOP_MARKET, "101000", "100999", "101000"),
        (SELL, OrderType.STOP_MARKET, "99000", "99001", "99000"),
        (BUY, OrderType.TAKE_PROFIT_MARKET, "99000", "99001", "99000"),
        (SELL, OrderType.TAKE_PROFIT_MARKET, "101000", "100999", "101000"),
    ],
)
def test_it_triggers_at_its_price_and_not_before(
    futures: Exchange, side: Side, kind: OrderType, trigger: str, short_of_it: str, there: str
) -> None:
    order = submit(futures, waiting(side, kind, trigger_price=trigger))
    mark(futures, short_of_it)
    assert (order.status, order.triggered) == (Status.UNTRIGGERED, False)
    mark(futures, there)
    assert (order.status, order.triggered) == (Status.FILLED, True)


def test_each_step_of_a_triggered_order_is_told(futures: Exchange) -> None:
    heard = Heard()
    futures.listener = heard
    submit(futures, waiting(BUY, OrderType.STOP_MARKET, trigger_price="101000"))
    mark(futures, "101000")
    assert heard.steps == [
        ("waits", "NEW", "UNTRIGGERED"),
        ("waits", "TRIGGERED", "NEW"),
        ("waits", "TRADE", "FILLED"),
    ]


def test_a_triggered_limit_order_rests_at_its_price(futures: Exchange) -> None:
    terms = {"trigger_price": "101000", "price": "100500"}
    order = submit(futures, waiting(BUY, OrderType.STOP_LIMIT, **terms))
    mark(futures, "101000")
    assert (order.status, order.executed) == (Status.NEW, D(0))
    mark(futures, "100400")
    assert order.status is Status.FILLED
    assert order.average_price == D("100500")


def test_the_last_price_is_that_of_public_trades(futures: Exchange) -> None:
    order = submit(
        futures,
        waiting(BUY, OrderType.STOP_MARKET, trigger_price="100500", trigger_by=TriggerBy.LAST),
    )
    mark(futures, "101000")
    assert order.is_open
    futures.market_trade(SYMBOL, BUY, D("0.01"), START_NS)
    assert order.status is Status.FILLED


def test_the_index_price_is_its_own(futures: Exchange) -> None:
    order = submit(
        futures,
        waiting(BUY, OrderType.STOP_MARKET, trigger_price="100500", trigger_by=TriggerBy.INDEX),
    )
    mark_only = ([(D(100_990), D(1))], [(D(101_010), D(1))])
    futures.quote(SYMBOL, D(101_000), *mark_only, START_NS, D(100_000))
    assert order.is_open
    futures.quote(SYMBOL, D(101_000), *mark_only, START_NS, D(100_500))
    assert order.status is Status.FILLED


def test_what_one_triggered_order_trades_triggers_the_next(futures: Exchange) -> None:
    """A cascade: the first stop prints at 100010, which is where the second waits."""
    first = submit(
        futures,
        waiting(BUY, OrderType.STOP_MARKET, id="a", trigger_price="100005", trigger_at_once=True),
    )
    second = submit(
        futures,
        waiting(
            BUY,
            OrderType.STOP_MARKET,
            id="b",
            trigger_price="100006",
            trigger_by=TriggerBy.LAST,
            quantity="0.2",
        ),
    )
    mark(futures, "100005")
    assert (first.status, second.status) == (Status.FILLED, Status.FILLED)


def test_an_order_that_would_trigger_now_is_refused_unless_the_venue_takes_it(
    futures: Exchange,
) -> None:
    stop = waiting(BUY, OrderType.STOP_MARKET, trigger_price="99000")
    assert futures.submit(stop, START_NS) is Refusal.WOULD_TRIGGER
    at_once = waiting(BUY, OrderType.STOP_MARKET, trigger_price="99000", trigger_at_once=True)
    assert submit(futures, at_once).status is Status.FILLED


@pytest.mark.parametrize(
    ("side", "distance", "path", "trigger"),
    [
        (SELL, {"trailing_offset": "500"}, ["100400", "100100"], "99900"),
        (BUY, {"trailing_offset": "500"}, ["99600", "99900"], "100100"),
        (SELL, {"trailing_bps": "100"}, ["110000", "109000"], "108900"),
    ],
)
def test_a_trailing_stop_follows_the_best_price_only(
    futures: Exchange, side: Side, distance: Any, path: list[str], trigger: str
) -> None:
    order = submit(futures, waiting(side, OrderType.TRAILING_STOP_MARKET, **distance))
    for price in path:
        mark(futures, price)
    assert (order.status, order.trigger_price) == (Status.UNTRIGGERED, D(trigger))
    mark(futures, trigger)
    assert order.status is Status.FILLED


def test_a_trailing_limit_order_works_at_its_distance_from_where_it_triggered(
    futures: Exchange,
) -> None:
    terms = {"trailing_offset": "500", "limit_offset": "20"}
    order = submit(futures, waiting(SELL, OrderType.TRAILING_STOP_LIMIT, **terms))
    mark(futures, "100400")
    assert (order.trigger_price, order.price) == (D(99_900), None)
    mark(futures, "99800")
    assert (order.status, order.price, order.executed) == (Status.NEW, D(99_880), D(0))
    mark(futures, "99900")
    assert order.status is Status.FILLED


def test_a_trailing_stop_waits_for_its_activation_price(futures: Exchange) -> None:
    terms = {"trailing_offset": "500", "activation_price": "102000"}
    order = submit(futures, waiting(SELL, OrderType.TRAILING_STOP_MARKET, **terms))
    mark(futures, "98000")
    assert (order.status, order.trigger_price) == (Status.UNTRIGGERED, None)
    mark(futures, "102000")
    assert order.trigger_price == D(101_500)


def test_a_trigger_price_can_be_amended_until_it_triggers(futures: Exchange) -> None:
    order = submit(futures, waiting(BUY, OrderType.STOP_MARKET, trigger_price="101000"))
    assert futures.amend(order, None, D("0.2"), START_NS, D(102_000)) is None
    mark(futures, "101500")
    assert order.is_open
    assert futures.amend(order, None, D("0.2"), START_NS, D(101_000)) is Refusal.WOULD_TRIGGER
    mark(futures, "102000")
    assert (order.status, order.executed) == (Status.FILLED, D("0.2"))


def test_the_trigger_of_an_order_that_works_cannot_be_amended(futures: Exchange) -> None:
    terms = {"trigger_price": "101000", "price": "100500"}
    order = submit(futures, waiting(BUY, OrderType.STOP_LIMIT, **terms))
    mark(futures, "101000")
    refusal = futures.amend(order, D(100_400), D("0.1"), START_NS, D(102_000))
    assert refusal is Refusal.ALREADY_TRIGGERED


def test_a_canceled_order_does_not_trigger(futures: Exchange) -> None:
    order = submit(futures, waiting(BUY, OrderType.STOP_MARKET, trigger_price="101000"))
    assert futures.cancel(order, START_NS) is None
    mark(futures, "101000")
    assert (order.status, order.end_reason) == (Status.CANCELED, EndReason.REQUESTED)


def test_margin_is_needed_when_it_triggers_and_not_before(futures: Exchange) -> None:
    order = submit(
        futures, waiting(BUY, OrderType.STOP_MARKET, trigger_price="101000", quantity="1000")
    )
    mark(futures, "101000")
    assert (order.status, order.end_reason) == (Status.EXPIRED, EndReason.INSUFFICIENT_FUNDS)


def test_a_reduction_with_nothing_to_reduce_expires_when_it_triggers(futures: Exchange) -> None:
    order = submit(
        futures, waiting(SELL, OrderType.STOP_MARKET, trigger_price="99000", reduce_only=True)
    )
    mark(futures, "99000")
    assert (order.status, order.end_reason) == (Status.EXPIRED, EndReason.NOTHING_TO_REDUCE)


def test_spot_locks_what_a_waiting_sell_will_deliver(tmp_path: Path) -> None:
    spot = spot_exchange(tmp_path / "spot.jsonl")
    quote(spot, "99990", "100010", "20")
    order = submit(spot, waiting(SELL, OrderType.STOP_MARKET, trigger_price="99000", quantity="10"))
    other = new_order("other", SELL, "0.1", price="101000")
    assert spot.submit(other, START_NS) is Refusal.INSUFFICIENT_FUNDS
    quote(spot, "98990", "99010", "20")
    assert (order.status, order.executed) == (Status.FILLED, D(10))


def test_a_post_only_order_that_would_take_when_it_triggers_is_canceled(futures: Exchange) -> None:
    terms = {"trigger_price": "101000", "price": "101500", "post_only": True}
    order = submit(futures, waiting(BUY, OrderType.STOP_LIMIT, **terms))
    mark(futures, "101000")
    assert (order.status, order.end_reason) == (Status.CANCELED, EndReason.POST_ONLY)


def test_a_venue_may_accept_a_post_only_order_that_takes_and_then_cancel_it(
    futures: Exchange,
) -> None:
    taking = new_order("late", BUY, "0.1", price="100010", post_only=True, cancel_if_takes=True)
    order = submit(futures, taking)
    assert (order.status, order.end_reason) == (Status.CANCELED, EndReason.POST_ONLY)


def test_a_good_till_date_order_ends_in_time(futures: Exchange) -> None:
    date = START_NS + 1_000
    terms = {"price": "90000", "time_in_force": TimeInForce.GTD, "expire_ns": date}
    resting = submit(futures, new_order("rests", BUY, "0.1", **terms))
    waits = submit(
        futures,
        new_order(
            "waits", BUY, "0.1", type=OrderType.STOP_LIMIT, trigger_price=D(101_000), **terms
        ),
    )
    futures.expire_due(date - 1)
    assert resting.is_open
    futures.expire_due(date)
    for order in (resting, waits):
        assert (order.status, order.end_reason) == (Status.EXPIRED, EndReason.GOOD_TILL_DATE)


def test_a_good_till_date_that_has_passed_is_refused(futures: Exchange) -> None:
    terms = {"time_in_force": TimeInForce.GTD, "expire_ns": START_NS}
    late = new_order("late", BUY, "0.1", **terms)
    assert futures.submit(late, START_NS) is Refusal.ALREADY_EXPIRED


def test_everything_of_an_account_can_be_canceled_at_once(futures: Exchange) -> None:
    waits = submit(futures, waiting(BUY, OrderType.STOP_MARKET, trigger_price="101000"))
    rests = submit(futures, new_order("rests", BUY, "0.1", price="90000"))
    other = submit(futures, new_order("other", BUY, "0.1", price="90000", account="bob"))
    assert futures.cancel_all("ann", now_ns=START_NS) == [waits, rests]
    assert other.is_open
    assert not futures.cancel_all("bob", ["ETHUSDT"], now_ns=START_NS)
