"""All simulated venues in one process: one market, one beat, one admin port."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from venues.simulators.admin import Admin
from venues.simulators.faults import Faults
from venues.simulators.market import Listing, Market
from venues.simulators.recordings import Recording
from venues.simulators.venue import SimulatedVenue
from venues.simulators.wire import WireLog

BEAT_S = 1.0
SHUTDOWN_S = 1.0


@dataclass(frozen=True, slots=True)
class Served:
    """A venue and where it is to listen (port 0 for a free one)."""

    venue: SimulatedVenue
    port: int


class Simulators:
    """Runs the venues. After ``start`` they are reachable; ``ports`` says where."""

    def __init__(
        self,
        served: Sequence[Served],
        faults: Faults,
        wire: WireLog,
        seed: int,
        host: str,
        recording: Recording | None = None,
    ) -> None:
        self._served = served
        self._host = host
        self._venues: Mapping[str, SimulatedVenue] = {s.venue.name: s.venue for s in served}
        listings = [Listing(s.venue.name, s.venue.exchange) for s in served]
        self._market = Market(listings, seed, recording)
        self._admin = Admin(self._venues, self._market, faults, wire)
        self._admin_runner: web.AppRunner | None = None
        self._beating: asyncio.Task[None] | None = None
        self.ports: dict[str, int] = {}

    async def start(self, admin_port: int) -> None:
        """Quote all books, then listen on every port; raises OSError for a port in use."""
        self._market.step(time.time_ns())
        for served in self._served:
            port = await served.venue.listen(self._host, served.port)
            self.ports[served.venue.name] = port
        self._admin_runner = web.AppRunner(
            self._admin.application(), access_log=None, shutdown_timeout=SHUTDOWN_S
        )
        await self._admin_runner.setup()
        await web.TCPSite(self._admin_runner, self._host, admin_port).start()
        self.ports["admin"] = self._admin_runner.addresses[0][1]
        self._beating = asyncio.create_task(self._beat())

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until ``stop`` is set; raises what stops the market, should it ever fail."""
        assert self._beating is not None
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({stopping, self._beating}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if self._beating.done():
            self._beating.result()

    async def close(self) -> None:
        """Stop the market, close all sockets and ledgers."""
        if self._beating is not None:
            self._beating.cancel()
        for venue in self._venues.values():
            await venue.close()
        if self._admin_runner is not None:
            await self._admin_runner.cleanup()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S - time.time() % BEAT_S)
            now_ns = time.time_ns()
            self._market.step(now_ns)
            for venue in self._venues.values():
                venue.beat(now_ns)
