"""From the exchange's life to the venue's streams."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from venues.simulators.binance.market_streams import MarketStreams
from venues.simulators.binance.user_streams import UserStreams
from venues.simulators.events import Print, Step
from venues.simulators.orders import Fill, Order

type OrderEvents = Callable[[Step, Order, Fill | None, int], Sequence[Mapping[str, Any]]]
type FundsEvent = Callable[[str, Iterable[str], int, bool], Mapping[str, Any] | None]


class Feed:
    """Listens to one exchange. ``order_events`` and ``funds_event`` are the product's builders."""

    def __init__(
        self,
        users: UserStreams,
        markets: MarketStreams,
        order_events: OrderEvents,
        funds_event: FundsEvent,
    ) -> None:
        self._users = users
        self._markets = markets
        self._order_events = order_events
        self._funds_event = funds_event

    def on_step(self, step: Step, order: Order, fill: Fill | None, now_ns: int) -> None:
        """Stream a step of an order."""
        events = self._order_events(step, order, fill, now_ns // 1_000_000)
        self._users.push_step(order.account, step, order.client_order_id, events)

    def on_funds(self, account: str, symbols: Iterable[str], now_ns: int, *, traded: bool) -> None:
        """Stream what became of an account, where the product does that."""
        event = self._funds_event(account, symbols, now_ns // 1_000_000, traded)
        if event is not None:
            self._users.push(account, event)

    def on_print(self, trade: Print) -> None:
        """Stream a public trade."""
        self._markets.on_print(trade)

    def on_book(self, symbol: str, now_ns: int) -> None:
        """Stream a changed book."""
        self._markets.on_book(symbol, now_ns)
