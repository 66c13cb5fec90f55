"""The paper market has a dated contract to trade in every year."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.dated_contracts import CME_JUNE, DERIBIT_SEPTEMBER, Yearly

NOW = datetime(2026, 11, 27, tzinfo=UTC)
KINDS = pytest.mark.parametrize("kind", [DERIBIT_SEPTEMBER, CME_JUNE], ids=["Deribit", "CME"])


@pytest.mark.parametrize(
    ("kind", "ends"),
    [
        (DERIBIT_SEPTEMBER, ["2027-09-24 08:00", "2028-09-29 08:00", "2029-09-28 08:00"]),
        (CME_JUNE, ["2027-06-18 13:30", "2028-06-16 13:30", "2029-06-15 13:30"]),
    ],
)
def test_they_end_on_the_fridays_of_their_venues(kind: Yearly, ends: list[str]) -> None:
    found = kind.listed(datetime(2029, 1, 1, tzinfo=UTC))
    assert [f"{end:%Y-%m-%d %H:%M}" for end in found] == ends


@KINDS
def test_on_every_day_of_ten_years_there_is_one_that_lasts_and_none_is_forgotten(
    kind: Yearly,
) -> None:
    before: tuple[datetime, ...] = ()
    for day in range(3650):
        now = NOW + timedelta(days=day)
        listed = kind.listed(now)
        assert listed[: len(before)] == before
        assert timedelta(days=120) <= listed[-1] - now
        assert len(listed) < 2 or listed[-2] - now < timedelta(days=120)
        before = listed
