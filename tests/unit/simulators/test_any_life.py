"""Whatever happens on an exchange: money is conserved, and the ledger tells it all again."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.simulators.unified_worlds import (
    FUNDS,
    INSTRUMENTS,
    PRICES,
    unified,
    unified_exchange,
)
from tests.unit.simulators.worlds import START_NS
from venues.simulators import ledger
from venues.simulators.cash_log import cash_moves
from venues.simulators.exchange import Exchange
from venues.simulators.instruments import Kind
from venues.simulators.matching import Level, SelfTrade, Side, TimeInForce
from venues.simulators.orders import Condition, NewOrder, OrderType, TriggerBy
from venues.simulators.views import account_view, order_view

D = Decimal
ACCOUNTS = ("ann", "bob")


@dataclass(frozen=True)
class Deed:
    """One thing that somebody does; ``ticks`` is a distance from the symbol's first price."""

    what: str
    account: str
    symbol: str
    side: Side
    tenths: int
    ticks: int
    type: OrderType
    by: TriggerBy
    tif: TimeInForce
    post_only: bool
    reduce_only: bool
    iceberg: bool
    self_trade: SelfTrade
    two_ways: bool


deeds = st.lists(
    st.builds(
        Deed,
        what=st.sampled_from(["order"] * 6 + ["move"] * 2 + ["cancel", "amend", "sweep", "pass"]),
        account=st.sampled_from(ACCOUNTS),
        symbol=st.sampled_from(list(INSTRUMENTS)),
        side=st.sampled_from(Side),
        tenths=st.integers(1, 40),
        ticks=st.integers(-6, 6),
        type=st.sampled_from([OrderType.LIMIT] * 6 + list(OrderType)),
        by=st.sampled_from(TriggerBy),
        tif=st.sampled_from([TimeInForce.GTC] * 4 + list(TimeInForce)),
        post_only=st.sampled_from([False] * 4 + [True]),
        reduce_only=st.sampled_from([False] * 4 + [True]),
        iceberg=st.booleans(),
        self_trade=st.sampled_from(SelfTrade),
        two_ways=st.booleans(),
    ),
    min_size=20,
    max_size=60,
)


def price_of(deed: Deed) -> Decimal:
    return PRICES[deed.symbol] + deed.ticks * INSTRUMENTS[deed.symbol].tick


def new_of(deed: Deed, number: int, now_ns: int) -> NewOrder:
    tick, price = INSTRUMENTS[deed.symbol].tick, price_of(deed)
    trailing = deed.type.trails
    conditional = deed.type.is_conditional
    limit = deed.type.has_limit_price
    gtd = deed.tif is TimeInForce.GTD
    display = D(max(deed.tenths // 4, 1)) / 10
    return NewOrder(
        account=deed.account,
        client_order_id=f"c{number}",
        symbol=deed.symbol,
        side=deed.side,
        type=deed.type,
        quantity=D(deed.tenths) / 10,
        price=price if limit else None,
        time_in_force=deed.tif,
        post_only=deed.post_only and limit,
        reduce_only=deed.reduce_only,
        trigger_price=price if conditional and not trailing else None,
        trigger_by=deed.by,
        trailing_offset=tick * 3 if trailing and deed.iceberg else None,
        trailing_bps=D(5) if trailing and not deed.iceberg else None,
        activation_price=price if trailing and deed.post_only else None,
        limit_offset=tick if deed.type is OrderType.TRAILING_STOP_LIMIT else None,
        expire_ns=now_ns + deed.tenths if gtd else None,
        display_quantity=display if deed.iceberg and limit else None,
        trigger_at_once=deed.post_only,
        self_trade=deed.self_trade,
        alternative=other_way(deed) if deed.two_ways and conditional and not trailing else None,
        venue_terms={"tag": deed.what} if deed.iceberg else {},
    )


def other_way(deed: Deed) -> Condition:
    """A stop's take-profit or the reverse, as far on the other side of the first price."""
    against = {
        OrderType.STOP_MARKET: OrderType.TAKE_PROFIT_MARKET,
        OrderType.STOP_LIMIT: OrderType.TAKE_PROFIT_MARKET,
        OrderType.TAKE_PROFIT_MARKET: OrderType.STOP_LIMIT,
        OrderType.TAKE_PROFIT_LIMIT: OrderType.STOP_LIMIT,
    }
    kind, first = against[deed.type], PRICES[deed.symbol]
    price = first * 2 - price_of(deed)
    return Condition(
        type=kind,
        trigger_price=price,
        trigger_by=deed.by,
        price=price if kind.has_limit_price else None,
    )


def move(exchange: Exchange, symbol: str, middle: Decimal, size: Decimal, now_ns: int) -> None:
    tick = INSTRUMENTS[symbol].tick
    bids: list[Level] = [(middle - tick * depth, size) for depth in (1, 2)]
    asks: list[Level] = [(middle + tick * depth, size) for depth in (1, 2)]
    exchange.quote(symbol, middle, bids, asks, now_ns, middle + tick)


def do(exchange: Exchange, number: int, deed: Deed, now_ns: int) -> None:
    quantity = D(deed.tenths) / 10
    working = exchange.state.orders.open_orders()
    match deed.what:
        case "order":
            exchange.submit(new_of(deed, number, now_ns), now_ns)
        case "move":
            move(exchange, deed.symbol, price_of(deed), quantity, now_ns)
        case "sweep":
            exchange.market_trade(deed.symbol, deed.side, quantity, now_ns)
        case "cancel" if working:
            exchange.cancel(working[deed.tenths % len(working)], now_ns)
        case "amend" if working:
            order = working[deed.tenths % len(working)]
            price = None if order.price is None else PRICES[order.symbol]
            exchange.amend(order, price, quantity, now_ns, order.trigger_price)
        case "pass":
            exchange.expire_due(now_ns + 20)


def lived(path: pytest.TempPathFactory, deeds: list[Deed]) -> Exchange:
    exchange = unified_exchange(path.mktemp("ledger") / "life.jsonl")
    for symbol, price in PRICES.items():
        move(exchange, symbol, price, D(2), START_NS)
    for number, deed in enumerate(deeds):
        do(exchange, number, deed, START_NS + number)
    return exchange


def facts(exchange: Exchange) -> object:
    """Everything that must survive."""
    state = exchange.state
    return (
        [order_view(order) for order in state.orders],
        {name: account_view(account) for name, account in state.accounts.items()},
        [state.orders.fills(name, symbol) for name in ACCOUNTS for symbol in INSTRUMENTS],
        state.next_order_id,
        [order.order_id for order in state.priority.values()],
    )


@given(deeds, st.sampled_from([5, 20, 50_000]))
@settings(max_examples=100)
def test_a_restart_gives_the_same_exchange(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[Deed], part_records: int
) -> None:
    """Also of a ledger that went on in new parts meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "PART_RECORDS", part_records)
        exchange = lived(tmp_path_factory, deeds)
        exchange.close()
        again = unified_exchange(exchange.ledger_path, START_NS)
        again.marks |= exchange.marks
        assert facts(again) == facts(exchange)
        again.close()


@given(deeds)
@settings(max_examples=60)
def test_the_books_are_the_fold_of_the_fills(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[Deed]
) -> None:
    """Cash and positions to the digit; no order trades more than it may; nothing stays locked."""
    exchange = lived(tmp_path_factory, deeds)
    for name in ACCOUNTS:
        account = unified(exchange, name)
        cash = cash_of(exchange, name)
        assert {asset: account.cash(asset) for asset in cash} == cash
        for symbol, instrument in INSTRUMENTS.items():
            fills = exchange.state.orders.fills(name, symbol)
            net = sum((f.quantity if f.side is Side.BUY else -f.quantity for f in fills), D(0))
            if instrument.kind is not Kind.SPOT:
                assert account.position(symbol).amount == net
    for order in exchange.state.orders:
        traded = sum((fill.quantity for fill in exchange.state.orders.fills_of(order)), D(0))
        assert traded == order.executed <= order.quantity
        assert order.is_open == (order.end_reason is None and order.leaves > 0)
    for name in ACCOUNTS:
        exchange.cancel_all(name, now_ns=START_NS)
        account = unified(exchange, name)
        assert all(balance.locked == 0 for balance in account.balances.values())
        assert all(account.order_margin(asset) == 0 for asset in FUNDS)
    exchange.close()


def cash_of(exchange: Exchange, name: str) -> dict[str, Decimal]:
    """What an account must have by its fills alone."""
    cash = dict(FUNDS)
    for symbol, instrument in INSTRUMENTS.items():
        for fill in exchange.state.orders.fills(name, symbol):
            sign = 1 if fill.side is Side.BUY else -1
            if instrument.kind in (Kind.SPOT, Kind.FOREX):
                cash[instrument.base] += sign * fill.quantity * instrument.multiplier
            if instrument.kind in (Kind.LINEAR, Kind.INVERSE):
                cash[instrument.settle] += fill.realized_pnl
            else:
                cash[instrument.settle] -= sign * instrument.value(fill.price, fill.quantity)
            cash[fill.fee_asset] -= fill.fee
    return cash


@given(deeds)
@settings(max_examples=30)
def test_the_statement_of_an_account_leads_back_to_its_first_balances(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[Deed]
) -> None:
    exchange = lived(tmp_path_factory, deeds)
    for name in ACCOUNTS:
        account = unified(exchange, name)
        cash = {asset: account.cash(asset) for asset in FUNDS}
        before = dict(cash)
        fills = exchange.state.orders.newest_fills(name, INSTRUMENTS)
        for move in cash_moves(fills, INSTRUMENTS, cash):
            assert move.balance == before[move.asset]
            before[move.asset] -= move.amount - move.fee
            assert move.fill.closed <= move.fill.quantity
            assert move.fill.closed or not move.fill.realized_pnl
        assert before == FUNDS
    exchange.close()
