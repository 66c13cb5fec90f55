"""One venue under test: the adapter through the real node, and everything that it has said."""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from domain.fills import Fill
from domain.identifiers import order_id_for, venue_client_id
from domain.instruments import Instrument
from domain.market import Quote
from domain.orders import OrderStatus, OrderType, TimeInForce, UnifiedOrder
from domain.sides import Side
from tests.support.simulator_binance import SimulatedBinance
from venues.nautilus.adapter import NautilusAdapter
from venues.nautilus.binance.execution import BinanceListeningClient
from venues.port import FillNews, OrderNews, StreamRestored, VenueEvent
from venues.registry import VenueAccountConfig

SPOT, FUTURES = "BINANCE_SPOT", "BINANCE_FUTURES"
_NEWS_TIMEOUT_S = 5.0
_RECONNECT_TIMEOUT_S = 30.0  # the library waits longer before each further reconnect
_numbers = itertools.count(1)


def venue_configs(simulator: SimulatedBinance) -> list[VenueAccountConfig]:
    """Both products of the simulator, with the keys of the paper profile."""
    return [
        _config(SPOT, "spot", simulator.spot_port, "ws-api/v3", "BTCUSDT"),
        _config(FUTURES, "futures", simulator.futures_port, "ws-fapi/v1", "BTCUSDT-PERP"),
    ]


class VenueOnTest:
    """Writes down all events and the latest quote, and makes orders that nobody made before."""

    def __init__(self, adapter: NautilusAdapter, simulator: SimulatedBinance) -> None:
        self.adapter = adapter
        self.simulator = simulator
        self.name = adapter.venue
        self.instrument_id = adapter.exchange.config.instrument_ids[0]
        self.heard: list[VenueEvent] = []
        self._quote: Quote | None = None
        self._changed = asyncio.Condition()

    async def listen(self) -> None:
        async for event in self.adapter.events():
            async with self._changed:
                self.heard.append(event)
                self._changed.notify_all()

    async def watch(self) -> None:
        async for quote in self.adapter.quotes():
            async with self._changed:
                if quote.instrument_id == self.instrument_id:
                    self._quote = quote
                self._changed.notify_all()

    @property
    def instrument(self) -> Instrument:
        return next(
            known
            for known in self.adapter.instruments()
            if known.instrument_id == self.instrument_id
        )

    async def quote(self) -> Quote:
        """The latest quote, once there is one."""
        async with asyncio.timeout(_NEWS_TIMEOUT_S), self._changed:
            await self._changed.wait_for(lambda: self._quote is not None)
        assert self._quote is not None
        return self._quote

    async def fresh_quote(self, after: datetime) -> Quote:
        """A quote that was received after that time."""
        await self._until(
            lambda: self._quote is not None and self._quote.received_at > after,
            _RECONNECT_TIMEOUT_S,
        )
        assert self._quote is not None
        return self._quote

    async def away(self, side: Side, steps: int = 300) -> Decimal:
        """A price on the lot's tick, `steps` hundredths of a percent away from the touch."""
        quote = await self.quote()
        touch = quote.bid if side is Side.BUY else quote.ask
        raw = touch * (1 - side.sign * Decimal(steps) / 10_000)
        return raw // self.instrument.tick * self.instrument.tick

    async def through(self, side: Side) -> Decimal:
        """A price at which a limit order trades at once."""
        return await self.away(side, steps=-100)

    def order(
        self,
        side: Side = Side.BUY,
        price: Decimal | None = None,
        quantity: str | Decimal = "0.01",
        time_in_force: TimeInForce = TimeInForce.GTC,
        **terms: Any,
    ) -> UnifiedOrder:
        """A new order: MARKET without a price, LIMIT with one."""
        now = datetime.now(UTC)
        client_order_id = f"{now.timestamp():.6f}-{next(_numbers)}"
        order_id = order_id_for("cards", client_order_id)
        base = UnifiedOrder(
            order_id=order_id,
            strategy_id="cards",
            client_order_id=client_order_id,
            fingerprint="",
            instrument_id=self.instrument_id,
            venue=self.name,
            account_id=self.adapter.account_id,
            side=side,
            order_type=OrderType.MARKET if price is None else OrderType.LIMIT,
            quantity=Decimal(quantity),
            price=price,
            time_in_force=time_in_force,
            post_only=False,
            reduce_only=False,
            reference_price=Decimal(1),
            status=OrderStatus.SUBMITTING,
            leg=1,
            venue_client_id=venue_client_id(order_id, 1),
            send_deadline=now + timedelta(seconds=10),
            created_at=now,
            updated_at=now,
        )
        return replace(base, **terms)

    async def resting(self, side: Side = Side.BUY, quantity: str = "0.01") -> UnifiedOrder:
        """A limit order that does not trade where the market is."""
        return self.order(side, await self.away(side), quantity)

    async def end_of(self, order: UnifiedOrder) -> OrderNews:
        """The news that ends the order, once it has come."""

        def found() -> OrderNews | None:
            return next(
                (
                    event
                    for event in self.heard
                    if isinstance(event, OrderNews)
                    and event.venue_client_id == order.venue_client_id
                ),
                None,
            )

        await self._until(lambda: found() is not None)
        news = found()
        assert news is not None
        return news

    async def news_of(self, order: UnifiedOrder, kind: type) -> OrderNews:
        """The first news of that kind about the order, once it has come."""

        def found() -> list[OrderNews]:
            return [news for news in self.news_heard(order) if isinstance(news.event, kind)]

        await self._until(lambda: bool(found()))
        return found()[0]

    async def fills_of(self, order: UnifiedOrder, quantity: Decimal | None = None) -> list[Fill]:
        """The order's streamed fills, once they sum up to the quantity (default: all of it)."""
        wanted = order.quantity if quantity is None else quantity
        await self._until(lambda: sum(f.quantity for f in self.fills_heard(order)) >= wanted)
        return self.fills_heard(order)

    def fills_heard(self, order: UnifiedOrder) -> list[Fill]:
        return [
            event.fill
            for event in self.heard
            if isinstance(event, FillNews) and event.fill.order_id == order.order_id
        ]

    def news_heard(self, order: UnifiedOrder) -> list[OrderNews]:
        return [
            event
            for event in self.heard
            if isinstance(event, OrderNews) and event.venue_client_id == order.venue_client_id
        ]

    async def disconnected(self) -> None:
        """Wait until the adapter has noticed that its user stream is away."""
        async with asyncio.timeout(_NEWS_TIMEOUT_S):
            while self.adapter.health().connected:
                await asyncio.sleep(0.02)

    async def given_up(self) -> None:
        """Wait until the library has given the user stream up, which it says in one flag only."""
        session = self.adapter._session
        assert session is not None
        async with asyncio.timeout(_RECONNECT_TIMEOUT_S):
            assert isinstance(session.client, BinanceListeningClient)
            while not session.client.stream.is_given_up:
                await asyncio.sleep(0.02)

    async def gap(self, after: int) -> None:
        """Wait for a StreamRestored behind the first `after` events."""
        await self._until(
            lambda: any(isinstance(event, StreamRestored) for event in self.heard[after:]),
            _RECONNECT_TIMEOUT_S,
        )

    async def ledger_of(self, order: UnifiedOrder, event: str) -> list[dict[str, Any]]:
        """The simulator's own record of the order's events of one kind."""
        return await self.simulator.ledger(
            venue=self.name, client_order_id=order.venue_client_id, event=event
        )

    async def _until(self, condition: Any, timeout_s: float = _NEWS_TIMEOUT_S) -> None:
        try:
            async with asyncio.timeout(timeout_s), self._changed:
                await self._changed.wait_for(condition)
        except TimeoutError:
            raise AssertionError(f"it did not come; heard were {self.heard[-10:]}") from None


@contextmanager
def tasks_of(*venues: VenueOnTest) -> Iterator[None]:
    """Listen to these venues meanwhile; call it inside the running loop."""
    tasks = [
        asyncio.create_task(work) for venue in venues for work in (venue.listen(), venue.watch())
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()


def _config(venue: str, short: str, port: int, ws_api: str, symbol: str) -> VenueAccountConfig:
    return VenueAccountConfig(
        venue=venue,
        account_id=f"{venue}-main",
        credentials={"api_key": f"paper-{short}-key", "api_secret": f"paper-{short}-secret"},
        instrument_ids=(f"{symbol}.{venue}",),
        urls={
            "http": f"http://127.0.0.1:{port}",
            "ws": f"ws://127.0.0.1:{port}",
            "ws_api": f"ws://127.0.0.1:{port}/{ws_api}",
            "ws_stream": f"ws://127.0.0.1:{port}",
        },
    )
