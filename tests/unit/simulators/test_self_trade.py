"""What happens where an account would trade with itself: the rule of the incoming order."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.simulators.worlds import (
    D,
    Heard,
    new_order,
    quote,
    spot_exchange,
    submit,
)
from venues.simulators.exchange import Exchange
from venues.simulators.ledger import read_ledger
from venues.simulators.matching import SelfTrade, Side, TimeInForce
from venues.simulators.orders import EndReason, Order, Refusal, Status
from venues.simulators.views import order_view

PREVENTED = (Status.CANCELED, EndReason.SELF_TRADE)


@pytest.fixture
def exchange(tmp_path: Path) -> Exchange:
    """The market maker is far away; ann offers 1 at 100 000 and bob 1 at 100 001."""
    exchange = spot_exchange(tmp_path / "spot.jsonl")
    quote(exchange, "90000", "110000")
    submit(exchange, new_order("own", Side.SELL, "1", price="100000"))
    submit(exchange, new_order("bobs", Side.SELL, "1", price="100001", account="bob"))
    return exchange


def buy(exchange: Exchange, rule: SelfTrade, quantity: str = "2", **terms: Any) -> Order:
    terms.setdefault("price", "100001")
    return submit(exchange, new_order("buy", Side.BUY, quantity, self_trade=rule, **terms))


def end(exchange: Exchange, client_order_id: str = "own") -> tuple[Status, EndReason | None]:
    order = exchange.state.orders.by_client_id("ann", client_order_id)
    assert order is not None
    return order.status, order.end_reason


def executed(exchange: Exchange, client_order_id: str, account: str = "ann") -> int:
    order = exchange.state.orders.by_client_id(account, client_order_id)
    assert order is not None
    return int(order.executed)


def test_without_a_rule_an_account_trades_with_itself(exchange: Exchange) -> None:
    buy(exchange, SelfTrade.ALLOWED)
    assert end(exchange) == (Status.FILLED, None)
    assert executed(exchange, "buy") == 2


def test_cancel_maker_ends_the_resting_order_and_the_incoming_one_goes_on(
    exchange: Exchange,
) -> None:
    heard = Heard()
    exchange.listener = heard
    buy(exchange, SelfTrade.CANCEL_MAKER)
    assert end(exchange) == PREVENTED
    assert executed(exchange, "bobs", "bob") == 1
    assert end(exchange, "buy") == (Status.PARTIALLY_FILLED, None)
    assert [(name, step) for name, step, _ in heard.steps] == [
        ("buy", "NEW"),
        ("own", "CANCELED"),
        ("bobs", "TRADE"),
        ("buy", "TRADE"),
    ]


def test_cancel_taker_ends_the_incoming_order_where_it_meets_itself(exchange: Exchange) -> None:
    submit(exchange, new_order("better", Side.SELL, "1", price="99999", account="bob"))
    buy(exchange, SelfTrade.CANCEL_TAKER)
    assert end(exchange) == (Status.NEW, None)
    assert end(exchange, "buy") == PREVENTED
    assert executed(exchange, "buy") == executed(exchange, "better", "bob") == 1
    assert executed(exchange, "bobs", "bob") == 0


def test_cancel_both_ends_both(exchange: Exchange) -> None:
    buy(exchange, SelfTrade.CANCEL_BOTH)
    assert end(exchange) == end(exchange, "buy") == PREVENTED
    assert executed(exchange, "bobs", "bob") == 0


@pytest.mark.parametrize("rule", [SelfTrade.CANCEL_TAKER, SelfTrade.CANCEL_BOTH])
def test_an_order_that_ends_so_leaves_nothing_in_the_book_and_nothing_locked(
    exchange: Exchange, rule: SelfTrade
) -> None:
    before = exchange.books["BTCUSDT"].best(Side.BUY)
    order = buy(exchange, rule)
    assert order.order_id not in exchange.books["BTCUSDT"]
    assert exchange.books["BTCUSDT"].best(Side.BUY) == before
    exchange.cancel_all("ann", now_ns=order.updated_ns)
    account: Any = exchange.state.accounts["ann"]
    assert all(balance.locked == 0 for balance in account.balances.values())


def test_a_fill_or_kill_order_does_not_count_on_its_own_side(exchange: Exchange) -> None:
    """Cancel maker: the order of bob alone must fill it; cancel taker: nothing behind counts."""
    fok = {"time_in_force": TimeInForce.FOK}
    buy(exchange, SelfTrade.CANCEL_MAKER, **fok)
    assert end(exchange, "buy") == (Status.EXPIRED, EndReason.REMAINDER)
    assert end(exchange) == (Status.NEW, None)
    buy(exchange, SelfTrade.CANCEL_TAKER, "1", **fok)
    assert end(exchange, "buy") == (Status.EXPIRED, EndReason.REMAINDER)
    buy(exchange, SelfTrade.CANCEL_MAKER, "1", **fok)
    assert end(exchange, "buy") == (Status.FILLED, None)


def test_a_resting_order_brings_its_rule_when_it_is_amended(exchange: Exchange) -> None:
    order = buy(exchange, SelfTrade.CANCEL_MAKER, "1", price="95000")
    assert exchange.amend(order, D("100000"), D(1), order.updated_ns) is None
    assert end(exchange) == PREVENTED


def test_another_account_is_not_oneself(exchange: Exchange) -> None:
    terms = {"price": "100000", "account": "bob", "self_trade": SelfTrade.CANCEL_BOTH}
    submit(exchange, new_order("buy", Side.BUY, "1", **terms))
    assert end(exchange) == (Status.FILLED, None)


def test_the_rule_and_the_end_are_in_the_ledger_and_survive_a_restart(exchange: Exchange) -> None:
    order = buy(exchange, SelfTrade.CANCEL_MAKER, "3")
    exchange.close()
    told = [r.get("reason") for r in read_ledger(exchange.ledger_path, '"own"')]
    assert told == [None, "SELF_TRADE"]
    again = spot_exchange(exchange.ledger_path)
    restored = again.state.orders.get(order.order_id)
    assert restored is not None
    assert order_view(restored) == order_view(order)
    assert restored.self_trade is SelfTrade.CANCEL_MAKER


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ann", "bob"]),
            st.sampled_from(Side),
            st.integers(1, 3),
            st.integers(99_998, 100_002),
            st.sampled_from([TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK]),
        ),
        max_size=30,
    ),
    st.sampled_from([rule for rule in SelfTrade if rule is not SelfTrade.ALLOWED]),
)
@settings(max_examples=50)
def test_under_a_rule_no_trade_has_one_account_on_both_sides(
    tmp_path_factory: pytest.TempPathFactory,
    flow: list[tuple[str, Side, int, int, TimeInForce]],
    rule: SelfTrade,
) -> None:
    exchange = spot_exchange(tmp_path_factory.mktemp("ledger") / "life.jsonl")
    for number, (account, side, quantity, price, tif) in enumerate(flow):
        terms = {"account": account, "time_in_force": tif, "self_trade": rule}
        new = new_order(f"c{number}", side, str(quantity), price=str(price), **terms)
        outcome = exchange.submit(new, number + 1)
        assert isinstance(outcome, Order) or outcome is Refusal.INSUFFICIENT_FUNDS
    for account in ("ann", "bob"):
        ids = [fill.trade_id for fill in exchange.state.orders.fills(account, "BTCUSDT")]
        assert len(ids) == len(set(ids))
    exchange.close()
