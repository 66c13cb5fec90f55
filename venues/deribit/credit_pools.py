"""Our share of the venue's rate limits, kept by ourselves, cancels first.

The venue throws out who exceeds a limit (10028, and the session ends, our private stream with it),
so a request that has no credit waits here, and one that would wait too long is not sent.
Source: docs.deribit.com/articles/rate-limits; the account's own rates are in its summary.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from venues.port import RateBudget

# What orders leave to cancels, so that a burst of orders never blocks one.
_LEFT_TO_CANCELS = 3
# What questions leave to the private stream: its login, and its own question each second. The rest
# is for what the venue counts otherwise than we do.
_LEFT_TO_STREAM = 5
# What has not been answered by then has reached the venue long ago, or was never sent.
_ON_ITS_WAY_MAX_S = 10.0


class Credit:
    """What one request may take of a limit."""

    def __init__(self, pool: CreditPool, until: float) -> None:
        self.pool = pool
        self.until = until

    @property
    def is_on_its_way(self) -> bool:
        """Whether the venue may still be without the request."""
        return self.pool.counts(self)

    def answered(self) -> None:
        """The request has reached the venue."""
        self.pool.answered(self)


class CreditPool:
    """One limit: `per_s` requests a second for good, `burst` at once.

    We do not know when a request reaches the venue, only that it has when its answer is here. Until
    then it is held back from what is left, and taken out only after: had the venue's pool been full
    meanwhile, nothing dripped in there. So what we have left is never more than what the venue
    grants, however long requests are on their way.
    """

    def __init__(
        self,
        name: str,
        per_s: float,
        burst: int,
        *,
        reserved: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._per_s = per_s
        self._burst = burst
        self._reserved = reserved
        self._clock = clock
        self._left = float(burst)
        self._at = clock()
        self._on_their_way: dict[Credit, None] = {}  # the oldest first
        self._urgent: deque[asyncio.Future[Credit]] = deque()
        self._ordinary: deque[asyncio.Future[Credit]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    async def take(self, within_s: float, *, urgent: bool = False) -> Credit | None:
        """A request's credit, waited for if need be; None if there is none in time."""
        waiting: asyncio.Future[Credit] = asyncio.get_running_loop().create_future()
        queue = self._urgent if urgent else self._ordinary
        queue.append(waiting)
        self._serve()
        if waiting.done():
            return waiting.result()
        try:
            async with asyncio.timeout(within_s):
                return await waiting
        except TimeoutError:
            # A credit that came in the very moment of the time-out is taken after all.
            return waiting.result() if waiting.done() and not waiting.cancelled() else None
        finally:
            if waiting in queue:
                queue.remove(waiting)

    def counts(self, credit: Credit) -> bool:
        """See `Credit.is_on_its_way`."""
        self._refill()
        return credit in self._on_their_way

    def answered(self, credit: Credit) -> None:
        """See `Credit.answered`."""
        self._refill()
        if credit in self._on_their_way:
            self._take_out(credit)

    def exhausted(self) -> None:
        """The venue says that there is nothing left: believe it."""
        self._refill()
        self._left = 0.0

    def set_limit(self, per_s: float, burst: int) -> None:
        """What the venue grants this account now."""
        self._refill()
        used = self._burst - self._left
        self._per_s, self._burst = per_s, burst
        self._left = max(burst - used, 0.0)

    def budget(self) -> RateBudget:
        self._refill()
        used = round(self._burst - self._free)
        return RateBudget(self.name, min(used, self._burst), self._burst, self._per_s)

    def _serve(self) -> None:
        """Hand out what there is: to the urgent first, and to others but for the reserve."""
        self._refill()
        for queue, kept in ((self._urgent, 0), (self._ordinary, self._kept)):
            while queue and self._free >= 1 + kept:
                waiting = queue.popleft()
                if not waiting.done():
                    credit = Credit(self, self._at + _ON_ITS_WAY_MAX_S)
                    self._on_their_way[credit] = None
                    waiting.set_result(credit)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._urgent or self._ordinary:
            needed = 1 + (0 if self._urgent else self._kept)
            delay_s = max((needed - self._free) / self._per_s, 0.001)
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._serve)

    @property
    def _kept(self) -> int:
        """The reserve, as far as so small a limit can afford one."""
        return min(self._reserved, self._burst // 2)

    @property
    def _free(self) -> float:
        return self._left - len(self._on_their_way)

    def _refill(self) -> None:
        now = self._clock()
        while self._on_their_way and (oldest := next(iter(self._on_their_way))).until <= now:
            self._drip(oldest.until)
            self._take_out(oldest)
        self._drip(now)

    def _take_out(self, credit: Credit) -> None:
        del self._on_their_way[credit]
        self._left -= 1

    def _drip(self, until: float) -> None:
        self._left = min(self._left + (until - self._at) * self._per_s, float(self._burst))
        self._at = until


class CreditPools:
    """The limits of the account; until the venue has told them, those of its lowest tier."""

    def __init__(self) -> None:
        self.orders = CreditPool("orders", 5, 20, reserved=_LEFT_TO_CANCELS)
        self.cancel_all = CreditPool("cancel all", 5, 20)
        self.questions = CreditPool("questions", 20, 100, reserved=_LEFT_TO_STREAM)

    def learn(self, limits: Sequence[Mapping[str, Any]]) -> None:
        """From the `limits` of account summaries, which an account may have by currency."""
        matching = [told.get("matching_engine") or {} for told in limits]
        for pool, told in (
            (self.questions, [told.get("non_matching_engine") for told in limits]),
            (self.orders, [told.get("trading") for told in matching]),
            (self.cancel_all, [told.get("cancel_all") for told in matching]),
        ):
            tightest = _tightest(told)
            if tightest is not None:
                pool.set_limit(*tightest)

    def budgets(self) -> tuple[RateBudget, ...]:
        return tuple(pool.budget() for pool in (self.orders, self.cancel_all, self.questions))


def _tightest(told: Any) -> tuple[float, int] | None:
    """The lowest of the limits in there: an account can have some by kind, or by currency."""
    if isinstance(told, Mapping):
        if told.get("rate") and told.get("burst"):
            return float(told["rate"]), int(told["burst"])
        told = list(told.values())
    if not isinstance(told, list):
        return None
    return min((limit for part in told if (limit := _tightest(part)) is not None), default=None)
