"""One life of one trading node, from construction to its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from nautilus_trader.model.events import OrderDenied
from nautilus_trader.model.identifiers import ClientId, InstrumentId

from domain.instruments import Instrument
from venues.nautilus.adapter import NautilusAdapter, Session
from venues.nautilus.gateway import GatewayStrategy
from venues.nautilus.instruments import known_instruments
from venues.nautilus.listening import ListeningClient
from venues.nautilus.node import GuestNode, build_node
from venues.nautilus.offer_keeper import OfferKeeper
from venues.nautilus.working_orders import WorkingOrder, known_to_node
from venues.port import VenueUnreachable

_LOG = logging.getLogger(__name__)
_POLL_S = 0.05
_STOP_TIMEOUT_S = 5.0

# The first node starts NautilusTrader's logger, which would end when its guard is collected.
_log_guards: list[Any] = []


class NodeNotStarted(Exception):
    """The node did not come up in time, or cannot with what the venues say now."""

    def __init__(self, text: str, reasons: Mapping[str, str] | None = None) -> None:
        """`reasons` are why, by venue; none where nobody can say because of whom."""
        super().__init__(text)
        self.reasons: Mapping[str, str] = reasons or {}


class HostedNode:
    """A node that is a guest on our loop, for what each venue offers.

    Never `node.dispose()`: it would stop the loop and cancel everybody's tasks on it.
    """

    def __init__(
        self,
        trader_id: str,
        adapters: Mapping[str, NautilusAdapter],
        offers: Mapping[str, Collection[str]],
        start_timeout: timedelta,
    ) -> None:
        self._adapters = adapters
        self._offers = offers
        self._start_timeout_s = start_timeout.total_seconds()
        self._node: GuestNode = build_node(
            trader_id,
            {
                venue: adapter.exchange.node_clients(adapter.hearing, offers[venue])
                for venue, adapter in adapters.items()
            },
            self._start_timeout_s,
        )
        guard = self._node.kernel.get_log_guard()
        if guard is not None:
            _log_guards.append(guard)
        self._gateway = GatewayStrategy(
            {
                text: adapter.exchange.books
                for adapter in adapters.values()
                for text in adapter.exchange.config.instrument_ids
            },
            boards=lambda venue: adapters[venue].board,
            on_denied=self._on_denied,
        )
        self._node.trader.add_strategy(self._gateway)
        self._node.build()
        self._run: asyncio.Task[None] | None = None
        self._sessions: dict[str, Session] = {}

    async def start(self) -> None:
        """Return when the node trades. Raises NodeNotStarted.

        The node's own start never fails: at its time-out it logs a line and idles. So we look at
        the trader, with a deadline of our own.
        """
        self._run = asyncio.create_task(self._node.run_async(), name="nautilus-run")
        try:
            async with asyncio.timeout(self._start_timeout_s):
                while not self._node.trader.is_running:
                    self._raise_if_hopeless(self._run)
                    await asyncio.sleep(_POLL_S)
        except TimeoutError as error:
            raise NodeNotStarted(
                f"The trading node did not start within {self._start_timeout_s:g} s; its own log "
                "lines say which venue did not answer",
                {
                    venue: "it was not connected in time"
                    for venue in self._adapters
                    if not self._is_connected(venue)
                },
            ) from error
        self._sessions = {venue: self._session(venue) for venue in self._adapters}
        found = await asyncio.gather(*(self._prepared(venue) for venue in self._sessions))
        problems = {venue: why for venue, why in zip(self._sessions, found, strict=True) if why}
        if problems:
            raise NodeNotStarted(f"The trading node cannot be used: {problems}", problems)
        for venue, session in self._sessions.items():
            self._adapters[venue].attach(session)

    async def wait_until_over(self) -> None:
        """Return when the node has ended by itself; meanwhile look after its streams."""
        assert self._run is not None, "start comes first"
        async with asyncio.TaskGroup() as watches:
            tasks = [
                watches.create_task(keeper.watch())
                for venue, session in self._sessions.items()
                for keeper in (
                    *session.exchange.keepers(),
                    OfferKeeper(self._adapters[venue], session, self._known),
                )
            ]
            await asyncio.wait({self._run})
            for task in tasks:
                task.cancel()

    async def stop(self) -> None:
        """Leave the venues and free the node."""
        for adapter in self._adapters.values():
            adapter.detach("the trading node stopped before the venue answered")
        if self._run is not None:
            if not self._node.trader.is_running:
                self._run.cancel()  # it may still be in its start, and would go on with that
            await self._node.stop_async()
            await asyncio.wait({self._run}, timeout=_STOP_TIMEOUT_S)
            self._run.cancel()
        self._node.kernel.dispose()

    def _raise_if_hopeless(self, run: asyncio.Task[None]) -> None:
        if run.done():
            raise NodeNotStarted(f"The trading node ended while starting: {run.exception()}")
        problems = {
            venue: problem
            for venue in self._adapters
            if (problem := self._client(venue).start_problem) is not None
        }
        if problems:
            raise NodeNotStarted(f"The trading node cannot start: {problems}", problems)

    def _is_connected(self, venue: str) -> bool:
        data = self._node.kernel.data_engine._clients[ClientId(venue)]  # noqa: SLF001
        return bool(self._client(venue).is_connected and data.is_connected)

    def _session(self, venue: str) -> Session:
        adapter = self._adapters[venue]
        client = self._client(venue)
        data = self._node.kernel.data_engine._clients[ClientId(venue)]  # noqa: SLF001
        return Session(
            gateway=self._gateway,
            client=client,
            exchange=adapter.exchange.session(client, data, adapter.board),
        )

    async def _prepared(self, venue: str) -> str | None:
        """Let the adapter know what is traded, and the node our working orders; why it cannot be,
        or None."""
        try:
            self._adapters[venue].offer.renew(self._known(self._offers[venue]))
            orders = await self._sessions[venue].exchange.working_orders()
        except VenueUnreachable as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 - the border of the library: its reason alone
            _LOG.exception("%s cannot be prepared", venue)
            return f"{type(error).__name__}: {error}"
        for order in orders:
            self._tell_node(venue, order)
        return None

    def _known(self, offered: Collection[str]) -> dict[str, Instrument]:
        """Those that the node has and we trade, in our words."""
        return known_instruments(
            self._node.cache.instrument(InstrumentId.from_str(text)) for text in offered
        )

    def _tell_node(self, venue: str, order: WorkingOrder) -> None:
        """One that the node does not take costs nobody anything: its news make us ask for it."""
        kernel, client = self._node.kernel, self._client(venue)
        try:
            report = known_to_node(order, client.account_id, kernel.clock.timestamp_ns())
            kernel.exec_engine.reconcile_execution_report(report)
        except Exception:  # noqa: BLE001 - the border of the library
            _LOG.exception("%s: the node does not take %s", venue, order)

    def _client(self, venue: str) -> ListeningClient:
        client = self._node.kernel.exec_engine._clients[ClientId(venue)]  # noqa: SLF001
        assert isinstance(client, ListeningClient), "built by our factory"
        return client

    def _on_denied(self, event: OrderDenied) -> None:
        self._adapters[event.instrument_id.venue.value].hearing.on_denied(event)
