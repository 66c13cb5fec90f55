"""The audit chain: whatever is changed, left out or added later shows."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.audit import GENESIS, ChainedEvent, Link, chained, first_break
from domain.order_events import (
    FillBooked,
    OpeningEvent,
    OrderEvent,
    OrderReceived,
    OutcomeUnknown,
    SubmissionStarted,
    VenueAccepted,
)
from tests.support.orders import a_fill, a_request

ORDER = "o1"
AT = datetime(2026, 3, 4, 5, 6, 7, 891011, tzinfo=UTC)
type Recorded = tuple[Link, str]


def link_of(event: ChainedEvent) -> Recorded:
    return Link(ORDER, event.version, event.name, event.detail, event.at), event.hash


def trail() -> list[Recorded]:
    events: list[OpeningEvent | OrderEvent] = [
        OrderReceived(a_request()),
        SubmissionStarted(),
        VenueAccepted("v1"),
    ]
    previous = GENESIS
    links: list[Recorded] = []
    for version, event in enumerate(events, start=1):
        link = chained(ORDER, version, previous, event, AT)
        links.append(link_of(link))
        previous = link.hash
    return links


def changed(recorded: Recorded, **parts: Any) -> Recorded:
    return recorded[0]._replace(**parts), recorded[1]


FORGERIES: dict[str, tuple[Callable[[list[Recorded]], list[Recorded]], int]] = {
    "another order": (lambda t: [t[0], changed(t[1], order_id="o2"), t[2]], 2),
    "another version": (lambda t: [t[0], changed(t[1], version=7), t[2]], 2),
    "another name": (lambda t: [t[0], changed(t[1], name="VenueRejected"), t[2]], 2),
    "another detail": (lambda t: [*t[:2], changed(t[2], detail={"venue_order_id": "v2"})], 3),
    "another time": (lambda t: [t[0], changed(t[1], at=AT + timedelta(microseconds=1)), t[2]], 2),
    "another hash": (lambda t: [t[0], (t[1][0], "f" * 64), t[2]], 2),
    "a gap": (lambda t: [t[0], t[2]], 2),
    "no beginning": (lambda t: t[1:], 1),
    "two swapped": (lambda t: [t[0], t[2], t[1]], 2),
    "one twice": (lambda t: [t[0], t[0], t[1]], 2),
}


def test_a_trail_as_it_was_written_holds() -> None:
    assert first_break(trail()) is None


def test_an_empty_trail_holds() -> None:
    assert first_break([]) is None


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_shows_where_it_begins(name: str) -> None:
    forge, version = FORGERIES[name]
    assert first_break(forge(trail())) == version


def test_a_link_rehashed_alone_breaks_the_next_one() -> None:
    links = trail()
    links[1] = link_of(chained(ORDER, 2, links[0][1], OutcomeUnknown("it was never sent"), AT))

    assert first_break(links) == 3


def test_a_gap_that_was_hashed_over_shows() -> None:
    first = trail()[0]
    third = chained(ORDER, 3, first[1], VenueAccepted("v1"), AT)

    assert first_break([first, link_of(third)]) == 2


def test_decimals_and_times_are_kept_as_text_to_the_last_digit() -> None:
    fill = a_fill(quantity=Decimal("0.10"), price=Decimal("12345678901234567890.12345678"))
    detail = chained(ORDER, 1, GENESIS, FillBooked(fill), AT).detail["fill"]

    assert (detail["quantity"], detail["price"]) == ("0.10", "12345678901234567890.12345678")
    assert detail["ts_event"] == "2026-03-04T05:06:07.891011+00:00"


def test_the_name_of_an_event_is_its_class() -> None:
    assert chained(ORDER, 1, GENESIS, VenueAccepted("v1"), AT).name == "VenueAccepted"
