"""Rate limits: requests per two seconds by endpoint, and orders per two seconds by sub-account."""

from dataclasses import dataclass, field

from venues.simulators.okx.errors import orders_throttled, throttled

WINDOW_MS = 2000
ORDERS_PER_WINDOW = 1000
SESSION_REQUESTS_PER_HOUR = 480
HOUR_MS = 3_600_000


@dataclass(slots=True)
class _Windows:
    start: int = -1
    used: dict[str, int] = field(default_factory=dict)


class RateLimiter:
    """Counts by name in windows of two seconds; ``roomy`` counts nothing."""

    def __init__(self, *, roomy: bool) -> None:
        self._roomy = roomy
        self._windows = _Windows()

    def use(self, name: str, limit: int, now_ms: int, amount: int = 1) -> None:
        """Count a request; raises ApiError 50011."""
        if not self._fits(name, limit, now_ms, amount):
            raise throttled()

    def use_order(self, account: str, now_ms: int) -> None:
        """Count a new order or an amendment of a sub-account; raises OrderError 50061."""
        if not self._fits(f"orders/{account}", ORDERS_PER_WINDOW, now_ms, 1):
            raise orders_throttled()

    def _fits(self, name: str, limit: int, now_ms: int, amount: int) -> bool:
        if self._roomy:
            return True
        start = now_ms - now_ms % WINDOW_MS
        if start != self._windows.start:
            self._windows = _Windows(start)
        used = self._windows.used.get(name, 0) + amount
        if used > limit:
            return False
        self._windows.used[name] = used
        return True


class SessionLimit:
    """Logins and subscriptions of one connection: 480 an hour."""

    def __init__(self) -> None:
        self._hour = -1
        self._used = 0

    def fits(self, now_ms: int) -> bool:
        """Count one; False when there were too many."""
        hour = now_ms // HOUR_MS
        if hour != self._hour:
            self._hour, self._used = hour, 0
        self._used += 1
        return self._used <= SESSION_REQUESTS_PER_HOUR
