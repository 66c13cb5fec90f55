"""An offset is only as good as the answer was quick."""

import asyncio
import time

import pytest

from venues.nautilus import venue_clock
from venues.nautilus.venue_clock import VenueClock


async def test_the_offset_is_measured_from_the_middle_of_the_round_trip() -> None:
    clock = VenueClock("V")

    async def ahead() -> int:
        return round((time.time() + 3) * 1000)

    await clock.read(ahead)
    assert clock.offset_ms == pytest.approx(3000, abs=100)
    assert clock.timestamp_ms() == pytest.approx((time.time() + 3) * 1000, abs=100)


async def test_a_slow_answer_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the way would become the offset: a second ahead, and every order is refused."""
    monkeypatch.setattr(venue_clock, "_LONGEST_ROUND_TRIP_S", 0.05)
    clock = VenueClock("V")
    clock.offset_ms = 1.5

    async def slow() -> int:
        told = round(time.time() * 1000)
        await asyncio.sleep(0.2)
        return told

    with pytest.raises(TimeoutError):
        await clock.read(slow)
    assert clock.offset_ms == 1.5
