"""A connection that stops answering is noticed; one that never answered is left alone."""

import asyncio

from venues.nautilus.pulse import Pulse


class Line:
    """A connection that answers at once while it is `alive`."""

    def __init__(self) -> None:
        self.now = 100.0
        self.heard_at = 0.0
        self.alive = True
        self.hangs = False
        self.asked = 0

    async def probe(self) -> None:
        self.asked += 1
        if self.hangs:
            await asyncio.sleep(60)
        if self.alive:
            self.heard_at = self.now


async def noticed_after(line: Line, pulse: Pulse, at_most_s: float) -> float | None:
    """How long it takes until the line counts as dead, looked at twice a second."""
    started = line.now
    while line.now - started < at_most_s:
        line.now += 0.5
        if await pulse.is_dead(line.now):
            return line.now - started
    return None


async def test_a_line_that_answers_is_alive() -> None:
    line = Line()
    assert await noticed_after(line, Pulse(line), 60) is None
    assert 50 <= line.asked <= 61


async def test_silence_is_noticed_within_five_seconds() -> None:
    line = Line()
    pulse = Pulse(line)
    assert await noticed_after(line, pulse, 3) is None
    line.alive = False
    after_s = await noticed_after(line, pulse, 60)
    assert after_s is not None
    assert 3 <= after_s < 5


async def test_other_messages_are_signs_of_life_too() -> None:
    line = Line()
    pulse = Pulse(line)
    assert await noticed_after(line, pulse, 3) is None
    line.alive = False
    for _ in range(60):
        line.heard_at = line.now
        line.now += 0.5
        assert not await pulse.is_dead(line.now)


async def test_a_venue_that_never_answers_probes_is_not_judged_by_them() -> None:
    line = Line()
    line.alive = False
    assert await noticed_after(line, Pulse(line), 120) is None


async def test_a_process_that_was_away_itself_blames_nobody() -> None:
    line = Line()
    pulse = Pulse(line)
    assert await noticed_after(line, pulse, 3) is None
    line.now += 30
    assert not await pulse.is_dead(line.now)
    assert await noticed_after(line, pulse, 10) is None


async def test_a_new_connection_gets_its_time() -> None:
    line = Line()
    pulse = Pulse(line)
    assert await noticed_after(line, pulse, 3) is None
    line.alive = False
    assert await noticed_after(line, pulse, 60) is not None
    pulse.reset()
    line.alive = True
    assert await noticed_after(line, pulse, 10) is None


async def test_an_answer_that_nobody_has_looked_at_yet_was_an_answer() -> None:
    """The connection dies within a second of its start, and is renewed for another reason."""
    line = Line()
    pulse = Pulse(line)
    assert not await pulse.is_dead(line.now)
    pulse.reset()
    line.alive = False
    assert await noticed_after(line, pulse, 5) is not None


async def test_one_that_has_answered_before_is_judged_from_the_first_second() -> None:
    line = Line()
    line.alive = False
    assert await noticed_after(line, Pulse(line, answers=True), 5) is not None
