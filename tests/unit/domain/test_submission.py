"""Whether an approved order may go to its venue now."""

from datetime import datetime, timedelta

import pytest

from domain.order_events import EndedUnsent, SubmissionStarted
from domain.submission import next_step, unsent_end
from tests.support.order_states import ORDERS
from tests.support.orders import NOW, an_order

DEADLINE = NOW + timedelta(seconds=10)
TICK = timedelta(microseconds=1)


def test_an_approved_order_is_sent() -> None:
    assert next_step(an_order(), NOW, trading=True) == SubmissionStarted()


@pytest.mark.parametrize("state", [state for state in ORDERS if state != "APPROVED"])
def test_an_order_that_the_venue_may_have_is_neither_sent_nor_ended(state: str) -> None:
    late = DEADLINE + timedelta(hours=1)

    assert next_step(ORDERS[state], late, trading=False) is None
    assert unsent_end(ORDERS[state], late) is None


@pytest.mark.parametrize(
    ("now", "sent"), [(DEADLINE - TICK, True), (DEADLINE, False), (DEADLINE + TICK, False)]
)
def test_the_deadline_is_the_first_moment_at_which_nothing_is_sent(
    now: datetime, sent: bool
) -> None:
    step = next_step(an_order(send_deadline=DEADLINE), now, trading=True)

    assert isinstance(step, SubmissionStarted) == sent
    assert sent or (isinstance(step, EndedUnsent) and step.code == "deadline_passed")


def test_an_order_with_a_cancel_wish_ends_unsent() -> None:
    step = next_step(an_order(cancel_requested_at=NOW), NOW, trading=True)

    assert isinstance(step, EndedUnsent)
    assert step.code == "canceled_unsent"


def test_nothing_is_sent_while_trading_is_stopped() -> None:
    step = next_step(an_order(), NOW, trading=False)

    assert isinstance(step, EndedUnsent)
    assert step.code == "trading_stopped"


def test_a_halt_alone_does_not_end_an_order_that_nobody_sends() -> None:
    assert unsent_end(an_order(), NOW) is None
