"""From the exchange's life to the venue's streams."""

from collections.abc import Iterable, Mapping
from typing import Any

from venues.simulators.bybit.account_api import AccountApi
from venues.simulators.bybit.account_rows import wallet_row
from venues.simulators.bybit.exits import exits_of
from venues.simulators.bybit.history import History
from venues.simulators.bybit.instruments import PRODUCTS
from venues.simulators.bybit.market_streams import MarketStreams
from venues.simulators.bybit.position_api import PositionApi
from venues.simulators.bybit.position_exits import KIND, PositionExits
from venues.simulators.bybit.private_streams import PrivateStreams
from venues.simulators.events import Print, Step
from venues.simulators.matching import OrderBook
from venues.simulators.orders import Fill, Order, Status


class Feed:
    """Listens to the exchange."""

    def __init__(
        self,
        books: Mapping[str, OrderBook],
        users: PrivateStreams,
        markets: MarketStreams,
        history: History,
        accounts: AccountApi,
        positions: PositionApi,
        exits: PositionExits,
    ) -> None:
        self._books = books
        self._users = users
        self._markets = markets
        self._history = history
        self._accounts = accounts
        self._positions = positions
        self._exits = exits
        # What the end of the action has to do about positions' exits.
        self._filled: list[tuple[Order, Fill]] = []
        self._triggered: list[Order] = []
        self._changed: set[str] = set()

    def on_step(self, step: Step, order: Order, fill: Fill | None, now_ns: int) -> None:
        """An execution goes out before the order that it changed.

        A trigger is told twice: as such, and as the order that now works.
        """
        self._note(step, order, fill)
        if fill is not None:
            row = self._history.execution(order, fill, order.leaves)
            self._tell(step, order, "execution", row, now_ns)
            self._tell(None, order, "order", self._history.row(order), now_ns)
            return
        if step is Step.NEW and self._will_be_canceled(order):
            return
        if step is Step.TRIGGERED:
            self._tell(step, order, "order", self._history.row(order, "Triggered"), now_ns)
            if not order.type.has_limit_price:
                return
        self._tell(step, order, "order", self._history.row(order), now_ns)

    def _note(self, step: Step, order: Order, fill: Fill | None) -> None:
        if fill is not None:
            self._filled.append((order, fill))
        if KIND in order.venue_terms:
            self._changed.add(order.symbol)
            if step is Step.TRIGGERED:
                self._triggered.append(order)

    def _will_be_canceled(self, order: Order) -> bool:
        """A post-only order that would take never gets into the book: only its end is told."""
        if not order.post_only or order.price is None or order.status is Status.UNTRIGGERED:
            return False
        return self._books[order.symbol].would_take(order.side, order.price)

    def _tell(
        self, step: Step | None, order: Order, topic: str, row: dict[str, Any], now_ns: int
    ) -> None:
        """Armed faults strike the step, not the new state that a fill leaves behind."""
        now_ms, category = now_ns // 1_000_000, PRODUCTS[order.symbol].category.value
        if step is None:
            self._users.push(order.account, topic, category, row, now_ms)
            return
        named = (step.value, order.client_order_id)
        self._users.push_step(order.account, named, topic, category, row, now_ms)

    def on_funds(self, account: str, symbols: Iterable[str], now_ns: int, *, traded: bool) -> None:
        """Positions that traded or are left otherwise, then the wallet; then their exits."""
        now_ms = now_ns // 1_000_000
        contracts = sorted(name for name in symbols if not PRODUCTS[name].category.is_spot)
        changed, self._changed = self._changed, set()
        if self._users.wanted(account, "position"):
            for symbol in contracts:
                if traded or symbol in changed:
                    row = self._positions.row(account, symbol, now_ms)
                    category = PRODUCTS[symbol].category.value
                    self._users.push(account, "position", category, row, now_ms)
        if self._users.wanted(account, "wallet"):
            row = wallet_row(self._accounts.account(account))
            self._users.push(account, "wallet", "", row, now_ms)
        # Only trades change positions, and looking through the orders costs their number.
        self._mind_exits(account, contracts if traded else [], now_ns)

    def _mind_exits(self, account: str, symbols: Iterable[str], now_ns: int) -> None:
        """Pairs, sizes and new exits. All of it are orders, whose steps are told in turn."""
        triggered, self._triggered = self._triggered, []
        for order in triggered:
            self._exits.triggered(order, now_ns)
        filled, self._filled = self._filled, []
        for order, fill in filled:
            exits = exits_of(order.venue_terms, PRODUCTS[order.symbol])
            if exits is not None:
                self._exits.attach(order, exits, fill.quantity, now_ns)
        for symbol in symbols:
            self._exits.follow(account, symbol, now_ns)

    def on_print(self, trade: Print) -> None:
        """Stream a public trade."""
        self._markets.on_print(trade)

    def on_book(self, symbol: str, now_ns: int) -> None:
        """Stream a changed book."""
        self._markets.on_book(symbol, now_ns)
