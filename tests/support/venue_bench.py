"""A venue on the bench: its simulator, and its adapter through the real client library."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from domain.fills import Fill
from domain.instruments import Instrument, InstrumentKind
from domain.market import Quote
from domain.order_life import apply
from domain.orders import OrderStatus, UnifiedOrder
from domain.outcomes import Accepted, SubmitOutcome
from domain.sides import Side
from tests.support.bench_hearing import NEWS_TIMEOUT_S, RECOVERY_TIMEOUT_S, Hearing
from tests.support.bench_orders import Ticket
from tests.support.bench_spec import BenchSpec
from tests.support.simulated_venue import VenueOnLoop
from venues.port import ExternalAdapter, VenueHost
from venues.registry import make_host
from venues.simulators.ledger import Record
from venues.simulators.matching import Side as SimulatedSide

_START_TIMEOUT_S = 40.0
_WHOLE_BOOK = 10_000


class VenueBench(Hearing):
    """Start it on the loop of the test. Never two with NautilusTrader at a time in one process."""

    def __init__(self, spec: BenchSpec, folder: Path) -> None:
        super().__init__(spec.venue)
        self.spec = spec
        self.sim = VenueOnLoop(spec.venue, spec.credentials, folder)
        self._host: VenueHost | None = None
        self._listening: list[asyncio.Task[None]] = []

    # --- its life ---

    async def start(self) -> None:
        await self.sim.start()
        await self.start_adapter()

    async def stop(self) -> None:
        try:
            await self.stop_adapter()
        finally:
            await self.sim.stop()

    async def start_adapter(self) -> None:
        """A new host, as a new process would make it."""
        assert self._host is None, "stop the adapter first"
        self._host = make_host([self.spec.config(self.sim.port)])
        self._listening = [
            asyncio.create_task(self.listen(self.adapter)),
            asyncio.create_task(self.watch(self.adapter)),
        ]
        async with asyncio.timeout(_START_TIMEOUT_S):
            await self._host.start()

    async def stop_adapter(self) -> None:
        host, self._host = self._host, None
        for task in self._listening:
            task.cancel()
        results = await asyncio.gather(*self._listening, return_exceptions=True)
        self._listening = []
        if host is not None:
            await host.stop()
        broken = [result for result in results if isinstance(result, Exception)]
        assert not broken, f"a stream of {self.name} broke: {broken}"

    @asynccontextmanager
    async def true_limits(self) -> AsyncIterator[None]:
        """The venue with its own rate limits; the next card finds it roomy again."""
        await self.stop_adapter()
        await self.sim.stop()
        await self.sim.start(roomy=False)
        try:
            await self.start_adapter()
            yield
        finally:
            await self.stop_adapter()
            await self.sim.stop()

    async def mend(self) -> None:
        """Up again, whatever a failed card has left."""
        self.sim.tidy()
        if not self.sim.is_up:
            await self.sim.start()
        if self._host is None:
            await self.start_adapter()

    async def restart_adapter(self) -> None:
        """As after the end of the process: nothing is remembered but what the venue has."""
        await self.stop_adapter()
        self.quotes.clear()
        await self.start_adapter()

    @property
    def adapter(self) -> ExternalAdapter:
        assert self._host is not None, f"the adapter of {self.name} is stopped"
        return self._host.adapters[self.name]

    # --- what is traded, and at which prices ---

    @property
    def instrument_id(self) -> str:
        return self.spec.instruments[0]

    @property
    def contract_id(self) -> str | None:
        """The first instrument in which there are positions; None on a spot venue."""
        for instrument_id in self.spec.instruments:
            if self.instrument(instrument_id).kind is not InstrumentKind.SPOT:
                return instrument_id
        return None

    def instrument(self, instrument_id: str | None = None) -> Instrument:
        wanted = instrument_id or self.instrument_id
        known = {one.instrument_id: one for one in self.adapter.instruments()}
        assert wanted in known, f"{self.name} does not tell of {wanted}, only of {sorted(known)}"
        return known[wanted]

    async def quote(self, instrument_id: str | None = None) -> Quote:
        """The latest quote, once there is one."""
        wanted = instrument_id or self.instrument_id
        await self.until(lambda: wanted in self.quotes, f"a quote of {wanted}")
        return self.quotes[wanted]

    async def quote_after(self, after: datetime, instrument_id: str | None = None) -> Quote:
        """A quote that was received after that time: market data flows again."""
        wanted = instrument_id or self.instrument_id
        await self.until(
            lambda: wanted in self.quotes and self.quotes[wanted].received_at > after,
            f"a quote of {wanted} after {after}",
            RECOVERY_TIMEOUT_S,
        )
        return self.quotes[wanted]

    async def ticket(self, instrument_id: str | None = None) -> Ticket:
        """For orders at the prices of now: the adapter's quote is what the venue's book shows."""
        wanted = instrument_id or self.instrument_id
        await self.until(lambda: self._is_true(wanted), f"the quote of {wanted} that its book has")
        return Ticket(self.adapter.account_id, self.instrument(wanted), self.quotes[wanted])

    def _is_true(self, instrument_id: str) -> bool:
        quote = self.quotes.get(instrument_id)
        if quote is None:
            return False
        bid, ask = self.sim.top(self.symbol(instrument_id))
        return (quote.bid, quote.bid_size, quote.ask, quote.ask_size) == (*bid, *ask)

    def symbol(self, instrument_id: str | None = None) -> str:
        """What the simulator calls it."""
        wanted = instrument_id or self.instrument_id
        return self.spec.symbols.get(wanted) or self.instrument(wanted).symbol

    async def move(self, mid: Decimal, instrument_id: str | None = None) -> Quote:
        """Put the market there; returns the quote that the adapter heard of it."""
        wanted = instrument_id or self.instrument_id
        before = datetime.now(UTC)
        self.sim.move(self.symbol(wanted), mid)
        return await self.quote_after(before, wanted)

    # --- orders and what became of them ---

    def in_background[Answer](self, work: Coroutine[Any, Any, Answer]) -> "asyncio.Task[Answer]":
        """Start it now; await the task for what it came to."""
        return asyncio.create_task(work)

    async def submit(self, order: UnifiedOrder) -> SubmitOutcome:
        """As the desk does: wait for its turn, then send it. Raises NoRoom, VenueUnreachable."""
        refused = await self.adapter.ready_to_submit(order)
        if refused is not None:
            return refused
        return await self.adapter.submit_order(replace(order, submitted_at=datetime.now(UTC)))

    async def accepted(self, order: UnifiedOrder) -> Accepted:
        """Submit an order that the venue must take."""
        outcome = await self.submit(order)
        assert isinstance(outcome, Accepted), f"{outcome} for {order}"
        return outcome

    async def position(self, instrument_id: str) -> Decimal:
        """What the venue says is held, signed."""
        reports = await self.adapter.positions()
        held = [report.quantity for report in reports if report.instrument_id == instrument_id]
        assert len(held) <= 1, f"{self.name} reports one position twice: {reports}"
        return held[0] if held else Decimal(0)

    async def flatten(self, instrument_id: str) -> None:
        """Trade what is held back to nothing."""
        held = await self.position(instrument_id)
        if held:
            ticket = await self.ticket(instrument_id)
            side = Side.SELL if held > 0 else Side.BUY
            order = ticket.market(side, quantity=abs(held))
            await self.accepted(order)
            await self.filled(order)
        assert await self.position(instrument_id) == 0

    async def pulled(self, order: UnifiedOrder, back: timedelta = timedelta(hours=1)) -> list[Fill]:
        """The order's fills as the venue's history has them."""
        fills = await self.adapter.fills_since(datetime.now(UTC) - back)
        return [fill for fill in fills if fill.order_id == order.order_id]

    def as_told(self, order: UnifiedOrder) -> UnifiedOrder:
        """The order as what was heard of it makes it, event by event."""
        now = datetime.now(UTC)
        told = replace(order, status=OrderStatus.SUBMITTING, submitted_at=now)
        for event in self.events_of(order):
            told = apply(told, event, now) or told
        return told

    async def noticed(self, before: int, within_s: float) -> None:
        """Wait until the adapter has noticed that it is cut off; it may be back already, and then
        tells so behind the first `before` events."""
        async with asyncio.timeout(within_s):
            while self.adapter.health().connected and not self.was_restored(before):
                await asyncio.sleep(0.02)

    async def disconnected(self) -> None:
        """Wait until the adapter has noticed that it is cut off."""
        async with asyncio.timeout(RECOVERY_TIMEOUT_S):
            while self.adapter.health().connected:
                await asyncio.sleep(0.02)

    async def back_on_stream(self) -> None:
        """Wait until the adapter is connected, after a fault that may have cut it off."""
        async with asyncio.timeout(RECOVERY_TIMEOUT_S):
            while not self.adapter.health().connected:
                await asyncio.sleep(0.02)

    async def sim_saw(self, order: UnifiedOrder, action: str) -> None:
        """Wait until the command for the order has reached the venue."""
        async with asyncio.timeout(NEWS_TIMEOUT_S):
            while action not in {
                record["action"] for record in self.sim.commands(order.venue_client_id)
            }:
                await asyncio.sleep(0.005)

    async def fill_rest(self, order: UnifiedOrder) -> None:
        """Move the market through a resting order."""
        assert order.price is not None
        one_percent = order.price / 100
        await self.move(order.price - order.side.sign * one_percent, order.instrument_id)

    def shown_at(self, order: UnifiedOrder) -> Decimal:
        """What the venue's public book shows at the order's side and price."""
        book = self.sim.venue.exchange.books[self.symbol(order.instrument_id)]
        levels = book.levels(SimulatedSide(order.side.value), _WHOLE_BOOK)
        return next((shown for price, shown in levels if price == order.price), Decimal(0))

    def ledger_of(self, order: UnifiedOrder, event: str) -> list[Record]:
        """The simulator's own record of the order's events of one kind."""
        return self.sim.ledger(client_order_id=order.venue_client_id, event=event)
