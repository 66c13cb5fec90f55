"""LiveEngine: hosts the one NautilusTrader node of this process and keeps it up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType

from domain.orders import UnifiedOrder
from domain.outcomes import Rejected, SubmitOutcome
from venues.nautilus.adapter import NautilusAdapter
from venues.nautilus.config import NautilusVenueConfig
from venues.nautilus.hosted_node import HostedNode, NodeNotStarted
from venues.nautilus.rejections import DENIED_LOCALLY

_LOG = logging.getLogger(__name__)
_PAUSES_S = (0.5, 1, 2, 5, 10)  # between attempts to start; the last one repeats


class LiveEngine:
    """Start, execute_order, stop. One per process: NautilusTrader's logger and runtime are global.

    A node that does not come up, or ends by itself, is torn down and built anew until `stop`.
    """

    def __init__(
        self,
        configs: Sequence[NautilusVenueConfig],
        trader_id: str = "ODUM-001",
        start_timeout: timedelta = timedelta(seconds=15),
    ) -> None:
        self._trader_id = trader_id
        self._start_timeout = start_timeout
        self._adapters = {config.venue: NautilusAdapter(config) for config in configs}
        self.adapters: Mapping[str, NautilusAdapter] = MappingProxyType(self._adapters)
        self._running = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        return self._running.is_set()

    async def start(self) -> None:
        """Return once trading is possible; until then keep trying. Raises if the node is impossible
        to build, which no retry would change."""
        self._keeper = asyncio.create_task(self._keep_up(), name="nautilus-node")
        running = asyncio.create_task(self._running.wait())
        try:
            await asyncio.wait({running, self._keeper}, return_when=asyncio.FIRST_COMPLETED)
            if self._keeper.done():
                self._keeper.result()
        finally:
            running.cancel()

    async def execute_order(self, order: UnifiedOrder) -> SubmitOutcome:
        """Send the order to its venue once; the outcome is the venue's, see the port."""
        adapter = self._adapters.get(order.venue)
        if adapter is None:
            return Rejected(DENIED_LOCALLY, f"this engine does not serve {order.venue}.")
        return await adapter.submit_order(order)

    async def stop(self) -> None:
        """Leave the venues. Working orders stay where they are."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None

    async def _keep_up(self) -> None:
        attempt = 0
        while True:
            node = HostedNode(self._trader_id, self._adapters, self._start_timeout)
            try:
                await node.start()
                attempt = 0
                self._running.set()
                await node.wait_until_over()
                _LOG.error("The trading node ended by itself; it is built anew.")
            except NodeNotStarted as problem:
                pause_s = _PAUSES_S[min(attempt, len(_PAUSES_S) - 1)]
                attempt += 1
                _LOG.warning("%s Next attempt in %s s.", problem, pause_s)
                await node.stop()
                await asyncio.sleep(pause_s)
            finally:
                self._running.clear()
                await node.stop()
