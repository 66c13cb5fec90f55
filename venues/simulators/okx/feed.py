"""From the exchange's life to the venue's channels."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal

from venues.simulators.events import Print, Step
from venues.simulators.exchange import Exchange
from venues.simulators.okx.account_rows import (
    account_row,
    filled_row,
    position_row,
    snapshot_row,
)
from venues.simulators.okx.algo_rows import TRAILING, algo_event, algo_type
from venues.simulators.okx.market_streams import MarketStreams
from venues.simulators.okx.order_rows import order_event
from venues.simulators.okx.private_streams import PrivateStreams, message
from venues.simulators.orders import Fill, Order
from venues.simulators.unified_account import UnifiedAccount

ONE = Decimal(1)


class Feed:
    """Listens to the exchange. A conditional order is told on ``orders-algo`` until it triggers,
    and from then on as an order on ``orders``."""

    def __init__(
        self,
        exchange: Exchange,
        private: PrivateStreams,
        markets: MarketStreams,
    ) -> None:
        self._exchange = exchange
        self._private = private
        self._markets = markets
        self._request_id: str | None = None
        self._untold: dict[str, list[Fill]] = {}

    @contextmanager
    def amending(self, request_id: str) -> Iterator[None]:
        """While an amendment is carried out: its step carries the request's id."""
        self._request_id = request_id
        try:
            yield
        finally:
            self._request_id = None

    def on_step(self, step: Step, order: Order, fill: Fill | None, now_ns: int) -> None:
        """Tell a step of an order."""
        if fill is not None:
            self._untold.setdefault(order.account, []).append(fill)
        if order.type.is_conditional and (not order.triggered or step is Step.TRIGGERED):
            amended = self._request_id if step is Step.AMENDED else None
            channel = "algo-advance" if algo_type(order) == TRAILING else "orders-algo"
            leverage = self.account(order.account).leverage_of(order.symbol)
            self._push(order, channel, algo_event(order, leverage, amended), step)
        if not order.type.is_conditional or order.triggered:
            self._push(order, "orders", self._order_row(step, order, fill), step)

    def on_funds(self, account: str, symbols: Iterable[str], now_ns: int, *, traded: bool) -> None:
        """Tell what became of an account."""
        fills = self._untold.pop(account, [])
        if not self._private.hears(account):
            return
        held, now_ms = self.account(account), now_ns // 1_000_000
        touched = [self._exchange.instruments[symbol] for symbol in symbols]
        assets = sorted({name for one in touched for name in (one.base, one.quote)})
        only = [name for name in assets if name in held.balances]
        row = account_row(held, self.prices(held), now_ms, only)
        update = {"eventType": "event_update", "curPage": 1, "lastPage": True}
        self._private.push_soon(account, "account", row, **update)
        if traded:
            for instrument in touched:
                if position := held.positions.get(instrument.symbol):
                    row = position_row(held, position, now_ms)
                    self._private.push_soon(account, "positions", row, **update)
            changed = [position for one in touched if (position := held.positions.get(one.symbol))]
            row = filled_row(held, only, changed, fills, now_ms)
            self._private.push_soon(account, "balance_and_position", row)

    def first_message(self, arg: Mapping[str, str], account: str, now_ms: int) -> str | None:
        """What a channel begins with; None for those that begin with nothing."""
        held = self.account(account)
        positions = [one for one in held.positions.values() if one.amount]
        first = {"eventType": "snapshot", "curPage": 1, "lastPage": True}
        match arg["channel"]:
            case "account":
                return message(arg, [account_row(held, self.prices(held), now_ms)], **first)
            case "positions":
                return message(arg, [position_row(held, p, now_ms) for p in positions], **first)
            case "balance_and_position":
                return message(arg, [snapshot_row(held, positions, now_ms)])
        return None

    def on_print(self, trade: Print) -> None:
        """Tell a public trade."""
        self._markets.on_print(trade)

    def on_book(self, symbol: str, now_ns: int) -> None:
        """Tell of a changed book."""
        self._markets.on_book(symbol, now_ns)

    def account(self, name: str) -> UnifiedAccount:
        """An account by its name."""
        account = self._exchange.state.accounts[name]
        assert isinstance(account, UnifiedAccount)
        return account

    def prices(self, account: UnifiedAccount) -> dict[str, Decimal]:
        """What the assets of an account are worth in dollars."""
        marks = self._exchange.marks
        return {name: marks.get(f"{name}-USDT", ONE) for name in account.balances}

    def _order_row(self, step: Step, order: Order, fill: Fill | None) -> dict[str, object]:
        amend: dict[str, str] = {}
        if step is Step.AMENDED and self._request_id is not None:
            amend = {"amendResult": "0", "amendSource": "1", "reqId": self._request_id}
        fills = self._exchange.state.orders.fills_of(order)
        leverage = self.account(order.account).leverage_of(order.symbol)
        return order_event(order, fills, fill, leverage, amend)

    def _push(self, order: Order, channel: str, row: Mapping[str, object], step: Step) -> None:
        self._private.push_step(order.account, channel, row, step, order.client_order_id)
