"""What a client may use in a time: request weight, requests, new orders, sockets and messages."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from venues.simulators.binance.errors import (
    ApiError,
    banned,
    too_many_orders,
    too_many_requests,
    too_much_weight,
)

# Requests that may follow a 429 before the ban, as the venue bans who does not back off.
IGNORED_BEFORE_BAN = 20
BAN_MS = 120_000
MINUTE_MS = 60_000
ROOMY_WEIGHT_PER_MINUTE = 1_000_000
ROOMY = 100_000

_UNITS_MS = {"SECOND": 1000, "MINUTE": 60_000, "DAY": 86_400_000}


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``limit`` in an interval. ``interval`` and ``number`` name it: 10 SECOND."""

    interval: str
    number: int
    limit: int

    @property
    def window_ms(self) -> int:
        """Length of the interval."""
        return self.number * _UNITS_MS[self.interval]

    @property
    def header(self) -> str:
        """The response header that reports the count of new orders."""
        return f"X-MBX-ORDER-COUNT-{self.number}{self.interval[0]}"


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Limits of a venue. ``requests`` counts requests whatever their weight, where it does so.

    ``connections`` is of new sockets, ``messages`` of what one of them may send: pings and pongs
    count too.
    """

    weight_per_minute: int
    orders: tuple[Limit, ...]
    connections: Limit
    messages: Limit
    requests: Limit | None = None


SPOT_LIMITS = RateLimits(
    6000,
    (Limit("SECOND", 10, 100), Limit("DAY", 1, 200_000)),
    connections=Limit("MINUTE", 5, 300),
    messages=Limit("SECOND", 1, 5),
    requests=Limit("MINUTE", 5, 61_000),
)
FUTURES_LIMITS = RateLimits(
    2400,
    (Limit("SECOND", 10, 300), Limit("MINUTE", 1, 1200)),
    connections=Limit("MINUTE", 5, 300),
    messages=Limit("SECOND", 1, 10),
)


def roomy(limits: RateLimits) -> RateLimits:
    """The same kinds of limits, far above what any client does."""
    return RateLimits(
        ROOMY_WEIGHT_PER_MINUTE,
        tuple(replace(each, limit=ROOMY) for each in limits.orders),
        replace(limits.connections, limit=ROOMY),
        replace(limits.messages, limit=ROOMY),
        limits.requests and replace(limits.requests, limit=ROOMY_WEIGHT_PER_MINUTE),
    )


@dataclass(slots=True)
class Window:
    """A count that begins anew with each interval."""

    start: int = 0
    used: int = 0

    def add(self, now_ms: int, length_ms: int, amount: int) -> int:
        """Count; returns what has been used in the interval of now."""
        start = now_ms - now_ms % length_ms
        if start != self.start:
            self.start, self.used = start, 0
        self.used += amount
        return self.used


class RateLimiter:
    """Counts what clients use. Weight is counted for the address: on loopback there is one."""

    def __init__(self, limits: RateLimits) -> None:
        self.limits = limits
        self._weight = Window()
        self._requests = Window()
        self._connections = Window()
        self._orders: dict[str, list[Window]] = {}
        self._ignored = 0
        self._banned_until_ms = 0

    def use(self, weight: int, now_ms: int) -> None:
        """Count a request; raises ApiError 429, or 418 for who goes on after that."""
        if now_ms < self._banned_until_ms:
            raise banned(self._banned_until_ms)
        limits = self.limits
        too_much: ApiError | None = None
        if self._weight.add(now_ms, MINUTE_MS, weight) > limits.weight_per_minute:
            too_much = too_much_weight(limits.weight_per_minute)
        if limits.requests is not None:
            used = self._requests.add(now_ms, limits.requests.window_ms, 1)
            if used > limits.requests.limit:
                too_much = too_many_requests()
        if too_much is None:
            self._ignored = 0
            return
        self._ignored += 1
        if self._ignored > IGNORED_BEFORE_BAN:
            self._banned_until_ms = now_ms + BAN_MS
            raise banned(self._banned_until_ms)
        raise too_much

    def use_order(self, account: str, now_ms: int, counts: Mapping[str, int] | None = None) -> None:
        """Count a new order of an account; raises ApiError.

        ``counts`` says by the interval's name where it counts for more than one.
        """
        for window, limit in zip(self._windows(account), self.limits.orders, strict=True):
            amount = (counts or {}).get(limit.interval, 1)
            if window.add(now_ms, limit.window_ms, amount) > limit.limit:
                raise too_many_orders(limit.limit, f"{limit.number} {limit.interval}")

    def use_connection(self, now_ms: int) -> bool:
        """Count a new socket; whether there may be one."""
        limit = self.limits.connections
        return self._connections.add(now_ms, limit.window_ms, 1) <= limit.limit

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
        rows = [_row("REQUEST_WEIGHT", Limit("MINUTE", 1, self.limits.weight_per_minute))]
        rows += [_row("ORDERS", limit) for limit in self.limits.orders]
        if self.limits.requests is not None:
            rows.append(_row("RAW_REQUESTS", self.limits.requests))
        return rows

    def used(self) -> list[dict[str, object]]:
        """What the address has used of its weight."""
        row = _row("REQUEST_WEIGHT", Limit("MINUTE", 1, self.limits.weight_per_minute))
        return [row | {"count": self._weight.used}]

    def order_counts(self, account: str, now_ms: int) -> list[dict[str, object]]:
        """What an account has used of its new orders."""
        windows = zip(self._windows(account), self.limits.orders, strict=True)
        return [
            _row("ORDERS", limit) | {"count": window.add(now_ms, limit.window_ms, 0)}
            for window, limit in windows
        ]

    def _windows(self, account: str) -> list[Window]:
        return self._orders.setdefault(account, [Window() for _ in self.limits.orders])


def _row(kind: str, limit: Limit) -> dict[str, object]:
    return {
        "rateLimitType": kind,
        "interval": limit.interval,
        "intervalNum": limit.number,
        "limit": limit.limit,
    }
