"""Our own share of the rate limits: cancels first, and nothing above the limit."""

import asyncio
import heapq

from hypothesis import given
from hypothesis import strategies as st

from venues.deribit.credit_pools import Credit, CreditPool, CreditPools


async def answered(pool: CreditPool, within_s: float, *, urgent: bool = False) -> None:
    """A request that is sent and answered at once."""
    credit = await pool.take(within_s, urgent=urgent)
    assert credit is not None
    credit.answered()


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_orders_leave_a_reserve_that_cancels_may_use() -> None:
    pool = CreditPool("orders", 5, 20, reserved=3, clock=Clock())
    taken = [await pool.take(0.01) for _ in range(20)]
    assert taken.count(None) == 3
    assert all([await pool.take(0.01, urgent=True) for _ in range(3)])
    assert not await pool.take(0.01, urgent=True)
    assert pool.budget().used == 20


async def test_waiting_cancels_are_served_before_waiting_orders() -> None:
    pool = CreditPool("orders", 20, 1)
    await answered(pool, 0)
    served: list[str] = []

    async def wait(name: str, *, urgent: bool) -> None:
        await answered(pool, 5, urgent=urgent)
        served.append(name)

    async with asyncio.TaskGroup() as tasks:
        for number in range(3):
            tasks.create_task(wait(f"order {number}", urgent=False))
        await asyncio.sleep(0)
        tasks.create_task(wait("cancel", urgent=True))
    assert served == ["cancel", "order 0", "order 1", "order 2"]


async def test_who_gives_up_waiting_takes_nothing() -> None:
    pool = CreditPool("orders", 10, 1)
    await answered(pool, 0)
    assert not await pool.take(0.01)
    assert await pool.take(1)  # the credit of the one that gave up was not lost


async def test_credits_drip_back_up_to_the_burst() -> None:
    clock = Clock()
    pool = CreditPool("orders", 5, 20, clock=clock)
    pool.exhausted()
    assert not await pool.take(0)
    clock.now = 1.0
    assert pool.budget().used == 15
    clock.now = 100.0
    assert pool.budget().used == 0


async def test_what_is_never_answered_counts_as_sent_in_the_end() -> None:
    clock = Clock()
    pool = CreditPool("orders", 5, 20, clock=clock)
    assert all([await pool.take(0) for _ in range(20)])
    clock.now = 10.0
    assert not await pool.take(0)
    clock.now = 14.0
    assert pool.budget().used == 0


_SECONDS = st.sampled_from([0.0, 0.1, 1.0, 2.0, 4.0])


@given(st.lists(st.tuples(_SECONDS, _SECONDS, _SECONDS, st.integers(1, 25)), max_size=8))
async def test_the_venue_never_has_to_say_no_however_long_requests_travel(
    bursts: list[tuple[float, float, float, int]],
) -> None:
    """Bursts of requests: when, how long to the venue, how long back, and how many."""
    clock = Clock()
    pool, venue = CreditPool("orders", 5, 20, clock=clock), Bucket(5, 20)
    trips = [(at, there, back) for at, there, back, many in bursts for _ in range(many)]
    taken: dict[int, Credit] = {}
    steps = [(at, number, "take") for number, (at, _, _) in enumerate(trips)]
    heapq.heapify(steps)
    while steps:
        clock.now, number, step = heapq.heappop(steps)
        _, there, back = trips[number]
        if step == "take":
            credit = await pool.take(0)
            if credit is None:
                continue
            taken[number] = credit
            heapq.heappush(steps, (clock.now + there, number, "reach the venue"))
        elif step == "reach the venue":
            assert venue.grants(clock.now)
            heapq.heappush(steps, (clock.now + back, number, "answer"))
        elif step == "answer":
            taken.pop(number).answered()


async def test_what_was_never_answered_is_not_held_for_longer_because_others_are() -> None:
    clock = Clock()
    pool = CreditPool("orders", 5, 20, clock=clock)
    assert all([await pool.take(0) for _ in range(14)])
    while clock.now < 15:
        clock.now += 0.5
        await answered(pool, 0)
    assert pool.budget().used <= 2


class Bucket:
    """The venue's: it fills up to its burst, and who finds it empty is thrown out."""

    def __init__(self, per_s: float, burst: int) -> None:
        self._per_s, self._burst = per_s, burst
        self._left, self._at = float(burst), 0.0

    def grants(self, now: float) -> bool:
        self._left = min(self._left + (now - self._at) * self._per_s, self._burst)
        self._at = now
        self._left -= 1
        return self._left > -1e-6


def test_limits_are_those_of_the_account() -> None:
    pools = CreditPools()
    pools.learn(
        [
            {
                "non_matching_engine": {"rate": 1000, "burst": 1500},
                "matching_engine": {
                    "trading": {"total": {"rate": 200, "burst": 250}},
                    "cancel_all": {"rate": 100, "burst": 120},
                },
            }
        ]
    )
    assert [(b.per_s, b.limit) for b in pools.budgets()] == [(200, 250), (100, 120), (1000, 1500)]
    by_kind = {"perpetuals": {"rate": 20, "burst": 50}, "options": {"rate": 10, "burst": 40}}
    pools.learn([{"matching_engine": {"trading": by_kind}}, {}])
    assert (pools.budgets()[0].per_s, pools.budgets()[0].limit) == (10, 40)
    pools.learn([{}])  # an account without a word about it keeps what it has
    assert pools.budgets()[0].limit == 40
