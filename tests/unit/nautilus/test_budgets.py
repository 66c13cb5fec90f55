"""No span of a window's length holds more than the limit, and cancels come first."""

import asyncio
import heapq

import pytest
from hypothesis import given
from hypothesis import strategies as st

from venues.nautilus.budgets import OutOfBudget, RateLimits, RateWindow, Urgency

NAME = "REQUESTS 10S"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def limits(limit: int = 10, per_s: float = 10) -> tuple[RateLimits, Clock]:
    clock = Clock()
    return RateLimits([RateWindow(NAME, limit, per_s)], clock), clock


async def spent(budget: RateLimits, amount: int, urgency: Urgency) -> bool:
    try:
        await budget.take({NAME: amount}, urgency, patience_s=0)
    except OutOfBudget:
        return False
    return True


@given(
    st.lists(
        st.tuples(st.floats(min_value=0, max_value=4), st.integers(min_value=1, max_value=6)),
        max_size=200,
    )
)
def test_wherever_the_venue_lets_its_window_begin_the_limit_holds(
    steps: list[tuple[float, int]],
) -> None:
    window, now = RateWindow(NAME, 20, 10), 0.0
    sent: list[tuple[float, int]] = []
    for pause, amount in steps:
        now += pause
        if window.has_room(now, amount, Urgency.CANCEL):
            window.spend(now, amount)
            sent.append((now, amount))
    for start, _ in sent:
        assert sum(amount for at, amount in sent if start <= at < start + 10) <= 20


_SECONDS = st.sampled_from([0.0, 0.1, 0.5, 1.9, 2.1])


@given(st.lists(st.tuples(_SECONDS, _SECONDS, _SECONDS, st.integers(1, 12)), max_size=8))
async def test_however_long_requests_travel_the_limit_holds_where_they_arrive(
    bursts: list[tuple[float, float, float, int]],
) -> None:
    """Bursts of requests: how long after the one before, how long to the venue and back, how
    many."""
    budget, clock = limits(limit=10, per_s=2)
    steps: list[tuple[float, int, str]] = []
    trips: list[tuple[float, float]] = []
    at = clock.now
    for pause, there, back, many in bursts:
        at += pause
        for _ in range(many):
            steps.append((at, len(trips), "take"))
            trips.append((there, back))
    heapq.heapify(steps)
    arrived: list[float] = []
    while steps:
        clock.now, number, step = heapq.heappop(steps)
        there, back = trips[number]
        if step == "answer":
            budget.answered(str(number))
            continue
        try:
            await budget.take({NAME: 1}, Urgency.CANCEL, 0, str(number))
        except OutOfBudget:
            continue
        arrived.append(clock.now + there)
        heapq.heappush(steps, (clock.now + there + back, number, "answer"))
    for start in arrived:
        assert sum(start <= each < start + 2 for each in arrived) <= 10


async def test_what_is_never_answered_is_not_held_for_ever() -> None:
    budget, clock = limits(limit=10, per_s=2)
    for number in range(10):
        await budget.take({NAME: 1}, Urgency.CANCEL, 0, str(number))
    clock.now += 5
    assert not await spent(budget, 1, Urgency.CANCEL)
    clock.now += 2.1
    assert await spent(budget, 10, Urgency.CANCEL)


async def test_questions_leave_room_for_orders_and_orders_for_cancels() -> None:
    budget, _ = limits(limit=100)
    for urgency in Urgency:
        while await spent(budget, 1, urgency):
            pass
    [report] = budget.report()
    assert (report.used, report.limit, report.per_s) == (100, 100, 10)
    only_questions, _ = limits(limit=100)
    while await spent(only_questions, 1, Urgency.QUESTION):
        pass
    assert only_questions.report()[0].used == 80
    assert await spent(only_questions, 1, Urgency.SUBMIT)


async def test_what_was_spent_comes_back_after_the_window() -> None:
    budget, clock = limits()
    assert await spent(budget, 10, Urgency.CANCEL)
    clock.now += 9.9
    assert not await spent(budget, 1, Urgency.CANCEL)
    clock.now += 0.3
    assert await spent(budget, 1, Urgency.CANCEL)


async def test_a_waiting_cancel_is_served_before_a_submit_that_waited_longer() -> None:
    budget, clock = limits()
    assert await spent(budget, 10, Urgency.CANCEL)
    served: list[Urgency] = []

    async def wait(urgency: Urgency) -> None:
        await budget.take({NAME: 6}, urgency, patience_s=60)
        served.append(urgency)

    tasks = [asyncio.create_task(wait(Urgency.SUBMIT))]
    await asyncio.sleep(0.01)
    tasks.append(asyncio.create_task(wait(Urgency.CANCEL)))
    await asyncio.sleep(0.01)
    clock.now += 11
    await asyncio.sleep(0.2)
    assert served == [Urgency.CANCEL]
    clock.now += 11
    await asyncio.sleep(0.2)
    assert served == [Urgency.CANCEL, Urgency.SUBMIT]
    await asyncio.gather(*tasks)


async def test_the_venues_own_count_is_believed_when_it_is_higher() -> None:
    budget, _ = limits()
    budget.correct(NAME, 9)
    assert not await spent(budget, 2, Urgency.CANCEL)
    budget.correct(NAME, 3)
    assert budget.report()[0].used == 9


async def test_the_venues_own_limit_replaces_ours_and_nothing_is_forgotten() -> None:
    budget, _ = limits()
    assert await spent(budget, 8, Urgency.CANCEL)
    budget.set_limit(NAME, 12, 10)
    assert await spent(budget, 4, Urgency.CANCEL)
    assert not await spent(budget, 1, Urgency.CANCEL)
    budget.set_limit("ORDERS 1D", 5, 86_400)
    assert [report.name for report in budget.report()] == [NAME, "ORDERS 1D"]


async def test_a_back_off_holds_all_but_cancels_and_a_ban_holds_those_too() -> None:
    budget, clock = limits()
    budget.close(5, for_cancels=False)
    assert not await spent(budget, 1, Urgency.SUBMIT)
    assert await spent(budget, 1, Urgency.CANCEL)
    budget.close(10, for_cancels=True)
    assert not await spent(budget, 1, Urgency.CANCEL)
    clock.now += 10.1
    assert await spent(budget, 1, Urgency.SUBMIT)


async def test_a_shortage_says_which_limit_is_used_up() -> None:
    budget, _ = limits()
    assert await spent(budget, 10, Urgency.CANCEL)
    with pytest.raises(OutOfBudget, match=r"REQUESTS 10S 10 of 10"):
        await budget.take({NAME: 1}, Urgency.CANCEL, patience_s=0)


async def test_while_the_venue_wants_rest_cancels_go_at_long_intervals_if_it_says_so() -> None:
    budget, clock = limits(limit=100)
    budget.close(60, for_cancels=False, cancels_apart_s=10)
    passed = []
    for second in range(30):
        clock.now = 1000.0 + second
        assert not await spent(budget, 1, Urgency.SUBMIT)
        if await spent(budget, 1, Urgency.CANCEL):
            passed.append(second)
    assert passed == [0, 10, 20]
    clock.now = 1061.0
    for urgency in (Urgency.CANCEL, Urgency.CANCEL, Urgency.SUBMIT):
        assert await spent(budget, 1, urgency)
    budget.close(5, for_cancels=False)
    for _ in range(2):
        assert await spent(budget, 1, Urgency.CANCEL), "the long intervals were of the last time"


def test_a_pause_that_the_venue_wants_is_reported() -> None:
    budget, clock = limits()
    budget.close(60, for_cancels=False)
    clock.now += 20
    pause, _ = budget.report()
    assert (pause.used, pause.limit) == (40, 60)
    clock.now += 41
    assert [report.name for report in budget.report()] == [NAME]


async def test_what_the_venue_calls_used_up_is_used_up() -> None:
    budget, clock = limits()
    budget.exhausted([NAME])
    assert not await spent(budget, 1, Urgency.CANCEL)
    clock.now += 11
    assert await spent(budget, 1, Urgency.CANCEL)
