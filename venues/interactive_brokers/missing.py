"""Looking for what IB has not said yet: executions that the state of an order speaks of, what an
execution cost, and orders whose submit has no answer.

Each is looked for so often and no longer; what is never found has its own bound, so that one thing
that IB will not say hurries no other and costs no question for ever.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from venues.interactive_brokers.fills import ANSWERS_WITHOUT_COMMISSION, Fills
from venues.interactive_brokers.known_orders import KnownOrder

logger = logging.getLogger(__name__)

_LOOK_AGAIN_S = 0.5
_LOOK_S = 0.05

# What the stream has lost is not old; whatever is has been asked for when the connection began.
_RECENTLY = timedelta(minutes=10)


class Missing:
    """`pull` asks IB for open orders and for its executions since then, which are heard like live
    ones, as soon as it can be asked; False if there was no answer."""

    def __init__(self, fills: Fills, pull: Callable[[datetime], Awaitable[bool]]) -> None:
        self._fills = fills
        self._pull = pull
        self._behind: dict[str, tuple[KnownOrder, int]] = {}
        self._doubted = False
        self._looking: asyncio.Task[None] | None = None

    def notice(self, order: KnownOrder) -> None:
        """The state of an order was told."""
        if order.missing > 0 and order.ref not in self._behind:
            self._behind[order.ref] = (order, 0)
            self._look()

    def notice_fill(self) -> None:
        """An execution was told."""
        if self._fills.is_waiting:
            self._look()

    def doubt(self) -> None:
        """A submit has no answer: look whether IB has it, and whether it has traded."""
        self._doubted = True
        self._look()

    async def found(self, order: KnownOrder) -> None:
        """Return when all that the order's state speaks of has been told, or was looked for in
        vain."""
        while order.missing > 0 or self._fills.holds(order.ref):
            await asyncio.sleep(_LOOK_S)

    async def stop(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    def _look(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._find(), name="missing executions")

    async def _find(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_AGAIN_S)
            self._behind = {ref: it for ref, it in self._behind.items() if it[0].missing > 0}
            if not self._behind and not self._fills.is_waiting and not self._doubted:
                return
            if await self._pull(self._since()):
                self._doubted = False
                self._fills.asked_in_vain()
                self._count()

    def _since(self) -> datetime:
        recently = datetime.now(UTC) - _RECENTLY
        return min(recently, self._fills.waiting_since or recently)

    def _count(self) -> None:
        for ref, (order, answers) in list(self._behind.items()):
            self._behind[ref] = (order, answers + 1)
            if order.missing > 0 and answers + 1 >= ANSWERS_WITHOUT_COMMISSION:
                logger.error(
                    "IB says that %s of %s is filled; its executions say %s",
                    *(order.filled, ref, order.executed),
                )
                order.unseen = order.filled - order.executed
                del self._behind[ref]
