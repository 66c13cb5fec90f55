"""Requests a second by account and endpoint, as Bybit counts and reports them.

Orders are counted by category, whether they come by REST or by socket; a batch counts its orders.
Source: https://bybit-exchange.github.io/docs/v5/rate-limit
"""

from collections import deque
from dataclasses import dataclass

from venues.simulators.bybit.errors import too_frequent_address, too_many_visits
from venues.simulators.bybit.instruments import Category

SECOND_MS = 1000
ADDRESS_WINDOW_MS = 5000
ADDRESS_LIMIT = 600
ROOMY_FACTOR = 10_000

_ORDERS = {Category.SPOT: 20, Category.LINEAR: 10, Category.INVERSE: 10}
_FEES = {Category.SPOT: 5, Category.LINEAR: 10, Category.INVERSE: 10}


@dataclass(frozen=True, slots=True)
class Bucket:
    """One limit: ``group`` names what is counted together."""

    group: str
    per_second: int
    by_category: bool = False

    def limit(self, category: Category | None) -> int:
        """The limit where the category matters."""
        if not self.by_category or category is None:
            return self.per_second
        return (_FEES if self.group == "fee-rate" else _ORDERS)[category]


CREATE = Bucket("create", 10, by_category=True)
AMEND = Bucket("amend", 10, by_category=True)
CANCEL = Bucket("cancel", 10, by_category=True)
CANCEL_ALL = Bucket("cancel-all", 10, by_category=True)
FEE_RATE = Bucket("fee-rate", 10, by_category=True)
SETTINGS = Bucket("settings", 10)


def query(name: str) -> Bucket:
    """The bucket of a question."""
    return Bucket(name, 50)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a response reports of its bucket."""

    limit: int
    left: int
    reset_ms: int

    @property
    def headers(self) -> dict[str, str]:
        """As HTTP headers, and as the ``header`` of a socket's reply."""
        return {
            "X-Bapi-Limit": str(self.limit),
            "X-Bapi-Limit-Status": str(self.left),
            "X-Bapi-Limit-Reset-Timestamp": str(self.reset_ms),
        }


class RateLimiter:
    """Counts what clients use, in rolling windows."""

    def __init__(self, *, roomy: bool) -> None:
        self._factor = ROOMY_FACTOR if roomy else 1
        self._used: dict[tuple[str, str], deque[int]] = {}
        self._address: deque[int] = deque()

    def arrive(self, now_ms: int) -> None:
        """Count an HTTP request of the address; raises ApiError 403."""
        _forget(self._address, now_ms - ADDRESS_WINDOW_MS)
        if len(self._address) >= ADDRESS_LIMIT * self._factor:
            raise too_frequent_address()
        self._address.append(now_ms)

    def use(
        self, account: str, bucket: Bucket, category: Category | None, cost: int, now_ms: int
    ) -> Usage:
        """Count a request; raises ApiError 10006 when the second is used up."""
        group = f"{bucket.group}/{category}" if bucket.by_category else bucket.group
        used = self._used.setdefault((account, group), deque())
        _forget(used, now_ms - SECOND_MS)
        limit = bucket.limit(category) * self._factor
        if len(used) + cost > limit:
            raise too_many_visits()
        used.extend([now_ms] * cost)
        return Usage(limit, limit - len(used), now_ms)


def _forget(times: deque[int], before_ms: int) -> None:
    while times and times[0] <= before_ms:
        times.popleft()
