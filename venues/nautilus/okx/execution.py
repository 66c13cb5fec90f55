"""The library's execution client with our own commands and private streams; see the package."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterable, Sequence

from nautilus_trader.adapters.okx.execution import OKXExecutionClient
from nautilus_trader.execution.messages import SubmitOrder
from nautilus_trader.model.events import OrderEvent, OrderFilled, OrderRejected
from nautilus_trader.model.identifiers import StrategyId, VenueOrderId
from nautilus_trader.model.objects import AccountBalance, Currency, Money

from domain.identifiers import order_id_of_venue_client_id
from domain.outcomes import Accepted, Rejected
from venues.nautilus.listener import VenueListener
from venues.nautilus.listening import ListeningClient
from venues.nautilus.okx.commands import OkxCommands
from venues.nautilus.okx.order_news import (
    Names,
    algo_events,
    amendment_failed,
    client_id_of,
    order_events,
)
from venues.nautilus.okx.order_owners import OrderOwners
from venues.nautilus.okx.queries import OkxQueries
from venues.nautilus.okx.rest import OkxRest, Row
from venues.nautilus.okx.user_socket import UserSocket

_LOG = logging.getLogger(__name__)
_TOLD_MOST = 20_000
_READ = (KeyError, ValueError, TypeError, ArithmeticError)
_GATEWAY = StrategyId("GATEWAY-000")

PRIVATE = [{"channel": "orders", "instType": "ANY"}, {"channel": "account"}]
BUSINESS = [
    {"channel": "orders-algo", "instType": "ANY"},
    {"channel": "algo-advance", "instType": "ANY"},
]


class _OwnStreams(OKXExecutionClient):
    """Connects its own sockets in the place of the library's."""

    listener: VenueListener
    rest: OkxRest
    owners: OrderOwners
    queries: OkxQueries
    commands: OkxCommands
    sockets: tuple[UserSocket, ...] = ()

    def equip(
        self,
        rest: OkxRest,
        queries: OkxQueries,
        commands: OkxCommands,
        listener: VenueListener,
        owners: OrderOwners,
    ) -> None:
        """Take the means of asking and hearing; before it connects."""
        self.rest = rest
        self.owners = owners
        self.queries = queries
        self.commands = commands
        self.listener = listener
        self._told_fills: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._refused: dict[str, bool] = {}
        """Of each submit under way, whether the stream has refused the order."""

    async def _connect(self) -> None:
        await self._instrument_provider.initialize()
        await self._cache_instruments()
        await self._update_account_state()
        await self._await_account_registered()
        self.sockets = (
            self._socket("private", PRIVATE),
            self._socket("business", BUSINESS),
        )
        try:
            for socket in self.sockets:
                await socket.start()
        except BaseException:
            await self._disconnect()
            raise

    async def _disconnect(self) -> None:
        for socket in self.sockets:
            await socket.stop()
        self._http_client.cancel_all_requests()

    async def _update_account_state(self) -> None:
        """By our own question: the library rounds total, locked and free each for itself, and
        then refuses what no longer adds up."""
        balances = []
        for balance in await self.queries.balances():
            currency = Currency.from_str(balance.currency)
            total, free = Money(balance.total, currency), Money(balance.free, currency)
            locked = Money(total.as_decimal() - free.as_decimal(), currency)
            balances.append(AccountBalance(total=total, locked=locked, free=free))
        self.generate_account_state(
            balances=balances, margins=[], reported=True, ts_event=self._clock.timestamp_ns()
        )

    def _socket(self, path: str, subscriptions: Sequence[dict[str, str]]) -> UserSocket:
        return UserSocket(
            self.rest,
            path,
            subscriptions,
            on_rows=self._on_rows,
            on_restored=lambda: self.listener.on_gap(f"the {path} stream was away"),
            on_message=self.listener.on_message,
        )

    def _on_rows(self, channel: str, rows: Sequence[Row]) -> None:
        raise NotImplementedError


class OkxListeningClient(ListeningClient, _OwnStreams):
    """Tells its listener what the venue says, and the node after that."""

    @property
    def stream_is_live(self) -> bool:
        return bool(self.sockets) and all(socket.is_live for socket in self.sockets)

    async def _submit_order(self, command: SubmitOrder) -> None:
        """Send the request that `OkxExchange.submit_params` wrote. An order in doubt stays
        SUBMITTED in the node, which is the truth; the listener knows why."""
        order = command.order
        named = {
            "strategy_id": order.strategy_id,
            "instrument_id": order.instrument_id,
            "client_order_id": order.client_order_id,
        }
        self.generate_order_submitted(**named, ts_event=self._clock.timestamp_ns())
        self._refused[order.client_order_id.value] = False
        try:
            outcome = await self.commands.submit(**command.params)
        finally:
            refused = self._refused.pop(order.client_order_id.value)
        if isinstance(outcome, Accepted) and (refused or order.is_closed):
            return  # the stream was quicker, and has told how it ended
        self.listener.on_answer(order.client_order_id.value, outcome)
        now_ns = self._clock.timestamp_ns()
        match outcome:
            case Accepted(venue_order_id) if order.venue_order_id is None:
                self.generate_order_accepted(
                    **named, venue_order_id=VenueOrderId(venue_order_id), ts_event=now_ns
                )
            case Rejected(code, reason):
                self.generate_order_rejected(**named, reason=f"{code}: {reason}", ts_event=now_ns)

    def _on_rows(self, channel: str, rows: Sequence[Row]) -> None:
        match channel:
            case "orders":
                make = order_events
            case "orders-algo" | "algo-advance":
                make = algo_events
            case _:
                return
        for row in rows:
            client_id = client_id_of(row)
            if order_id_of_venue_client_id(client_id) is None:
                _LOG.info("OKX: news of an order that is not ours: %s", row.get("ordId"))
                continue
            if number := str(row.get("ordId") or ""):
                self.owners.learn(number, client_id)
            try:
                events = list(make(row, self._names()))
            except _READ:
                _LOG.exception("OKX: a row of %s cannot be read: %r", channel, row)
                self.listener.on_gap("news of an order could not be read")
                continue
            if amendment_failed(row):
                self.listener.on_gap("an amendment came to nothing")
            self._tell(events)

    def _tell(self, events: Iterable[OrderEvent]) -> None:
        for event in events:
            if isinstance(event, OrderFilled) and self._was_told(event):
                continue
            if isinstance(event, OrderRejected) and event.client_order_id.value in self._refused:
                self._refused[event.client_order_id.value] = True
            order = self._cache.order(event.client_order_id)
            if order is None:
                self.listener.on_order_event(event)
                continue
            if event.venue_order_id is not None and order.venue_order_id != event.venue_order_id:
                # A stop that has triggered lives on under another number.
                self._cache.add_venue_order_id(
                    event.client_order_id, event.venue_order_id, overwrite=True
                )
            self._send_order_event(event)

    def _was_told(self, event: OrderFilled) -> bool:
        key = event.venue_order_id.value, event.trade_id.value
        if key in self._told_fills:
            return True
        self._told_fills[key] = None
        if len(self._told_fills) > _TOLD_MOST:
            self._told_fills.popitem(last=False)
        return False

    def _names(self) -> Names:
        return Names(
            trader=self.trader_id,
            strategy=_GATEWAY,
            account=self.account_id,
            venue=self.rest.settings.venue,
        )
