"""Who is left out of a node, and for how long."""

import asyncio

import pytest

from venues.nautilus import roll_call
from venues.nautilus.roll_call import Missing, RollCall
from venues.port import VenueUnreachable

OFFER = frozenset({"BTC"})


class Venue:
    def __init__(self) -> None:
        self.problem: Exception | None = None
        self.surveys = 0

    async def survey(self) -> frozenset[str]:
        self.surveys += 1
        if self.problem is not None:
            raise self.problem
        return OFFER


def roll(**venues: Venue) -> RollCall:
    return RollCall({name: venue.survey for name, venue in venues.items()})


async def missing_of(one: RollCall) -> dict[str, str]:
    with pytest.raises(Missing) as found:
        await one.answers()
    return dict(found.value.reasons)


async def test_who_fails_twice_is_left_out_and_the_others_go_on() -> None:
    good, bad = Venue(), Venue()
    bad.problem = VenueUnreachable("the key has expired.")
    call = roll(GOOD=good, BAD=bad)
    for _ in range(2):
        reasons = await missing_of(call)
        assert reasons == {"BAD": "the key has expired"}
        call.failed(reasons)
    assert await call.answers() == {"GOOD": OFFER}


async def test_when_nobody_is_there_all_are_waited_for() -> None:
    venues = [Venue(), Venue()]
    for venue in venues:
        venue.problem = VenueUnreachable("no network")
    call = roll(A=venues[0], B=venues[1])
    for _ in range(3):
        call.failed(await missing_of(call))
    for venue in venues:
        venue.problem = None
    assert set(await call.answers()) == {"A", "B"}


async def test_a_survey_that_breaks_or_hangs_is_a_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roll_call, "_SURVEY_S", 0.05)
    broken = Venue()
    broken.problem = KeyError("what")
    call = RollCall({"BROKEN": broken.survey, "HANGS": _never, "GOOD": Venue().survey})
    reasons = await missing_of(call)
    assert reasons.keys() == {"BROKEN", "HANGS"}


async def _never() -> frozenset[str]:
    await asyncio.sleep(60)
    return OFFER


async def test_one_that_can_be_had_again_is_taken_back_and_the_others_are_not_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(roll_call, "_PAUSE_S", 0.01)
    good, bad, worse = Venue(), Venue(), Venue()
    bad.problem = worse.problem = VenueUnreachable("away")
    call = roll(GOOD=good, BAD=bad, WORSE=worse)
    for _ in range(2):
        call.failed(await missing_of(call))
    await call.answers()
    asked = good.surveys
    back = asyncio.create_task(call.until_somebody_is_back())
    await asyncio.sleep(0.05)
    assert not back.done()
    bad.problem = None
    await asyncio.wait_for(back, 5)
    assert set(await call.answers()) == {"GOOD", "BAD"}
    assert good.surveys == asked


async def test_after_a_failure_everybody_is_asked_anew() -> None:
    venue = Venue()
    call = roll(ONLY=venue)
    await call.answers()
    await call.answers()
    assert venue.surveys == 1
    call.failed({})
    await call.answers()
    assert venue.surveys == 2
