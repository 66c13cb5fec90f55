"""The ledger is the truth: a restarted exchange is the one that stopped."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.simulators.worlds import (
    START_NS,
    SYMBOL,
    futures_exchange,
    new_order,
    quote,
    spot_exchange,
    submit,
)
from venues.simulators.exchange import Exchange
from venues.simulators.ledger import read_ledger, summarise
from venues.simulators.matching import Side, TimeInForce
from venues.simulators.orders import NewOrder, OrderType, TriggerBy
from venues.simulators.views import account_view, order_view

D = Decimal


def facts(exchange: Exchange) -> object:
    """Everything that must survive."""
    state = exchange.state
    return (
        [order_view(order) for order in state.orders],
        {name: account_view(account) for name, account in state.accounts.items()},
        {name: state.orders.fills(name, SYMBOL) for name in state.accounts},
        (state.next_order_id, state.next_trade_id),
        [order.order_id for order in state.priority.values()],
    )


deeds = st.lists(
    st.tuples(
        st.sampled_from(["limit", "market", "pair", "cancel", "amend", "reduce", "move", "rename"]),
        st.sampled_from(Side),
        st.integers(1, 12),
        st.integers(-6, 6),
    ),
    max_size=30,
)


def pair(client_id: str, side: Side, quantity: str, account: str) -> list[NewOrder]:
    """A limit order on one side of the market and a stop on the other."""
    away = -1000 if side is Side.BUY else 1000
    stop = {"type": OrderType.STOP_MARKET, "trigger_price": D(100_000 - away)}
    return [
        new_order(f"{client_id}l", side, quantity, price=str(100_000 + away), account=account),
        new_order(f"{client_id}s", side, quantity, price=None, account=account, **stop),
    ]


def do(exchange: Exchange, number: int, deed: tuple[str, Side, int, int]) -> None:
    kind, side, tenths, hundreds = deed
    quantity, price = f"{tenths / 10}", str(100_000 + 100 * hundreds)
    client_id, account = f"c{number}", ("ann", "bob")[number % 2]
    working = exchange.state.orders.open_orders()
    match kind:
        case "limit":
            exchange.submit(
                new_order(client_id, side, quantity, price=price, account=account), START_NS
            )
        case "market":
            exchange.submit(
                new_order(client_id, side, quantity, price=None, account=account), START_NS
            )
        case "reduce":
            reducing = new_order(
                client_id, side, quantity, price=price, account=account, reduce_only=True
            )
            exchange.submit(reducing, START_NS)
        case "pair":
            exchange.submit_group(pair(client_id, side, quantity, account), client_id, START_NS)
        case "rename" if working:
            order = working[tenths % len(working)]
            exchange.amend(
                order, order.price, order.quantity / 2, START_NS, client_order_id=client_id
            )
        case "cancel" if working:
            exchange.cancel(working[tenths % len(working)], START_NS)
        case "amend" if working:
            exchange.amend(working[tenths % len(working)], D(price), D(quantity), START_NS)
        case "move":
            middle = 100_000 + 100 * hundreds
            quote(exchange, str(middle - 10), str(middle + 10))


@given(deeds)
def test_a_restart_gives_the_same_exchange(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[tuple[str, Side, int, int]]
) -> None:
    path = tmp_path_factory.mktemp("ledger") / "futures.jsonl"
    exchange = futures_exchange(path)
    quote(exchange, "99990", "100010")
    for number, deed in enumerate(deeds):
        do(exchange, number, deed)
    exchange.close()
    marks = exchange.marks
    restarted = futures_exchange(path)
    restarted.marks |= marks
    assert facts(restarted) == facts(exchange)
    restarted.close()
    again = futures_exchange(path)
    again.marks |= marks
    assert facts(again) == facts(exchange)
    again.close()


@given(deeds)
def test_positions_are_the_fold_of_the_ledgers_fills(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[tuple[str, Side, int, int]]
) -> None:
    path = tmp_path_factory.mktemp("ledger") / "futures.jsonl"
    exchange = futures_exchange(path)
    quote(exchange, "99990", "100010")
    for number, deed in enumerate(deeds):
        do(exchange, number, deed)
    held = sum(
        (
            D(position["amount"])
            for account in exchange.state.accounts.values()
            for position in account_view(account)["positions"].values()
        ),
        D(0),
    )
    assert summarise(read_ledger(path)).positions.get(SYMBOL, D(0)) == held
    exchange.close()


def test_a_torn_last_line_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "spot.jsonl"
    exchange = spot_exchange(path)
    order = submit(exchange, new_order("a", Side.BUY, "0.1", price="90000"))
    exchange.close()
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"event":"canceled","order_id":')
    restarted = spot_exchange(path)
    assert path.read_bytes() == whole
    restored = restarted.state.orders.get(order.order_id)
    assert restored is not None
    assert restored.is_open


def test_a_resting_order_can_be_filled_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "spot.jsonl"
    first = spot_exchange(path)
    order = submit(first, new_order("a", Side.BUY, "0.1", price="90000"))
    first.close()
    second = spot_exchange(path)
    quote(second, "89000", "89010")
    restored = second.state.orders.get(order.order_id)
    assert restored is not None
    assert restored.executed == D("0.1")


@pytest.mark.parametrize(("quantity", "first_served"), [("0.3", "bob"), ("0.1", "ann")])
def test_the_queue_of_a_price_survives_a_restart(
    tmp_path: Path, quantity: str, first_served: str
) -> None:
    path = tmp_path / "futures.jsonl"
    first = futures_exchange(path)
    quote(first, "99990", "100010")
    order = submit(first, new_order("a", Side.BUY, "0.2", price="100000"))
    submit(first, new_order("b", Side.BUY, "0.2", price="100000", account="bob"))
    first.amend(order, D(100_000), D(quantity), START_NS)
    first.close()
    second = futures_exchange(path)
    second.market_trade(SYMBOL, Side.SELL, D("0.1"), START_NS)
    served = [name for name in ("ann", "bob") if second.state.orders.fills(name, SYMBOL)]
    assert served == [first_served]


def test_an_order_that_never_rests_ends_at_a_restart(tmp_path: Path) -> None:
    """The process died between accepting the order and trading it."""
    path = tmp_path / "spot.jsonl"
    first = spot_exchange(path)
    quote(first, "99990", "100010")
    order = submit(
        first, new_order("a", Side.BUY, "0.1", price="100010", time_in_force=TimeInForce.IOC)
    )
    first.close()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2]))
    restored = spot_exchange(path).state.orders.get(order.order_id)
    assert restored is not None
    assert (restored.status, restored.executed) == ("EXPIRED", D(0))


def test_a_new_ledger_never_reuses_the_ids_of_a_lost_one(tmp_path: Path) -> None:
    first = spot_exchange(tmp_path / "first.jsonl")
    old = submit(first, new_order("a", Side.BUY, "0.1", price="90000"))
    second = spot_exchange(tmp_path / "second.jsonl", START_NS + 1_000_000_000)
    new = submit(second, new_order("a", Side.BUY, "0.1", price="90000"))
    assert new.order_id > old.order_id


def test_the_summary_counts_orders_fills_and_doubles(tmp_path: Path) -> None:
    path = tmp_path / "spot.jsonl"
    exchange = spot_exchange(path)
    quote(exchange, "99990", "100010")
    submit(exchange, new_order("a", Side.BUY, "0.3", price="100010"))
    submit(exchange, new_order("a", Side.SELL, "0.1", price="99990"))
    summary = summarise(read_ledger(path))
    assert summary.doubled == ["a"]
    assert [order.state for order in summary.orders["a"]] == ["filled", "filled"]
    assert summary.positions == {SYMBOL: D("0.2")}


def test_a_search_reads_only_what_it_looks_for(tmp_path: Path) -> None:
    path = tmp_path / "spot.jsonl"
    exchange = spot_exchange(path)
    submit(exchange, new_order("wanted", Side.BUY, "0.1", price="90000"))
    submit(exchange, new_order("other", Side.BUY, "0.1", price="90000"))
    assert [record["client_order_id"] for record in read_ledger(path, "wanted")] == ["wanted"]


def test_orders_that_waited_wait_again(tmp_path: Path) -> None:
    """A trailing stop goes on from where it trailed, a dated order still ends in time."""
    path = tmp_path / "futures.jsonl"
    first = futures_exchange(path)
    quote(first, "99990", "100010")
    trail = new_order(
        "trail",
        Side.SELL,
        "0.1",
        price=None,
        type=OrderType.TRAILING_STOP_MARKET,
        trigger_by=TriggerBy.MARK,
        trailing_offset=D(500),
    )
    dated = new_order(
        "dated",
        Side.BUY,
        "0.1",
        price="90000",
        time_in_force=TimeInForce.GTD,
        expire_ns=START_NS + 5,
    )
    limited = replace(
        trail,
        client_order_id="limited",
        type=OrderType.TRAILING_STOP_LIMIT,
        limit_offset=D(200),
    )
    for new in (trail, dated, limited):
        submit(first, new)
    quote(first, "100990", "101010")
    first.close()
    second = futures_exchange(path)
    restored = {order.client_order_id: order for order in second.state.orders}
    assert restored["trail"].trigger_price == D(100_500)
    assert restored["limited"].limit_offset == D(200)
    quote(second, "100390", "100410")
    second.expire_due(START_NS + 5)
    ends = {name: (order.status, order.end_reason) for name, order in restored.items()}
    assert ends == {
        "trail": ("FILLED", None),
        "dated": ("EXPIRED", "GOOD_TILL_DATE"),
        "limited": ("FILLED", None),
    }


def test_a_dated_order_ends_at_the_restart_if_its_time_has_come(tmp_path: Path) -> None:
    path = tmp_path / "spot.jsonl"
    first = spot_exchange(path)
    order = submit(
        first,
        new_order("dated", Side.BUY, "0.1", time_in_force=TimeInForce.GTD, expire_ns=START_NS + 5),
    )
    first.close()
    restored = spot_exchange(path, START_NS + 5).state.orders.get(order.order_id)
    assert restored is not None
    assert restored.end_reason == "GOOD_TILL_DATE"
