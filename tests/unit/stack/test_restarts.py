"""A process that dies is started again at once, but one that keeps dying may not spin."""

from workers.stack.restarts import (
    DELAY_MAX_S,
    DELAY_MIN_S,
    SHORT_LIFE_S,
    SHORT_LIVES_MAX,
    SLOW_DELAY_S,
    RestartPolicy,
)


def test_first_death_is_answered_at_once() -> None:
    assert RestartPolicy().delay_s(SHORT_LIFE_S * 10) == DELAY_MIN_S
    assert RestartPolicy().delay_s(0.0) == DELAY_MIN_S


def test_short_lives_in_a_row_back_off_to_a_bound() -> None:
    policy = RestartPolicy()
    delays = [policy.delay_s(0.1) for _ in range(SHORT_LIVES_MAX - 1)]
    assert delays == sorted(delays)
    assert delays[:3] == [0.2, 0.4, 0.8]
    assert delays[-1] == DELAY_MAX_S
    assert not policy.hopeless


def test_many_short_lives_are_hopeless_and_slow() -> None:
    policy = RestartPolicy()
    for _ in range(SHORT_LIVES_MAX - 1):
        policy.delay_s(0.1)
    assert policy.delay_s(0.1) == SLOW_DELAY_S
    assert policy.hopeless


def test_a_long_life_is_a_new_beginning() -> None:
    policy = RestartPolicy()
    for _ in range(SHORT_LIVES_MAX):
        policy.delay_s(0.1)
    assert policy.delay_s(SHORT_LIFE_S) == DELAY_MIN_S
    assert not policy.hopeless
