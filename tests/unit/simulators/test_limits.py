"""Request weight and order counts."""

from dataclasses import replace

import pytest

from venues.simulators.binance.errors import ApiError
from venues.simulators.binance.limits import (
    IGNORED_BEFORE_BAN,
    Limit,
    RateLimiter,
    RateLimits,
)

NOW_MS = 1_700_000_000_000
LIMITS = RateLimits(
    10,
    (Limit("SECOND", 10, 2), Limit("DAY", 1, 3)),
    connections=Limit("MINUTE", 5, 2),
    messages=Limit("SECOND", 1, 5),
    requests=Limit("MINUTE", 5, 100),
)


def status_of(limiter: RateLimiter, now_ms: int = NOW_MS) -> int:
    try:
        limiter.use(5, now_ms)
    except ApiError as error:
        return error.status
    return 200


def test_weight_is_counted_per_minute_and_reported() -> None:
    limiter = RateLimiter(LIMITS)
    assert [status_of(limiter) for _ in range(3)] == [200, 200, 429]
    assert status_of(limiter, NOW_MS + 60_000) == 200
    assert limiter.headers(None) == {"X-MBX-USED-WEIGHT-1M": "5"}


def test_who_goes_on_after_429_is_banned_for_a_while() -> None:
    limiter = RateLimiter(LIMITS)
    statuses = [status_of(limiter) for _ in range(IGNORED_BEFORE_BAN + 4)]
    assert statuses[2] == 429
    assert statuses[-1] == 418
    assert status_of(limiter, NOW_MS + 60_000) == 418
    assert status_of(limiter, NOW_MS + 180_000) == 200


def test_orders_are_counted_per_account() -> None:
    limiter = RateLimiter(LIMITS)
    limiter.use_order("ann", NOW_MS)
    limiter.use_order("ann", NOW_MS)
    limiter.use_order("bob", NOW_MS)
    with pytest.raises(ApiError) as refused:
        limiter.use_order("ann", NOW_MS)
    assert refused.value.message == "Too many new orders; current limit is 2 orders per 10 SECOND."
    assert limiter.headers("bob")["X-MBX-ORDER-COUNT-10S"] == "1"
    limiter.use_order("bob", NOW_MS + 10_000)


def test_the_limits_are_described_as_they_are() -> None:
    assert RateLimiter(LIMITS).described()[:2] == [
        {
            "rateLimitType": "REQUEST_WEIGHT",
            "interval": "MINUTE",
            "intervalNum": 1,
            "limit": 10,
        },
        {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 2},
    ]


def test_requests_are_counted_whatever_they_weigh() -> None:
    limiter = RateLimiter(replace(LIMITS, requests=Limit("MINUTE", 5, 2)))
    statuses = []
    for _ in range(3):
        try:
            limiter.use(0, NOW_MS)
            statuses.append(200)
        except ApiError as error:
            statuses.append(error.status)
    assert statuses == [200, 200, 429]
    limiter.use(0, NOW_MS + 300_000)


def test_connections_are_counted() -> None:
    limiter = RateLimiter(LIMITS)
    assert [limiter.use_connection(NOW_MS) for _ in range(3)] == [True, True, False]
    assert limiter.use_connection(NOW_MS + 300_000)


def test_a_batch_counts_for_several_in_some_intervals() -> None:
    limiter = RateLimiter(LIMITS)
    limiter.use_order("ann", NOW_MS, {"SECOND": 2})
    counts = [each["count"] for each in limiter.order_counts("ann", NOW_MS)]
    assert counts == [2, 1]
