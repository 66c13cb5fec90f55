"""LiveEngine: hosts the one NautilusTrader node of this process and keeps it up.

`adapters` can be used before `start` returns: commands then answer Unknown (nothing was sent) and
questions raise VenueUnreachable. Events are told at least once: book fills by their unique key.
`StreamRestored` means: pull `fills_since` and the open orders. The node is never the caller's to
stop; it installs no signal handler, so the process keeps its own.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType

from domain.orders import UnifiedOrder
from domain.outcomes import SubmitOutcome
from venues.nautilus.adapter import NautilusAdapter
from venues.nautilus.exchange import Timeouts
from venues.nautilus.exchanges import make_exchange
from venues.nautilus.hosted_node import HostedNode, NodeNotStarted
from venues.nautilus.rejections import denied
from venues.nautilus.roll_call import Missing, RollCall
from venues.port import NoRoom, VenueUnreachable
from venues.registry import VenueAccountConfig

_LOG = logging.getLogger(__name__)
_TRADER_ID = re.compile(r"[A-Z][A-Z0-9]*-[0-9]{3}")
_PAUSES_S = (0.5, 1, 2, 5, 10)  # between attempts to start; the last one repeats


def host(configs: Sequence[VenueAccountConfig]) -> LiveEngine:
    """The host of all venues that NautilusTrader serves, as `venues.registry` asks for it."""
    return LiveEngine(configs)


class LiveEngine:
    """Start, execute_order, stop. One per process: NautilusTrader's logger and runtime are global.

    A node that does not come up, or ends by itself, is torn down and built anew until `stop`.
    """

    def __init__(
        self,
        configs: Sequence[VenueAccountConfig],
        trader_id: str = "ODUM-001",
        start_timeout: timedelta = timedelta(seconds=15),
        timeouts: Timeouts | None = None,
    ) -> None:
        if not _TRADER_ID.fullmatch(trader_id):
            # Not left to NautilusTrader: its Rust core panics on it, which ends the process.
            raise ValueError(f"trader id {trader_id!r} must look like ODUM-001.")
        self._trader_id = trader_id
        self._start_timeout = start_timeout
        self._adapters = {
            config.venue: NautilusAdapter(make_exchange(config, timeouts or Timeouts()))
            for config in configs
        }
        self.adapters: Mapping[str, NautilusAdapter] = MappingProxyType(self._adapters)
        self._roll_call = RollCall(
            {venue: adapter.exchange.survey for venue, adapter in self._adapters.items()}
        )
        self._has_lived = False
        self._running = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        return self._running.is_set()

    async def start(self) -> None:
        """Return once trading is possible; until then keep trying.

        A venue that cannot be had is left out after some attempts, and taken in once it can be.
        """
        if self._keeper is not None:
            raise RuntimeError("the engine was started already; stop it first")
        self._has_lived = False
        self._keeper = asyncio.create_task(self._keep_up(), name="nautilus-node")
        try:
            await self._running.wait()
        except asyncio.CancelledError:
            await self.stop()
            raise

    async def execute_order(self, order: UnifiedOrder) -> SubmitOutcome:
        """Send the order to its venue once; the outcome is the venue's, see the port."""
        adapter = self._adapters.get(order.venue)
        if adapter is None:
            return denied(f"this engine does not serve {order.venue}.")
        try:
            refused = await adapter.ready_to_submit(order)
        except (NoRoom, VenueUnreachable) as problem:
            return denied(f"not sent: {problem}")
        return refused or await adapter.submit_order(order)

    async def stop(self) -> None:
        """Leave the venues. Working orders stay where they are."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None
        for adapter in self._adapters.values():
            await adapter.exchange.close()

    async def _keep_up(self) -> None:
        failures = 0
        while True:
            try:
                if await self._one_life():
                    failures = 0
            except (Missing, NodeNotStarted) as problem:
                _LOG.warning("%s. Trying again.", problem)
                self._roll_call.failed(problem.reasons)
                for venue, why in problem.reasons.items():
                    self._adapters[venue].cannot_be_had(why)
            except Exception:  # noqa: BLE001 - the border of the library: nothing may end the keeper
                _LOG.exception("The trading node broke; it is built anew.")
                self._roll_call.forget()
            await asyncio.sleep(_PAUSES_S[min(failures, len(_PAUSES_S) - 1)])
            failures += 1

    async def _one_life(self) -> bool:
        """From construction to the end of one node; True if it had come up."""
        offers = await self._roll_call.answers()
        present = {venue: self._adapters[venue] for venue in offers}
        node = HostedNode(self._trader_id, present, offers, self._start_timeout)
        try:
            await node.start()
            self._roll_call.succeeded()
            if self._has_lived:
                for adapter in present.values():
                    adapter.hearing.on_gap("the trading node was built anew")
            self._has_lived = True
            self._running.set()
            await self._until_over(node)
            return True
        finally:
            self._running.clear()
            await node.stop()

    async def _until_over(self, node: HostedNode) -> None:
        """Return when the node has ended by itself, or could have a venue that was left out."""
        over = asyncio.create_task(node.wait_until_over())
        tasks = {over}
        if self._roll_call.left_out:
            tasks.add(asyncio.create_task(self._roll_call.until_somebody_is_back()))
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if over.done():
                over.result()
                _LOG.error("The trading node ended by itself; it is built anew.")
                self._roll_call.forget()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
