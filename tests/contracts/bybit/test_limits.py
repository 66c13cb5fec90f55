"""What is learnt of the venue's limits from its replies."""

import pytest

from venues.nautilus.budgets import OutOfBudget, Urgency
from venues.nautilus.bybit.limits import ADDRESS, BybitLimits

CREATE, CANCEL = "/v5/order/create", "/v5/order/cancel"


def _budget(limits: BybitLimits, name: str) -> tuple[int, int]:
    return next((one.used, one.limit) for one in limits.report() if one.name == name)


async def test_orders_are_counted_by_category() -> None:
    limits = BybitLimits()
    for _ in range(9):
        await limits.take(limits.cost(CREATE, "linear"), Urgency.SUBMIT, 0)
    with pytest.raises(OutOfBudget, match="order/create linear"):
        await limits.take(limits.cost(CREATE, "linear"), Urgency.SUBMIT, 0)
    await limits.take(limits.cost(CREATE, "spot"), Urgency.SUBMIT, 0)
    await limits.take(limits.cost(CANCEL, "linear"), Urgency.CANCEL, 0)
    assert _budget(limits, ADDRESS)[0] == 11


async def test_the_replies_tell_the_true_limit_and_count() -> None:
    limits = BybitLimits()
    headers = {"x-bapi-limit": "100", "x-bapi-limit-status": "60"}
    limits.on_reply(CREATE, "linear", 200, 0, headers)
    assert _budget(limits, "order/create linear") == (40, 100)


async def test_a_refusal_for_too_many_fills_the_window() -> None:
    limits = BybitLimits()
    limits.cost(CREATE, "linear")
    limits.on_reply(CREATE, "linear", 200, 10006, {})
    with pytest.raises(OutOfBudget):
        await limits.take(limits.cost(CREATE, "linear"), Urgency.SUBMIT, 0)


async def test_a_refused_address_is_left_alone_for_ten_minutes_but_for_few_cancels() -> None:
    now = 1000.0
    limits = BybitLimits(lambda: now)
    limits.on_reply(CREATE, "linear", 403, 403, {})
    create, cancel = limits.cost(CREATE, "linear"), limits.cost(CANCEL, "linear")
    for after_s in (0, 300, 599):
        now = 1000.0 + after_s
        for urgency in (Urgency.QUESTION, Urgency.SUBMIT):
            with pytest.raises(OutOfBudget):
                await limits.take(create, urgency, 0)
        await limits.take(cancel, Urgency.CANCEL, 0)
        with pytest.raises(OutOfBudget):
            await limits.take(cancel, Urgency.CANCEL, 0)
        assert limits.report()[0].limit == 600, "health does not tell"
    now = 1601.0
    await limits.take(create, Urgency.SUBMIT, 0)
    assert {budget.name for budget in limits.report()} == {
        ADDRESS,
        "order/create linear",
        "order/cancel linear",
    }
