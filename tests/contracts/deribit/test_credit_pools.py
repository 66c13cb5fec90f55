"""Our own share of the rate limits: cancels first, and nothing above the limit."""

import asyncio

from venues.deribit.credit_pools import CreditPool, CreditPools


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_orders_leave_a_reserve_that_cancels_may_use() -> None:
    pool = CreditPool("orders", 5, 20, reserved=3, clock=Clock())
    taken = [await pool.take(0.01) for _ in range(20)]
    assert sum(taken) == 17
    assert all([await pool.take(0.01, urgent=True) for _ in range(3)])
    assert not await pool.take(0.01, urgent=True)
    assert pool.budget().used == 20


async def test_waiting_cancels_are_served_before_waiting_orders() -> None:
    pool = CreditPool("orders", 20, 1)
    assert await pool.take(0)
    served: list[str] = []

    async def wait(name: str, *, urgent: bool) -> None:
        assert await pool.take(5, urgent=urgent)
        served.append(name)

    async with asyncio.TaskGroup() as tasks:
        for number in range(3):
            tasks.create_task(wait(f"order {number}", urgent=False))
        await asyncio.sleep(0)
        tasks.create_task(wait("cancel", urgent=True))
    assert served == ["cancel", "order 0", "order 1", "order 2"]


async def test_who_gives_up_waiting_takes_nothing() -> None:
    pool = CreditPool("orders", 10, 1)
    assert await pool.take(0)
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


async def test_a_full_pool_begins_to_fill_when_the_venue_has_the_request() -> None:
    """Until then the venue's own is full, and what drips in there is lost."""
    clock = Clock()
    pool = CreditPool("orders", 5, 20, clock=clock)
    assert all([await pool.take(0) for _ in range(20)])
    clock.now = 0.5
    assert not await pool.take(0)
    clock.now = 1.5
    assert pool.budget().used == 15


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
