"""The audit chain: whatever is changed, left out or added later shows."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from domain.audit import GENESIS, chained, first_break
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
type Link = tuple[str, int, str, dict[str, Any], str]


def trail() -> list[Link]:
    events: list[OpeningEvent | OrderEvent] = [
        OrderReceived(a_request()),
        SubmissionStarted(),
        VenueAccepted("v1"),
    ]
    previous = GENESIS
    links: list[Link] = []
    for version, event in enumerate(events, start=1):
        link = chained(ORDER, version, previous, event)
        links.append((ORDER, link.version, link.name, link.detail, link.hash))
        previous = link.hash
    return links


def changed(link: Link, place: int, value: object) -> Link:
    parts: list[Any] = list(link)
    parts[place] = value
    order_id, version, name, detail, recorded = parts
    return order_id, version, name, detail, recorded


FORGERIES: dict[str, tuple[Callable[[list[Link]], list[Link]], int]] = {
    "another order": (lambda t: [t[0], changed(t[1], 0, "o2"), t[2]], 2),
    "another version": (lambda t: [t[0], changed(t[1], 1, 7), t[2]], 2),
    "another name": (lambda t: [t[0], changed(t[1], 2, "VenueRejected"), t[2]], 2),
    "another detail": (lambda t: [*t[:2], changed(t[2], 3, {"venue_order_id": "v2"})], 3),
    "another hash": (lambda t: [t[0], changed(t[1], 4, "f" * 64), t[2]], 2),
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
    forged = chained(ORDER, 2, links[0][4], OutcomeUnknown("it was never sent"))
    links[1] = (ORDER, 2, forged.name, forged.detail, forged.hash)

    assert first_break(links) == 3


def test_a_gap_that_was_hashed_over_shows() -> None:
    first = trail()[0]
    third = chained(ORDER, 3, first[4], VenueAccepted("v1"))

    assert first_break([first, (ORDER, 3, third.name, third.detail, third.hash)]) == 2


def test_decimals_and_times_are_kept_as_text_to_the_last_digit() -> None:
    fill = a_fill(quantity=Decimal("0.10"), price=Decimal("12345678901234567890.12345678"))
    detail = chained(ORDER, 1, GENESIS, FillBooked(fill)).detail["fill"]

    assert (detail["quantity"], detail["price"]) == ("0.10", "12345678901234567890.12345678")
    assert detail["ts_event"] == "2026-03-04T05:06:07.891011+00:00"


def test_the_name_of_an_event_is_its_class() -> None:
    assert chained(ORDER, 1, GENESIS, VenueAccepted("v1")).name == "VenueAccepted"
