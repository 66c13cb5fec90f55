"""Price-time priority, times in force, and what must hold of a book whatever happens to it."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from venues.simulators.matching import BookOrder, Match, OrderBook, Side, TimeInForce

D = Decimal


def order(
    order_id: int,
    side: Side,
    quantity: int,
    price: int | None,
    time_in_force: TimeInForce = TimeInForce.GTC,
) -> BookOrder:
    return BookOrder(
        order_id=order_id,
        owner="ann",
        side=side,
        price=None if price is None else D(price),
        leaves=D(quantity),
        time_in_force=time_in_force,
    )


def execute(book: OrderBook, *orders: BookOrder) -> list[Match]:
    matches = [match for incoming in orders for match in book.execute(incoming)]
    return [match for match in matches if isinstance(match, Match)]


def trades(matches: list[Match]) -> list[tuple[int, int, int]]:
    return [(match.maker.order_id, int(match.price), int(match.quantity)) for match in matches]


def test_the_best_price_trades_first_and_the_oldest_order_at_it() -> None:
    book = OrderBook()
    execute(
        book,
        order(1, Side.SELL, 5, 102),
        order(2, Side.SELL, 5, 101),
        order(3, Side.SELL, 5, 101),
    )
    assert trades(execute(book, order(4, Side.BUY, 12, 102))) == [
        (2, 101, 5),
        (3, 101, 5),
        (1, 102, 2),
    ]


def test_a_trade_happens_at_the_resting_price() -> None:
    book = OrderBook()
    execute(book, order(1, Side.BUY, 1, 105))
    assert trades(execute(book, order(2, Side.SELL, 1, 100))) == [(1, 105, 1)]


def test_a_limit_order_stops_at_its_limit_and_rests() -> None:
    book = OrderBook()
    execute(book, order(1, Side.SELL, 1, 101), order(2, Side.SELL, 1, 103))
    assert trades(execute(book, order(3, Side.BUY, 5, 102))) == [(1, 101, 1)]
    assert book.best(Side.BUY) == (D(102), D(4))


def test_a_market_order_never_rests() -> None:
    book = OrderBook()
    execute(book, order(1, Side.SELL, 1, 101))
    incoming = order(2, Side.BUY, 3, None)
    assert trades(execute(book, incoming)) == [(1, 101, 1)]
    assert incoming.leaves == 2
    assert book.best(Side.BUY) is None


def test_an_immediate_or_cancel_order_leaves_no_rest() -> None:
    book = OrderBook()
    execute(book, order(1, Side.SELL, 1, 101))
    execute(book, order(2, Side.BUY, 3, 101, TimeInForce.IOC))
    assert book.best(Side.BUY) is None


def test_a_smaller_resting_order_keeps_its_place() -> None:
    book = OrderBook()
    execute(book, order(1, Side.SELL, 5, 101), order(2, Side.SELL, 5, 101))
    book.shrink(1, D(3))
    assert trades(execute(book, order(3, Side.BUY, 4, 101))) == [(1, 101, 3), (2, 101, 1)]


def test_a_removed_order_does_not_trade() -> None:
    book = OrderBook()
    execute(book, order(1, Side.SELL, 5, 101))
    assert book.remove(1) is not None
    assert book.remove(1) is None
    assert execute(book, order(2, Side.BUY, 5, 101)) == []


sides = st.sampled_from(Side)
prices = st.one_of(st.none(), st.integers(95, 105))
quantities = st.integers(1, 20)
times = st.sampled_from(TimeInForce)
flows = st.lists(st.tuples(sides, quantities, prices, times), max_size=40)


@given(flows)
def test_the_book_is_never_crossed_and_no_quantity_is_lost(
    flow: list[tuple[Side, int, int | None, TimeInForce]],
) -> None:
    book = OrderBook()
    sent = dict.fromkeys(Side, D(0))
    traded = D(0)
    gone = dict.fromkeys(Side, D(0))
    for number, (side, quantity, price, time_in_force) in enumerate(flow):
        incoming = order(number, side, quantity, price, time_in_force)
        traded += sum((match.quantity for match in execute(book, incoming)), D(0))
        sent[side] += quantity
        if number not in book:
            gone[side] += incoming.leaves
        bid, ask = book.best(Side.BUY), book.best(Side.SELL)
        assert bid is None or ask is None or bid[0] < ask[0]
    for side in Side:
        resting = sum((quantity for _, quantity in book.levels(side, 1000)), D(0))
        assert sent[side] == traded + gone[side] + resting


@given(flows)
def test_matches_follow_price_then_time(
    flow: list[tuple[Side, int, int | None, TimeInForce]],
) -> None:
    book = OrderBook()
    for number, (side, quantity, price, time_in_force) in enumerate(flow):
        incoming = order(number, side, quantity, price, time_in_force)
        sign = 1 if side is Side.BUY else -1
        keys = [(match.price * sign, match.maker.order_id) for match in execute(book, incoming)]
        assert keys == sorted(keys)
        if price is not None:
            assert all(key <= price * sign for key, _ in keys)


@given(flows, sides, quantities, prices)
def test_fill_or_kill_is_all_or_nothing(
    flow: list[tuple[Side, int, int | None, TimeInForce]],
    side: Side,
    quantity: int,
    price: int | None,
) -> None:
    book = OrderBook()
    for number, (a_side, size, limit, time_in_force) in enumerate(flow):
        execute(book, order(number, a_side, size, limit, time_in_force))
    killer = order(1000, side, quantity, price, TimeInForce.FOK)
    _, available = book.takeable(killer)
    filled = sum((match.quantity for match in execute(book, killer)), D(0))
    assert filled == (quantity if available >= quantity else 0)
    assert 1000 not in book


@given(flows)
def test_the_same_flow_gives_the_same_trades(
    flow: list[tuple[Side, int, int | None, TimeInForce]],
) -> None:
    def run() -> list[tuple[int, int, int]]:
        book = OrderBook()
        orders = [order(number, *terms) for number, terms in enumerate(flow)]
        return trades(execute(book, *orders))

    assert run() == run()
