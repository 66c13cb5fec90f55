"""Each answer of a venue comes out once: to the submit that waits, or as news."""

import asyncio

from domain.outcomes import Accepted, Rejected, SubmitOutcome, Unknown
from venues.nautilus.answers import Answers

ACCEPTED = Accepted("7")
REJECTED = Rejected("-2010", "no balance")


async def _answered(answers: Answers, *outcomes: SubmitOutcome) -> list[bool]:
    """Which of the outcomes were news to a submit that waited for the first of them."""
    future = answers.expect("a")
    assert future is not None
    news = [answers.is_news("a", outcome) for outcome in outcomes]
    assert await future == outcomes[0]
    return news


async def test_the_second_word_of_an_acceptance_is_no_news() -> None:
    assert await _answered(Answers(), ACCEPTED, ACCEPTED) == [False, False]


async def test_the_second_word_of_a_rejection_is_no_news() -> None:
    assert await _answered(Answers(), REJECTED, Rejected("REJECTED", "")) == [False, False]


async def test_an_acceptance_after_an_unknown_answer_is_news_once() -> None:
    news = await _answered(Answers(), Unknown("503"), ACCEPTED, ACCEPTED)
    assert news == [False, True, False]


async def test_a_rejection_after_an_acceptance_is_news() -> None:
    assert await _answered(Answers(), ACCEPTED, REJECTED) == [False, True]


async def test_doubt_is_never_news() -> None:
    assert await _answered(Answers(), Unknown("503"), Unknown("again")) == [False, False]


async def test_only_one_submit_waits_for_an_id() -> None:
    answers = Answers()
    assert answers.expect("a") is not None
    assert answers.expect("a") is None
    answers.forget("a")
    assert answers.expect("a") is not None


async def test_an_order_sent_again_is_answered_again() -> None:
    answers = Answers()
    assert await _answered(answers, REJECTED) == [False]
    assert await _answered(answers, ACCEPTED) == [False]


async def test_giving_up_leaves_every_waiting_submit_in_doubt() -> None:
    answers = Answers()
    futures = [answers.expect("a"), answers.expect("b")]
    answers.give_up("gone")
    assert await asyncio.gather(*(f for f in futures if f)) == [Unknown("gone"), Unknown("gone")]
