"""A venue's rate limits, counted here, so that we never run into them. Cancels come first.

Each limit is a window that slides: no span of its length, wherever the venue lets one begin, holds
more than the limit. A part of each is kept back for what is more urgent.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum

from venues.port import NoRoom, RateBudget

_POLL_S = 0.05
_GRAINS = 100  # how finely a window forgets
# What has not been answered by then has reached the venue long ago, or was never sent.
_ON_ITS_WAY_MAX_S = 5.0
_PAUSE = "pause, s"  # how a pause that the venue asked for is reported


class Urgency(IntEnum):
    QUESTION = 0
    SUBMIT = 1
    CANCEL = 2


# What of a limit each may use up: the rest waits for the more urgent.
_SHARES = {Urgency.QUESTION: 0.8, Urgency.SUBMIT: 0.95, Urgency.CANCEL: 1.0}


class OutOfBudget(NoRoom):
    """Not sent: a rate limit of the venue would be passed."""


class RateWindow:
    """At most `limit` in any `per_s` seconds."""

    def __init__(self, name: str, limit: int, per_s: float) -> None:
        self.name = name
        self.limit = limit
        self.per_s = per_s
        self._spent: deque[tuple[float, int]] = deque()  # end of a grain, what was spent in it
        self._used = 0
        self.on_the_way = 0  # taken, and the venue may not have counted it yet

    def used(self, now: float) -> int:
        while self._spent and self._spent[0][0] <= now - self.per_s:
            self._used -= self._spent.popleft()[1]
        return self._used + self.on_the_way

    def spend(self, now: float, amount: int) -> None:
        if not amount:
            return
        self._used += amount
        if not self._spent or now > self._spent[-1][0]:
            self._spent.append((now + self.per_s / _GRAINS, amount))
        else:
            end, before = self._spent.pop()
            self._spent.append((end, before + amount))

    def has_room(self, now: float, amount: int, urgency: Urgency) -> bool:
        return self.used(now) + amount <= int(self.limit * _SHARES[urgency])

    def correct(self, now: float, used: int) -> None:
        """The venue counts more than we do: somebody else uses the same account or address."""
        self.spend(now, max(used - self.used(now), 0))


class RateLimits:
    """All the limits of one venue account. Costs name the windows that a request counts in."""

    def __init__(
        self, windows: Iterable[RateWindow], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._windows = {window.name: window for window in windows}
        self._clock = clock
        self._closed_until = 0.0
        self._closed_for_s = 0.0
        self._banned_until = 0.0
        self._cancels_apart_s = 0.0  # while it is closed
        self._next_cancel = 0.0
        self._urgent_waiting = 0
        self._on_their_way: dict[str, tuple[float, Mapping[str, int]]] = {}  # the oldest first

    async def take(
        self,
        costs: Mapping[str, int],
        urgency: Urgency,
        patience_s: float,
        name: str | None = None,
    ) -> None:
        """Count a request, once there is room for it. Raises OutOfBudget after the patience.

        The venue counts it when it has come there, which may be late. So what has a `name` is held
        until it is `answered`, and counts from then on.
        """
        if self._taken(costs, urgency, name):
            return
        deadline = self._clock() + patience_s
        self._urgent_waiting += urgency is Urgency.CANCEL
        try:
            while self._clock() < deadline:
                await asyncio.sleep(_POLL_S)
                if self._taken(costs, urgency, name):
                    return
        finally:
            self._urgent_waiting -= urgency is Urgency.CANCEL
        raise OutOfBudget(f"the rate limit is used up: {self._shortage(costs, urgency)}")

    def answered(self, name: str) -> None:
        """The request of this name has come to the venue."""
        held = self._on_their_way.pop(name, None)
        if held is None:
            return
        for window, cost in self._costly(held[1]):
            window.on_the_way -= cost
            window.spend(self._clock(), cost)

    def set_limit(self, name: str, limit: int, per_s: float) -> None:
        """The venue's own word of one of its limits; what was spent stays spent."""
        known = self._windows.get(name)
        if known is not None and known.per_s == per_s:
            known.limit = limit
        else:
            self._windows[name] = RateWindow(name, limit, per_s)
            self._windows[name].on_the_way = known.on_the_way if known is not None else 0

    def limit_of(self, name: str) -> int:
        return self._windows[name].limit

    def correct(self, name: str, used: int) -> None:
        """The venue's own count in one of its limits."""
        if name in self._windows:
            self._windows[name].correct(self._clock(), used)

    def exhausted(self, costs: Iterable[str]) -> None:
        """The venue says that these are used up, whatever we have counted."""
        for name in costs:
            self.correct(name, self._windows[name].limit)

    def close(self, seconds: float, *, for_cancels: bool, cancels_apart_s: float = 0) -> None:
        """The venue asks to be left alone for so long. Cancels go on where it is not for them, but
        so many seconds apart."""
        now = self._clock()
        if now >= self._closed_until:
            self._cancels_apart_s = 0
        if now + seconds > self._closed_until:
            self._closed_until, self._closed_for_s = now + seconds, seconds
        self._cancels_apart_s = max(self._cancels_apart_s, cancels_apart_s)
        if for_cancels:
            self._banned_until = max(self._banned_until, now + seconds)

    def report(self) -> tuple[RateBudget, ...]:
        """All windows, and the rest of a pause that the venue has asked for."""
        now = self._clock()
        self._give_up_on_the_oldest(now)
        windows = tuple(
            RateBudget(window.name, window.used(now), window.limit, window.per_s)
            for window in self._windows.values()
        )
        if now >= self._closed_until:
            return windows
        left, whole = math.ceil(self._closed_until - now), math.ceil(self._closed_for_s)
        return (RateBudget(_PAUSE, left, whole, self._closed_for_s), *windows)

    def _taken(self, costs: Mapping[str, int], urgency: Urgency, name: str | None) -> bool:
        now = self._clock()
        self._give_up_on_the_oldest(now)
        if now < self._opens_at(urgency):
            return False
        if self._urgent_waiting and urgency is not Urgency.CANCEL:
            return False
        windows = self._costly(costs)
        if not all(window.has_room(now, cost, urgency) for window, cost in windows):
            return False
        if name is not None:
            self.answered(name)  # an earlier request of this name
            self._on_their_way[name] = (now + _ON_ITS_WAY_MAX_S, costs)
        for window, cost in windows:
            if name is None:
                window.spend(now, cost)
            else:
                window.on_the_way += cost
        if urgency is Urgency.CANCEL and now < self._closed_until:
            self._next_cancel = now + self._cancels_apart_s
        return True

    def _costly(self, costs: Mapping[str, int]) -> list[tuple[RateWindow, int]]:
        return [(self._windows[name], cost) for name, cost in costs.items()]

    def _give_up_on_the_oldest(self, now: float) -> None:
        while self._on_their_way:
            name, (until, _) = next(iter(self._on_their_way.items()))
            if until > now:
                return
            self.answered(name)

    def _opens_at(self, urgency: Urgency) -> float:
        if urgency is not Urgency.CANCEL:
            return self._closed_until
        return max(self._banned_until, min(self._next_cancel, self._closed_until))

    def _shortage(self, costs: Mapping[str, int], urgency: Urgency) -> str:
        now = self._clock()
        opens_in_s = self._opens_at(urgency) - now
        if opens_in_s > 0:
            return f"the venue wants no request for another {opens_in_s:.1f} s"
        full = [
            f"{window.name} {window.used(now)} of {window.limit}"
            for window in (self._windows[name] for name in costs)
            if not window.has_room(now, costs[window.name], urgency)
        ]
        return ", ".join(full) or "more urgent requests wait"
