"""Disconnection protect: orders end some seconds after the last private socket that asked for it.

An account switches it on with a time window, and a socket by its topic. The venue does so for
institutions alone and by contract; here everybody may.
Source: https://bybit-exchange.github.io/docs/v5/order/dcp
"""

from dataclasses import dataclass

from venues.simulators.bybit.calls import Call, Endpoint, Reply, Routes
from venues.simulators.bybit.errors import parameter
from venues.simulators.bybit.instruments import PRODUCTS
from venues.simulators.bybit.limits import SETTINGS, query
from venues.simulators.bybit.private_streams import PrivateStreams
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action
from venues.simulators.orders import EndReason, Order

SHORTEST_S, LONGEST_S = 3, 300
_TOPICS = {"SPOT": "dcp.spot", "DERIVATIVES": "dcp.future"}
_PRODUCTS = {**{name: name for name in _TOPICS}, "OPTIONS": "OPTIONS"}


@dataclass(slots=True)
class _Guard:
    """The protection of one account and product. ``alone_since_ns`` is when its last socket was
    missed first; None while there is one, or never was."""

    window_s: int
    was_heard: bool = False
    alone_since_ns: int | None = None

    def is_due(self, now_ns: int, *, heard: bool) -> bool:
        """Whether it is time to cancel."""
        if heard:
            self.was_heard, self.alone_since_ns = True, None
        elif self.was_heard and self.alone_since_ns is None:
            self.alone_since_ns = now_ns
        if self.alone_since_ns is None:
            return False
        return now_ns - self.alone_since_ns >= self.window_s * 1_000_000_000


class Disconnection:
    """Watches the sockets of those who asked for it."""

    def __init__(self, exchange: Exchange, users: PrivateStreams) -> None:
        self._exchange = exchange
        self._users = users
        self._guards: dict[tuple[str, str], _Guard] = {}

    def routes(self) -> Routes:
        """Endpoints by REST path."""
        asking = query("/v5/account/query-dcp-info")
        return {
            ("POST", "/v5/order/disconnected-cancel-all"): Endpoint(self.guard, SETTINGS),
            ("GET", "/v5/account/query-dcp-info"): Endpoint(self.info, asking, Action.QUERY),
        }

    def guard(self, call: Call) -> Reply:
        """Switch it on, or choose another window. Options are not traded here."""
        product: str = call.params.choice("product", _PRODUCTS, "OPTIONS")
        window = call.params.integer("timeWindow") or 0
        if not SHORTEST_S <= window <= LONGEST_S:
            raise parameter(f"timeWindow must be between {SHORTEST_S} and {LONGEST_S}")
        self._guards[call.account, product] = _Guard(window)
        return Reply({})

    def info(self, call: Call) -> Reply:
        """What is switched on."""
        return Reply(
            {
                "dcpInfos": [
                    {"product": product, "dcpStatus": "ON", "timeWindow": str(guard.window_s)}
                    for (account, product), guard in self._guards.items()
                    if account == call.account
                ]
            }
        )

    def beat(self, now_ns: int) -> None:
        """Cancel for those whose sockets stayed away."""
        for (account, product), guard in self._guards.items():
            topic = _TOPICS.get(product)
            if topic is None or not guard.is_due(now_ns, heard=self._users.hears(account, topic)):
                continue
            guard.was_heard, guard.alone_since_ns = False, None
            for order in self._exchange.state.orders.open_orders(account):
                if _is_of(order, product):
                    self._exchange.cancel(order, now_ns, EndReason.DEAD_MAN)


def _is_of(order: Order, product: str) -> bool:
    return PRODUCTS[order.symbol].category.is_spot == (product == "SPOT")
