"""Orders of which one alone may work."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.unit.simulators.worlds import (
    START_NS,
    SYMBOL,
    Heard,
    new_order,
    quote,
    spot_exchange,
    submit,
)
from venues.simulators.exchange import Exchange
from venues.simulators.matching import Side
from venues.simulators.orders import EndReason, NewOrder, Order, OrderType, Refusal, Status
from venues.simulators.spot_account import SpotAccount

D = Decimal
STOP = {"type": OrderType.STOP_MARKET, "price": None, "trigger_price": D(95_000)}


def pair(quantity: str = "4") -> list[NewOrder]:
    limit = new_order("limit", Side.SELL, quantity, price="105000")
    return [limit, new_order("stop", Side.SELL, quantity, **STOP)]


def grouped(exchange: Exchange, quantity: str = "4") -> tuple[Order, Order]:
    quote(exchange, "99990", "100010", "20")
    outcome = exchange.submit_group(pair(quantity), "pair", START_NS)
    assert not isinstance(outcome, Refusal), outcome
    limit, stop = outcome
    return limit, stop


def bitcoin(exchange: Exchange) -> tuple[Decimal, Decimal]:
    account = exchange.state.accounts["ann"]
    assert isinstance(account, SpotAccount)
    return account.balances["BTC"].free, account.balances["BTC"].locked


@pytest.fixture
def spot(tmp_path: Path) -> Exchange:
    return spot_exchange(tmp_path / "spot.jsonl")


def test_a_group_holds_its_funds_once(spot: Exchange) -> None:
    limit, stop = grouped(spot, "10")
    assert limit.group == stop.group
    assert bitcoin(spot) == (D(0), D(10))
    spot.cancel(stop, START_NS)
    assert (limit.status, stop.status) == (Status.CANCELED, Status.CANCELED)
    assert bitcoin(spot) == (D(10), D(0))


def test_what_one_alone_could_not_pay_refuses_all(spot: Exchange) -> None:
    quote(spot, "99990", "100010")
    assert spot.submit_group(pair("11"), "pair", START_NS) is Refusal.INSUFFICIENT_FUNDS
    assert list(spot.state.orders) == []


def test_a_fill_ends_the_others_before_it_is_told(spot: Exchange) -> None:
    heard = Heard()
    limit, stop = grouped(spot)
    spot.listener = heard
    spot.fill_resting(limit, D(1), START_NS)
    assert heard.steps == [
        ("stop", "EXPIRED", "EXPIRED"),
        ("limit", "TRADE", "PARTIALLY_FILLED"),
    ]
    assert stop.end_reason is EndReason.OTHER_WORKS
    assert bitcoin(spot) == (D(6), D(3))


def test_a_trigger_ends_the_others(spot: Exchange) -> None:
    limit, stop = grouped(spot)
    quote(spot, "94990", "95010", "20")
    spot.market_trade(SYMBOL, Side.SELL, D(1), START_NS)
    assert (limit.status, stop.status) == (Status.EXPIRED, Status.FILLED)
    assert bitcoin(spot) == (D(6), D(0))


def test_all_are_canceled_together_though_each_ends_the_others(spot: Exchange) -> None:
    grouped(spot)
    submit(spot, new_order("alone", Side.BUY, "1", price="90000"))
    canceled = spot.cancel_all("ann", now_ns=START_NS)
    assert {order.client_order_id: order.status for order in canceled} == dict.fromkeys(
        ("limit", "stop", "alone"), Status.CANCELED
    )


def test_a_group_survives_a_restart(tmp_path: Path, spot: Exchange) -> None:
    grouped(spot)
    spot.close()
    again = spot_exchange(tmp_path / "spot.jsonl")
    limit, stop = again.state.orders.open_orders("ann")
    assert limit.group is not None
    assert (limit.group, limit.group.name) == (stop.group, "pair")
    assert bitcoin(again) == (D(6), D(4))
    again.fill_resting(limit, D(4), START_NS)
    assert (stop.status, bitcoin(again)) == (Status.EXPIRED, (D(6), D(0)))


def test_an_order_can_be_given_another_name(spot: Exchange) -> None:
    quote(spot, "99990", "100010")
    order = submit(spot, new_order("old", Side.BUY, "1", price="90000"))
    spot.amend(order, D(90_000), D("0.5"), START_NS, client_order_id="new")
    orders = spot.state.orders
    assert (orders.by_client_id("ann", "old"), orders.by_client_id("ann", "new")) == (None, order)
    assert (order.client_order_id, order.former_client_order_id) == ("new", "old")
    assert submit(spot, new_order("old", Side.BUY, "1", price="90000")).is_open
