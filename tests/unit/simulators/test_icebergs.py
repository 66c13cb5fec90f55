"""Icebergs: a part shows, the rest follows at the end of the queue."""

from decimal import Decimal
from pathlib import Path

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

D = Decimal
PRICE = D(100_000)


@pytest.fixture
def futures(tmp_path: Path) -> Exchange:
    exchange = futures_exchange(tmp_path / "futures.jsonl")
    quote(exchange, "99990", "100010")
    return exchange


def shown(exchange: Exchange) -> Decimal:
    return dict(exchange.books[SYMBOL].levels(Side.BUY, 10)).get(PRICE, D(0))


def sell(exchange: Exchange, quantity: str) -> None:
    exchange.market_trade(SYMBOL, Side.SELL, D(quantity), START_NS)


def test_only_the_tip_shows(futures: Exchange) -> None:
    order = submit(futures, new_order("ice", Side.BUY, "1", display_quantity=D("0.2")))
    assert shown(futures) == D("0.2")
    sell(futures, "0.3")
    assert (order.executed, shown(futures)) == (D("0.3"), D("0.1"))


def test_the_next_tip_queues_up_behind_the_others(futures: Exchange) -> None:
    ice = submit(futures, new_order("ice", Side.BUY, "1", display_quantity=D("0.2")))
    plain = submit(futures, new_order("plain", Side.BUY, "0.3", account="bob"))
    sell(futures, "0.2")
    sell(futures, "0.3")
    assert (ice.executed, plain.executed) == (D("0.2"), D("0.3"))


def test_one_large_taker_gets_all_of_it(futures: Exchange) -> None:
    ice = submit(futures, new_order("ice", Side.BUY, "1", display_quantity=D("0.2")))
    sell(futures, "1")
    assert (ice.executed, ice.status) == (D(1), "FILLED")
    assert [fill.quantity for fill in futures.state.orders.fills_of(ice)] == [D("0.2")] * 5


def test_an_iceberg_that_takes_trades_all_of_it_and_rests_with_a_full_tip(
    futures: Exchange,
) -> None:
    order = submit(
        futures, new_order("ice", Side.BUY, "1.9", price="100010", display_quantity=D("0.5"))
    )
    assert (order.executed, order.shown) == (D(1), D("0.5"))
    assert futures.books[SYMBOL].best(Side.BUY) == (D(100_010), D("0.5"))


@pytest.mark.parametrize(("sold", "first_served"), [("0.1", "ice"), ("0.2", "plain")])
def test_tip_and_queue_survive_a_restart(tmp_path: Path, sold: str, first_served: str) -> None:
    path = tmp_path / "again.jsonl"
    first = futures_exchange(path)
    quote(first, "99990", "100010")
    submit(first, new_order("ice", Side.BUY, "1", display_quantity=D("0.2")))
    submit(first, new_order("plain", Side.BUY, "0.5", account="bob"))
    sell(first, sold)
    before = shown(first)
    first.close()
    again = futures_exchange(path)
    assert shown(again) == before
    sell(again, "0.1")
    orders = {order.client_order_id: order for order in again.state.orders}
    executed = {name: orders[name].executed for name in ("ice", "plain")}
    executed["ice"] -= D(sold)
    assert executed == dict.fromkeys(("ice", "plain"), D(0)) | {first_served: D("0.1")}


def test_a_smaller_iceberg_shows_no_more_than_it_has(futures: Exchange) -> None:
    order = submit(futures, new_order("ice", Side.BUY, "1", display_quantity=D("0.2")))
    futures.amend(order, PRICE, D("0.1"), START_NS)
    assert (shown(futures), order.shown) == (D("0.1"), D("0.1"))


def test_a_partial_fill_of_an_exact_size_can_be_made(futures: Exchange) -> None:
    order = submit(futures, new_order("exact", Side.BUY, "1", price="90000"))
    futures.fill_resting(order, D("0.4"), START_NS)
    assert (order.executed, order.status) == (D("0.4"), "PARTIALLY_FILLED")
    with pytest.raises(ValueError, match="does not rest with at least"):
        futures.fill_resting(order, D("0.7"), START_NS)
