"""Credits: each request costs some, they drip back, and who has none is thrown out.

Figures: docs.deribit.com/articles/rate-limits and the support page "Rate Limits"; the lowest tier.
Limits are per sub-account over all its connections; without an account they are per address.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from venues.simulators.deribit.errors import too_many_requests

ROOMY_PER_S = 50_000


class Pool(StrEnum):
    """Which credits a request takes."""

    MATCHING = "matching"
    CANCEL_ALL = "cancel_all"
    OTHER = "other"
    SUBSCRIBE = "subscribe"
    INSTRUMENTS = "instruments"
    TRANSACTIONS = "transactions"


@dataclass(frozen=True, slots=True)
class Rate:
    """``per_s`` requests a second for good, ``burst`` at once."""

    per_s: float
    burst: int


RATES = {
    Pool.MATCHING: Rate(5, 20),
    Pool.CANCEL_ALL: Rate(5, 20),
    Pool.OTHER: Rate(20, 100),
    Pool.SUBSCRIBE: Rate(3.3, 10),
    Pool.INSTRUMENTS: Rate(1, 50),
    Pool.TRANSACTIONS: Rate(1, 8),
}


@dataclass(slots=True)
class _Bucket:
    left: float
    at_ns: int


@dataclass(slots=True)
class Credits:
    """All credits of a venue. Counted in requests instead of credits: only their ratio matters."""

    rates: dict[Pool, Rate]
    _buckets: dict[tuple[str, Pool], _Bucket] = field(default_factory=dict)

    @classmethod
    def create(cls, *, roomy: bool) -> "Credits":
        """The venue's own limits, or ones that nobody reaches."""
        if not roomy:
            return cls(dict(RATES))
        wide = {pool: replace(r, per_s=ROOMY_PER_S, burst=ROOMY_PER_S) for pool, r in RATES.items()}
        return cls(wide)

    def use(self, who: str, pool: Pool, now_ns: int) -> None:
        """Take a request's credits; raises RpcError 10028."""
        rate = self.rates[pool]
        bucket = self._buckets.setdefault((who, pool), _Bucket(rate.burst, now_ns))
        passed_s = max(now_ns - bucket.at_ns, 0) / 1e9
        bucket.left = min(bucket.left + passed_s * rate.per_s, rate.burst)
        bucket.at_ns = now_ns
        if bucket.left < 1:
            raise too_many_requests()
        bucket.left -= 1

    def described(self) -> dict[str, object]:
        """The ``limits`` of an account summary."""
        shown = {
            pool: {"rate": int(rate.per_s), "burst": rate.burst}
            for pool, rate in self.rates.items()
        }
        return {
            "limits_per_currency": False,
            "non_matching_engine": shown[Pool.OTHER],
            "matching_engine": {
                "trading": {"total": shown[Pool.MATCHING]},
                "spot": shown[Pool.MATCHING],
                "maximum_quotes": {"rate": 500, "burst": 500},
                "maximum_mass_quotes": {"rate": 10, "burst": 10},
                "guaranteed_mass_quotes": {"rate": 2, "burst": 2},
                "cancel_all": shown[Pool.CANCEL_ALL],
            },
        }
