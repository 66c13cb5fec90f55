"""Everything that an adapter has said, and waiting for what it will say."""

import asyncio
from collections.abc import Callable
from decimal import Decimal

from domain.fills import Fill
from domain.market import Quote
from domain.order_events import (
    FillBooked,
    OrderEvent,
    VenueCanceled,
    VenueExpired,
    VenueRejected,
)
from domain.orders import UnifiedOrder
from venues.port import (
    ExternalAdapter,
    FillNews,
    MarketEvent,
    OrderNews,
    StreamRestored,
    VenueEvent,
)

NEWS_TIMEOUT_S = 5.0
RECOVERY_TIMEOUT_S = 20.0
_ENDS = (VenueCanceled, VenueExpired, VenueRejected)


class Hearing:
    """Writes down all events and market data, over every life of the adapter."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.heard: list[VenueEvent] = []
        self.market: list[MarketEvent] = []
        self.quotes: dict[str, Quote] = {}
        self._changed = asyncio.Condition()

    async def listen(self, adapter: ExternalAdapter) -> None:
        """Without end: start it as a task."""
        async for event in adapter.events():
            async with self._changed:
                self.heard.append(event)
                self._changed.notify_all()

    async def watch(self, adapter: ExternalAdapter) -> None:
        """Without end: start it as a task."""
        async for event in adapter.market_data():
            async with self._changed:
                self.market.append(event)
                if isinstance(event, Quote):
                    self.quotes[event.instrument_id] = event
                self._changed.notify_all()

    async def end_of(self, order: UnifiedOrder, timeout_s: float = NEWS_TIMEOUT_S) -> OrderNews:
        """The news that ends the order without a fill, once it has come."""

        def ends() -> list[OrderNews]:
            return [news for news in self.news_of(order) if isinstance(news.event, _ENDS)]

        await self.until(lambda: bool(ends()), f"the end of {order.venue_client_id}", timeout_s)
        return ends()[0]

    async def news(
        self, order: UnifiedOrder, kind: type, timeout_s: float = NEWS_TIMEOUT_S
    ) -> OrderNews:
        """The order's first news of that kind, e.g. VenueTriggered, once it has come."""

        def found() -> list[OrderNews]:
            return [news for news in self.news_of(order) if isinstance(news.event, kind)]

        what = f"{kind.__name__} of {order.venue_client_id}"
        await self.until(lambda: bool(found()), what, timeout_s)
        return found()[0]

    def news_of(self, order: UnifiedOrder) -> list[OrderNews]:
        return [
            event
            for event in self.heard
            if isinstance(event, OrderNews) and event.venue_client_id == order.venue_client_id
        ]

    async def filled(
        self,
        order: UnifiedOrder,
        quantity: Decimal | None = None,
        timeout_s: float = NEWS_TIMEOUT_S,
    ) -> list[Fill]:
        """The order's streamed fills, each once, when they sum up to the quantity (all of it)."""
        wanted = order.quantity if quantity is None else quantity

        def total() -> Decimal:
            return sum((fill.quantity for fill in self.fills_of(order)), Decimal(0))

        what = f"fills of {wanted} for {order.venue_client_id}"
        await self.until(lambda: total() >= wanted, what, timeout_s)
        return self.fills_of(order)

    def fills_of(self, order: UnifiedOrder) -> list[Fill]:
        """What was heard, duplicates left out: events are told at least once."""
        return list({fill.trade_id: fill for fill in self.fills_heard(order)}.values())

    def fills_heard(self, order: UnifiedOrder) -> list[Fill]:
        return [
            event.fill
            for event in self.heard
            if isinstance(event, FillNews) and event.fill.order_id == order.order_id
        ]

    def events_of(self, order: UnifiedOrder) -> list[OrderEvent]:
        """All news of the order, in the order in which they were heard; each fill once."""
        fills = {fill.trade_id for fill in self.fills_heard(order)}
        events: list[OrderEvent] = []
        for told in self.heard:
            if isinstance(told, OrderNews) and told.venue_client_id == order.venue_client_id:
                events.append(told.event)
            elif isinstance(told, FillNews) and told.fill.trade_id in fills:
                fills.discard(told.fill.trade_id)
                events.append(FillBooked(told.fill))
        return events

    def was_restored(self, after: int) -> bool:
        """Whether there is a StreamRestored behind the first `after` events."""
        return any(isinstance(event, StreamRestored) for event in self.heard[after:])

    async def restored(self, after: int, timeout_s: float = RECOVERY_TIMEOUT_S) -> None:
        """Wait for a StreamRestored behind the first `after` events that were heard."""
        await self.until(lambda: self.was_restored(after), "StreamRestored", timeout_s)

    async def until(
        self, condition: Callable[[], bool], what: str, timeout_s: float = NEWS_TIMEOUT_S
    ) -> None:
        """Wait for what the adapter tells, no longer than that."""
        try:
            async with asyncio.timeout(timeout_s), self._changed:
                await self._changed.wait_for(condition)
        except TimeoutError:
            heard = "\n".join(str(event) for event in self.heard[-10:])
            raise AssertionError(
                f"{self.name}: {what} did not come within {timeout_s:g} s; heard last:\n{heard}"
            ) from None
