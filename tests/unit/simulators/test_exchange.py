"""Orders, funds and positions on an exchange."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.unit.simulators.worlds import (
    FIRST_ID,
    START_NS,
    SYMBOL,
    Heard,
    futures_exchange,
    new_order,
    quote,
    spot_exchange,
    submit,
)
from venues.simulators.exchange import Exchange
from venues.simulators.margin_account import MarginAccount
from venues.simulators.matching import Side, TimeInForce
from venues.simulators.orders import NewOrder, Refusal, Status
from venues.simulators.spot_account import SpotAccount

D = Decimal


@pytest.fixture
def spot(tmp_path: Path) -> Exchange:
    exchange = spot_exchange(tmp_path / "spot.jsonl")
    quote(exchange, "99990", "100010")
    return exchange


@pytest.fixture
def futures(tmp_path: Path) -> Exchange:
    exchange = futures_exchange(tmp_path / "futures.jsonl")
    quote(exchange, "99990", "100010")
    return exchange


def balances(exchange: Exchange, name: str = "ann") -> dict[str, tuple[Decimal, Decimal]]:
    account = exchange.state.accounts[name]
    assert isinstance(account, SpotAccount)
    return {asset: (each.free, each.locked) for asset, each in account.balances.items()}


def margin(exchange: Exchange, name: str = "ann") -> MarginAccount:
    account = exchange.state.accounts[name]
    assert isinstance(account, MarginAccount)
    return account


def test_ids_count_up_from_the_second_in_which_the_ledger_began(spot: Exchange) -> None:
    first = submit(spot, new_order("a", Side.BUY, "0.1", price="90000"))
    second = submit(spot, new_order("b", Side.BUY, "0.1", price="90000"))
    assert (first.order_id, second.order_id) == (FIRST_ID, FIRST_ID + 1)


def test_each_step_is_told_while_the_order_is_in_that_state(spot: Exchange) -> None:
    heard = Heard()
    spot.listener = heard
    submit(spot, new_order("a", Side.BUY, "1.5", price="100010", time_in_force=TimeInForce.IOC))
    assert heard.steps == [
        ("a", "NEW", "NEW"),
        ("a", "TRADE", "PARTIALLY_FILLED"),
        ("a", "EXPIRED", "EXPIRED"),
    ]


def test_a_resting_buy_locks_quote_and_a_cancel_frees_it(spot: Exchange) -> None:
    order = submit(spot, new_order("a", Side.BUY, "2", price="90000"))
    assert balances(spot)["USDT"] == (D(820_000), D(180_000))
    assert spot.cancel(order, START_NS) is None
    assert balances(spot)["USDT"] == (D(1_000_000), D(0))
    assert spot.cancel(order, START_NS) is Refusal.NOT_OPEN


def test_a_better_price_frees_the_difference_and_the_fee_is_in_the_received_asset(
    spot: Exchange,
) -> None:
    submit(spot, new_order("a", Side.BUY, "1", price="101000"))
    assert balances(spot)["USDT"] == (D(1_000_000) - D(100_010), D(0))
    assert balances(spot)["BTC"] == (D("10.9996"), D(0))


def test_a_resting_order_is_filled_when_the_market_moves_through_it(spot: Exchange) -> None:
    order = submit(spot, new_order("a", Side.BUY, "0.4", price="99000"))
    quote(spot, "98900", "98950")
    assert order.status is Status.FILLED
    (fill,) = spot.state.orders.fills_of(order)
    assert (fill.price, fill.is_maker, fill.fee) == (D(99_000), True, D("0.00008"))


def test_a_resting_order_is_filled_by_a_market_trade(spot: Exchange) -> None:
    order = submit(spot, new_order("a", Side.BUY, "0.4", price="100000"))
    spot.market_trade(SYMBOL, Side.SELL, D("0.3"), START_NS)
    assert order.status is Status.PARTIALLY_FILLED
    assert order.executed == D("0.3")


def test_two_accounts_trade_with_each_other(spot: Exchange) -> None:
    resting = submit(spot, new_order("a", Side.SELL, "1", price="100000"))
    taking = submit(spot, new_order("b", Side.BUY, "1", price="100000", account="bob"))
    assert (resting.status, taking.status) == (Status.FILLED, Status.FILLED)
    assert balances(spot, "ann")["USDT"][0] == D(1_000_000) + D(100_000) - D(20)
    assert balances(spot, "bob")["BTC"][0] == D(11) - D("0.0004")


@pytest.mark.parametrize(
    ("new", "refusal"),
    [
        (new_order("x", Side.BUY, "11", price="99000"), Refusal.INSUFFICIENT_FUNDS),
        (new_order("x", Side.SELL, "10.1", price="101000"), Refusal.INSUFFICIENT_FUNDS),
        (
            new_order("x", Side.BUY, "1", price="100010", post_only=True),
            Refusal.WOULD_TAKE,
        ),
        (new_order("open", Side.BUY, "1", price="90000"), Refusal.DUPLICATE_CLIENT_ORDER_ID),
    ],
)
def test_a_refused_order_leaves_no_trace(
    spot: Exchange, tmp_path: Path, new: NewOrder, refusal: Refusal
) -> None:
    submit(spot, new_order("open", Side.BUY, "0.1", price="90000"))
    ledger = (tmp_path / "spot.jsonl").read_bytes()
    funds = balances(spot)
    assert spot.submit(new, START_NS) is refusal
    assert (tmp_path / "spot.jsonl").read_bytes() == ledger
    assert balances(spot) == funds


def test_a_client_id_may_be_used_again_after_its_order_ended(spot: Exchange) -> None:
    first = submit(spot, new_order("a", Side.BUY, "0.1", price="90000"))
    spot.cancel(first, START_NS)
    second = submit(spot, new_order("a", Side.BUY, "0.1", price="90000"))
    assert spot.state.orders.by_client_id("ann", "a") is second


def test_a_fill_or_kill_order_that_cannot_fill_expires_untouched(spot: Exchange) -> None:
    order = submit(
        spot, new_order("a", Side.BUY, "1.1", price="100010", time_in_force=TimeInForce.FOK)
    )
    assert (order.status, order.executed) == (Status.EXPIRED, D(0))


def test_a_position_averages_its_entry_and_realises_on_the_way_out(futures: Exchange) -> None:
    submit(futures, new_order("a", Side.BUY, "1", price=None))
    quote(futures, "100990", "101010")
    submit(futures, new_order("b", Side.BUY, "1", price=None))
    position = margin(futures).positions[SYMBOL]
    assert (position.amount, position.entry_price) == (D(2), D(100_510))
    quote(futures, "101510", "101530", size="3")
    sold = submit(futures, new_order("c", Side.SELL, "3", price=None))
    (fill,) = futures.state.orders.fills_of(sold)
    assert fill.realized_pnl == D(2000)
    assert (position.amount, position.entry_price) == (D(-1), D(101_510))
    fees = D("0.0004") * (100_010 + 101_010 + 3 * 101_510)
    assert margin(futures).wallet == D(100_000) + 2000 - fees


def test_an_order_beyond_the_margin_is_refused(futures: Exchange) -> None:
    too_much = new_order("a", Side.BUY, "21", price="100000")
    assert futures.submit(too_much, START_NS) is Refusal.INSUFFICIENT_FUNDS
    submit(futures, new_order("b", Side.BUY, "15", price="99000"))
    again = new_order("c", Side.BUY, "15", price="99000")
    assert futures.submit(again, START_NS) is Refusal.INSUFFICIENT_FUNDS


def test_reduce_only_needs_a_position_to_reduce(futures: Exchange) -> None:
    reduce = new_order("a", Side.SELL, "1", price=None, reduce_only=True)
    assert futures.submit(reduce, START_NS) is Refusal.NOTHING_TO_REDUCE


def test_reduce_only_never_turns_a_position(futures: Exchange) -> None:
    submit(futures, new_order("a", Side.BUY, "0.4", price=None))
    order = submit(futures, new_order("b", Side.SELL, "1", price=None, reduce_only=True))
    assert (order.status, order.executed) == (Status.EXPIRED, D("0.4"))
    assert margin(futures).positions[SYMBOL].amount == 0


def test_a_resting_reduce_only_order_expires_with_its_position(futures: Exchange) -> None:
    submit(futures, new_order("a", Side.BUY, "0.4", price=None))
    resting = submit(futures, new_order("b", Side.SELL, "0.4", price="101000", reduce_only=True))
    submit(futures, new_order("c", Side.SELL, "0.4", price=None))
    assert (resting.status, resting.executed) == (Status.EXPIRED, D(0))


def test_a_resting_reduce_only_order_fills_no_more_than_the_position(futures: Exchange) -> None:
    submit(futures, new_order("a", Side.BUY, "0.4", price=None))
    resting = submit(futures, new_order("b", Side.SELL, "0.4", price="101000", reduce_only=True))
    submit(futures, new_order("c", Side.SELL, "0.3", price=None))
    quote(futures, "101100", "101200")
    assert (resting.status, resting.executed) == (Status.EXPIRED, D("0.1"))
    assert margin(futures).positions[SYMBOL].amount == 0


def test_an_amendment_that_crosses_trades_at_once(futures: Exchange) -> None:
    order = submit(futures, new_order("a", Side.BUY, "0.5", price="99000"))
    assert futures.amend(order, D(100_010), D("0.5"), START_NS) is None
    assert order.status is Status.FILLED


def test_a_smaller_quantity_keeps_the_place_in_the_queue(futures: Exchange) -> None:
    first = submit(futures, new_order("a", Side.BUY, "0.5", price="100000"))
    second = submit(futures, new_order("b", Side.BUY, "0.5", price="100000", account="bob"))
    futures.amend(first, D(100_000), D("0.2"), START_NS)
    futures.market_trade(SYMBOL, Side.SELL, D("0.3"), START_NS)
    assert (first.executed, second.executed) == (D("0.2"), D("0.1"))


def test_a_larger_quantity_loses_the_place_in_the_queue(futures: Exchange) -> None:
    first = submit(futures, new_order("a", Side.BUY, "0.2", price="100000"))
    second = submit(futures, new_order("b", Side.BUY, "0.2", price="100000", account="bob"))
    futures.amend(first, D(100_000), D("0.3"), START_NS)
    futures.market_trade(SYMBOL, Side.SELL, D("0.2"), START_NS)
    assert (first.executed, second.executed) == (D(0), D("0.2"))


def test_amending_to_what_has_traded_cancels_the_rest(futures: Exchange) -> None:
    order = submit(futures, new_order("a", Side.BUY, "1.5", price="100010"))
    assert order.executed == D(1)
    assert futures.amend(order, D(100_010), D(1), START_NS) is None
    assert order.status is Status.CANCELED


def test_an_amended_order_holds_margin_for_its_new_terms(futures: Exchange) -> None:
    order = submit(futures, new_order("a", Side.BUY, "1", price="99000"))
    assert margin(futures).order_margin == D(4950)
    futures.amend(order, D(98_000), D(2), START_NS)
    assert margin(futures).order_margin == D(9800)


def test_an_amendment_beyond_the_margin_changes_nothing(futures: Exchange) -> None:
    order = submit(futures, new_order("a", Side.BUY, "1", price="99000"))
    assert futures.amend(order, D(99_000), D(30), START_NS) is Refusal.INSUFFICIENT_FUNDS
    assert (order.quantity, order.is_open) == (D(1), True)
    assert futures.books[SYMBOL].levels(Side.BUY, 9)[-1] == (D(99_000), D(1))
