"""Request weight and order count limits, and the headers that report them."""

from dataclasses import dataclass, replace

from venues.simulators.binance.errors import ApiError, banned, too_many_orders, too_much_weight

# Requests that may follow a 429 before the ban, as the venue bans who does not back off.
IGNORED_BEFORE_BAN = 20
BAN_MS = 120_000
MINUTE_MS = 60_000
ROOMY_WEIGHT_PER_MINUTE = 1_000_000
ROOMY_ORDERS = 100_000


@dataclass(frozen=True, slots=True)
class OrderLimit:
    """At most ``limit`` new orders per interval. ``interval`` and ``number`` name it: 10 SECOND."""

    interval: str
    number: int
    limit: int

    @property
    def window_ms(self) -> int:
        """Length of the interval."""
        return self.number * {"SECOND": 1000, "MINUTE": 60_000, "DAY": 86_400_000}[self.interval]

    @property
    def header(self) -> str:
        """The response header that reports the count."""
        return f"X-MBX-ORDER-COUNT-{self.number}{self.interval[0]}"


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Limits of a venue."""

    weight_per_minute: int
    orders: tuple[OrderLimit, ...]


SPOT_LIMITS = RateLimits(6000, (OrderLimit("SECOND", 10, 100), OrderLimit("DAY", 1, 200_000)))
FUTURES_LIMITS = RateLimits(2400, (OrderLimit("SECOND", 10, 300), OrderLimit("MINUTE", 1, 1200)))


def roomy(limits: RateLimits) -> RateLimits:
    """The same kinds of limits, far above what any client does."""
    orders = tuple(replace(order, limit=ROOMY_ORDERS) for order in limits.orders)
    return RateLimits(ROOMY_WEIGHT_PER_MINUTE, orders)


@dataclass(slots=True)
class _Window:
    start: int = 0
    used: int = 0

    def add(self, now_ms: int, length_ms: int, amount: int) -> int:
        start = now_ms - now_ms % length_ms
        if start != self.start:
            self.start, self.used = start, 0
        self.used += amount
        return self.used


class RateLimiter:
    """Counts what clients use. Weight is counted for the address: on loopback there is one."""

    def __init__(self, limits: RateLimits) -> None:
        self.limits = limits
        self._weight = _Window()
        self._orders: dict[str, list[_Window]] = {}
        self._ignored = 0
        self._banned_until_ms = 0

    def use(self, weight: int, now_ms: int) -> None:
        """Count a request; raises ApiError 429, or 418 for who goes on after that."""
        if now_ms < self._banned_until_ms:
            raise banned(self._banned_until_ms)
        used = self._weight.add(now_ms, MINUTE_MS, weight)
        if used <= self.limits.weight_per_minute:
            self._ignored = 0
            return
        self._ignored += 1
        if self._ignored > IGNORED_BEFORE_BAN:
            self._banned_until_ms = now_ms + BAN_MS
            raise banned(self._banned_until_ms)
        raise too_much_weight(self.limits.weight_per_minute)

    def use_order(self, account: str, now_ms: int) -> None:
        """Count a new order of an account; raises ApiError."""
        windows = self._windows(account)
        for window, limit in zip(windows, self.limits.orders, strict=True):
            if window.add(now_ms, limit.window_ms, 1) > limit.limit:
                raise too_many_orders(limit.limit, f"{limit.number} {limit.interval}")

    def headers(self, account: str | None) -> dict[str, str]:
        """What a response reports: used weight, and the order counts where there is an account."""
        headers = {"X-MBX-USED-WEIGHT-1M": str(self._weight.used)}
        if account is not None:
            for window, limit in zip(self._windows(account), self.limits.orders, strict=True):
                headers[limit.header] = str(window.used)
        return headers

    def retry_after_s(self, error: ApiError, now_ms: int) -> int:
        """Seconds a throttled client is told to wait."""
        if error.status == 418:
            return max((self._banned_until_ms - now_ms) // 1000, BAN_MS // 1000)
        return max((MINUTE_MS - now_ms % MINUTE_MS) // 1000, 1)

    def described(self) -> list[dict[str, object]]:
        """The ``rateLimits`` of exchangeInfo."""
        weight = ("REQUEST_WEIGHT", "MINUTE", 1, self.limits.weight_per_minute)
        orders = [
            ("ORDERS", order.interval, order.number, order.limit) for order in self.limits.orders
        ]
        keys = ("rateLimitType", "interval", "intervalNum", "limit")
        return [dict(zip(keys, row, strict=True)) for row in (weight, *orders)]

    def _windows(self, account: str) -> list[_Window]:
        return self._orders.setdefault(account, [_Window() for _ in self.limits.orders])
