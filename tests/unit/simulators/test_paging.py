"""Pages of long histories are read as far as the page goes, and no further."""

from collections.abc import Iterator
from decimal import Decimal

from venues.simulators.bybit.calls import Call
from venues.simulators.bybit.paging import page_of
from venues.simulators.bybit.params import Params
from venues.simulators.matching import Side
from venues.simulators.okx.history import page
from venues.simulators.okx.params import Params as OkxParams
from venues.simulators.order_store import OrderStore
from venues.simulators.orders import Fill


class Long:
    """Numbers from the newest to the oldest, and how many of them were read."""

    def __init__(self, length: int) -> None:
        self._length = length
        self.read = 0

    def __iter__(self) -> Iterator[int]:
        for number in reversed(range(self._length)):
            self.read += 1
            yield number


def call(**params: str) -> Call:
    return Call(Params(params), "ann", 0)


def test_a_bybit_page_reads_one_entry_more_than_it_shows() -> None:
    history = Long(100_000)
    first = page_of(call(limit="3"), history, lambda n: (n, 0), 50, 100)
    assert (first.entries, history.read) == ([99_999, 99_998, 99_997], 4)
    cursor = first.cursor
    following = page_of(call(limit="2", cursor=cursor), Long(100_000), lambda n: (n, 0), 50, 100)
    assert following.entries == [99_996, 99_995]
    last = page_of(call(cursor="2%3A0"), Long(100_000), lambda n: (n, 0), 50, 100)
    assert (last.entries, last.cursor) == ([1, 0], "")


def test_an_okx_page_ends_where_its_time_begins() -> None:
    def of(**params: str) -> tuple[list[int], int]:
        history = Long(100_000)
        rows = page(history, OkxParams(params), lambda n: n, lambda n: n * 1_000_000)
        return rows, history.read

    assert of(limit="2") == ([99_999, 99_998], 2)
    assert of(begin="99998") == ([99_999, 99_998], 3)
    assert of(before="99997", end="99998") == ([99_998], 3)
    assert of(after="5", limit="2")[0] == [4, 3]


def test_histories_of_several_symbols_are_one_newest_first() -> None:
    store = OrderStore()
    for number in range(6):
        store.add_fill(fill(number, "odd" if number % 2 else "even"))
    newest = [f.trade_id for f in store.newest_fills("ann", ["even", "odd", "never"])]
    assert newest == [5, 4, 3, 2, 1, 0]
    assert [f.trade_id for f in store.newest_fills("ann", ["odd"])] == [5, 3, 1]
    assert list(store.newest_fills("bob", ["odd"])) == []


def fill(number: int, symbol: str) -> Fill:
    one = Decimal(1)
    return Fill(
        trade_id=number,
        order_id=number,
        client_order_id=str(number),
        account="ann",
        symbol=symbol,
        side=Side.BUY,
        price=one,
        quantity=one,
        fee=one,
        fee_asset="USDT",
        is_maker=False,
        realized_pnl=one,
        time_ns=number,
    )
