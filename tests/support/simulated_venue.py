"""One simulated venue in this process and on this loop: the ground truth of a bench."""

import asyncio
import time
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from venues.simulators.cuts import Cut, Streams
from venues.simulators.faults import Faults
from venues.simulators.ledger import LedgerSummary, Record, read_ledger, summarise
from venues.simulators.market import Listing, Market
from venues.simulators.matching import Level, Side, TimeInForce
from venues.simulators.orders import NewOrder, Order, OrderType
from venues.simulators.registry import build_simulator
from venues.simulators.venue import ACCOUNT, Setup, SimulatedVenue
from venues.simulators.wire import WireLog

_HOST = "127.0.0.1"
_BEAT_S = 1.0
_STRIKE_TIMEOUT_S = 5.0
_SEED = 1


class VenueOnLoop:
    """Serve the venue, break it on demand, and tell what really happened there.

    The market stands still: prices move, and makers quote anew, only when a test says so. It can be
    stopped and started again on the same port and ledger, as a venue that was away.
    """

    def __init__(self, venue: str, credentials: Mapping[str, str], folder: Path) -> None:
        self.name = venue
        self.port = 0
        self.ledger_path = folder / f"{venue.lower()}.jsonl"
        self.faults = Faults(_SEED)
        self._credentials = credentials
        self._wire = WireLog()
        self._venue: SimulatedVenue | None = None
        self._market: Market | None = None
        self._starts: dict[str, Decimal] = {}
        self._beating: asyncio.Task[None] | None = None

    @property
    def venue(self) -> SimulatedVenue:
        assert self._venue is not None, f"{self.name} is stopped"
        return self._venue

    @property
    def is_up(self) -> bool:
        return self._venue is not None

    @property
    def market(self) -> Market:
        assert self._market is not None, f"{self.name} is stopped"
        return self._market

    async def start(self, *, roomy: bool = True) -> None:
        """Serve, on the port of last time if there was one. `roomy`: rate limits are out of the
        way; else they are the venue's own."""
        setup = Setup(
            credentials=self._credentials,
            ledger_path=self.ledger_path,
            faults=self.faults,
            wire=self._wire,
            now_ns=time.time_ns(),
            roomy=roomy,
        )
        self._venue = build_simulator(self.name, setup)
        self._market = Market([Listing(self.name, self._venue.exchange)], _SEED)
        self._market.freeze(None, frozen=True)
        self._market.step(time.time_ns())
        for symbol in self._venue.exchange.instruments:
            price = self._market.price(symbol)
            assert price is not None, f"{symbol} has no price"
            self._starts[symbol] = price
        self.port = await self._venue.listen(_HOST, self.port)
        self._beating = asyncio.create_task(self._beat(), name=f"beat-of-{self.name}")

    async def stop(self) -> None:
        """Go away: connections die, working orders stay."""
        if self._beating is not None:
            self._beating.cancel()
            self._beating = None
        if self._venue is not None:
            await self._venue.close()
            self._venue = self._market = None

    # --- what goes wrong ---

    def arm(self, kind: str, **definition: Any) -> None:
        """Arm a fault of this venue; see `venues.simulators.fault_kinds`."""
        self.faults.add({"kind": kind, "venue": self.name, **definition})

    async def struck(self, kind: str) -> None:
        """Wait until an armed fault of that kind has struck."""
        async with asyncio.timeout(_STRIKE_TIMEOUT_S):
            while not any(fault.strikes for fault in self.faults.armed() if fault.kind == kind):
                await asyncio.sleep(0.02)

    def drop_streams(self, refuse_s: float = 0, streams: Streams = Streams.PRIVATE) -> int:
        """Abort the streams, refuse new private ones for a while; returns how many died."""
        return self.venue.cut_streams(Cut(refuse_s=refuse_s, streams=streams))

    def trade_by_hand(self, symbol: str, quantity: Decimal) -> Order:
        """Somebody buys at the market in our account, under an id that is not ours."""
        new = NewOrder(
            account=ACCOUNT,
            client_order_id=f"byhand{time.time_ns()}",
            symbol=symbol,
            side=Side.BUY,
            type=OrderType.MARKET,
            quantity=quantity,
            time_in_force=TimeInForce.IOC,
        )
        order = self.venue.exchange.submit(new, time.time_ns())
        assert isinstance(order, Order), f"refused: {order}"
        return order

    def let_expire(self, ahead: timedelta) -> None:
        """End what has been good for as long, as if so much time had passed."""
        self.venue.exchange.expire_due(time.time_ns() + round(ahead.total_seconds() * 10**9))

    # --- the market ---

    def move(self, symbol: str, mid: Decimal) -> None:
        """Put the market there at once, a public trade included: last, mark and quotes agree."""
        assert symbol in self._starts, f"{self.name} has no {symbol!r}; it has {[*self._starts]}"
        now_ns = time.time_ns()
        self.market.jump(symbol, mid, now_ns)
        smallest = self.venue.exchange.instruments[symbol].step
        for side in (Side.BUY, Side.SELL):
            self.venue.exchange.market_trade(symbol, side, smallest, now_ns)

    def top(self, symbol: str) -> tuple[Level, Level]:
        """The best bid and ask of the venue's book."""
        book = self.venue.exchange.books[symbol]
        [bid], [ask] = book.levels(Side.BUY, 1), book.levels(Side.SELL, 1)
        return bid, ask

    def print(self, symbol: str, quantity: Decimal) -> None:
        """A public trade: somebody without an account buys."""
        self.venue.exchange.market_trade(symbol, Side.BUY, quantity, time.time_ns())

    def restore_market(self) -> None:
        """Every price is again what it was at the start."""
        # Found first: instruments of one underlying share a price, and each needs its own trade.
        moved = {s: start for s, start in self._starts.items() if self.market.price(s) != start}
        for symbol, start in moved.items():
            self.move(symbol, start)

    # --- the truth ---

    def ledger(self, **wanted: str) -> list[Record]:
        """The ledger's records that have these values, oldest first."""
        needle = max(wanted.values(), key=len, default="")
        return [
            record
            for record in read_ledger(self.ledger_path, needle)
            if all(str(record.get(name)) == value for name, value in wanted.items())
        ]

    def summary(self) -> LedgerSummary:
        """The whole ledger, folded."""
        return summarise(read_ledger(self.ledger_path))

    def commands(self, client_order_id: str | None = None) -> list[dict[str, Any]]:
        """The order commands that arrived (for one client id), in the order of their arrival."""
        return [
            record
            for record in self._wire.since(0)
            if client_order_id in (None, record["client_order_id"])
        ]

    def tidy(self) -> None:
        """No faults, no working orders, the market where it was: what the next card expects."""
        self.faults.clear()
        if self._venue is None:
            return
        self._venue.silence_market_data(silent=False)
        now_ns = time.time_ns()
        for order in [order for order in self._venue.exchange.state.orders if order.is_open]:
            self._venue.exchange.cancel(order, now_ns)
        self.restore_market()
        self.market.step(now_ns)  # what was taken from the books is quoted again

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(_BEAT_S)
            now_ns = time.time_ns()
            self.venue.exchange.expire_due(now_ns)
            self.venue.beat(now_ns)
