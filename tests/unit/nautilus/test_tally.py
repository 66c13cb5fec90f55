"""Commands and errors of the last minute."""

from domain.outcomes import Accepted, CancelRefused, CancelTaken, Rejected, Unknown
from venues.nautilus.tally import CommandTally


def test_only_what_got_no_answer_is_an_error() -> None:
    tally = CommandTally(clock=lambda: 0.0)
    outcomes = (
        Accepted("1"),
        Rejected("-2010", "no"),
        CancelTaken(),
        CancelRefused("done"),
        Unknown("silence"),
    )
    for outcome in outcomes:
        assert tally.counted(outcome) is outcome
    assert tally.of_last_minute() == (5, 1)


def test_a_minute_later_it_is_forgotten() -> None:
    now = [0.0]
    tally = CommandTally(clock=lambda: now[0])
    tally.counted(Unknown("silence"))
    now[0] = 59.0
    tally.counted(Accepted("1"))
    assert tally.of_last_minute() == (2, 1)
    now[0] = 61.0
    assert tally.of_last_minute() == (1, 0)
