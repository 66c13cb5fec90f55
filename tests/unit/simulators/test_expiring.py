"""Instruments that expire: orders end, positions are closed, nothing trades any more."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.unit.simulators.unified_worlds import cross, order_of, unified, unified_exchange
from tests.unit.simulators.worlds import START_NS
from venues.simulators.exchange import Exchange
from venues.simulators.fees import Charge
from venues.simulators.ledger import read_ledger, summarise
from venues.simulators.matching import Side
from venues.simulators.orders import EndReason, Refusal, Status
from venues.simulators.views import account_view

D = Decimal
LATER_NS = START_NS + 1


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "unified.jsonl"


@pytest.fixture
def exchange(path: Path) -> Exchange:
    return unified_exchange(path)


def expire(exchange: Exchange, symbol: str, price: str) -> None:
    settle = exchange.instruments[symbol].settle
    exchange.deliver(symbol, D(price), D(22_000), lambda quantity: Charge(D("0.1"), settle), 5)


def test_a_future_is_worth_its_delivery_price(exchange: Exchange) -> None:
    cross(exchange, "LINEAR", "ann", "100", "20000")
    before = unified(exchange).cash("USDT")
    expire(exchange, "LINEAR", "21000")
    assert unified(exchange).cash("USDT") - before == D(1000) - D("0.1")
    assert not unified(exchange).position("LINEAR").amount
    [longs, shorts] = exchange.state.deliveries
    assert (longs.account, longs.side, longs.realized_pnl) == ("ann", Side.SELL, D(1000))
    assert (shorts.account, shorts.side, shorts.realized_pnl) == ("bob", Side.BUY, D(-1000))


@pytest.mark.parametrize(("price", "worth"), [("0.25", D(5)), ("0", D(0))])
def test_an_option_is_worth_what_exercising_it_is(
    exchange: Exchange, price: str, worth: Decimal
) -> None:
    cross(exchange, "OPTION", "ann", "20", "0.05")
    before = unified(exchange).cash("BTC")
    expire(exchange, "OPTION", price)
    assert unified(exchange).cash("BTC") - before == worth - D("0.1")


def test_orders_end_and_none_comes_any_more(exchange: Exchange) -> None:
    resting = exchange.submit(order_of("LINEAR", Side.BUY, "1", "19000"), START_NS)
    elsewhere = exchange.submit(order_of("INVERSE", Side.BUY, "1", "19000"), START_NS)
    assert not isinstance(resting, Refusal)
    assert not isinstance(elsewhere, Refusal)
    expire(exchange, "LINEAR", "21000")
    assert (resting.status, resting.end_reason) == (Status.CANCELED, EndReason.DELIVERED)
    assert elsewhere.is_open
    refused = exchange.submit(order_of("LINEAR", Side.BUY, "1", "19000"), START_NS)
    assert refused is Refusal.DELIVERED
    exchange.quote("LINEAR", D(20_000), [(D(19_999), D(1))], [(D(20_001), D(1))], LATER_NS)
    assert exchange.books["LINEAR"].best(Side.BUY) is None
    assert exchange.marks["LINEAR"] == D(21_000)


def test_nothing_expires_twice(exchange: Exchange) -> None:
    expire(exchange, "LINEAR", "21000")
    with pytest.raises(ValueError, match="has expired already"):
        expire(exchange, "LINEAR", "21000")


def test_a_restart_remembers_what_has_expired(exchange: Exchange, path: Path) -> None:
    cross(exchange, "LINEAR", "ann", "100", "20000")
    expire(exchange, "LINEAR", "21000")
    exchange.close()
    again = unified_exchange(path)
    assert again.state.expired == exchange.state.expired
    assert again.state.deliveries == exchange.state.deliveries
    for name in ("ann", "bob"):
        assert account_view(unified(again, name)) == account_view(unified(exchange, name))
    assert again.submit(order_of("LINEAR", Side.BUY, "1", "1"), 0) is Refusal.DELIVERED
    assert again.state.next_trade_id >= exchange.state.next_trade_id


def test_a_folded_ledger_knows_that_positions_are_gone(exchange: Exchange, path: Path) -> None:
    cross(exchange, "LINEAR", "ann", "100", "20000")
    exchange.submit(order_of("LINEAR", Side.BUY, "1", "19000", account="bob"), START_NS)
    expire(exchange, "LINEAR", "21000")
    summary = summarise(read_ledger(path))
    assert summary.positions["LINEAR"] == 0
    assert summary.fees["USDT"] == D("0.2") + D(10) - D("2")


def test_settings_of_an_account_survive(exchange: Exchange, path: Path) -> None:
    exchange.set_setting("ann", "mode", "first", START_NS)
    exchange.set_setting("ann", "mode", "second", START_NS)
    exchange.close()
    assert unified_exchange(path).state.settings == {("ann", "mode"): "second"}
