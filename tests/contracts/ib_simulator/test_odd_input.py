"""Odd input is refused; it ends no session, and costs no working order."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contracts.ib_simulator.conftest import Dial
from tests.contracts.ib_simulator.raw_client import RawClient
from tests.support.simulated_venue import VenueOnLoop
from venues.simulators.ib.order_fields import REFUSED
from venues.simulators.ib.venue import IbVenue


async def still_trades(client: RawClient, resting: int) -> None:
    """The session goes on, and so does what it had placed before."""
    await client.settled()
    client.cancel(resting)
    await client.status(resting, "Cancelled")


@pytest.fixture
async def trader(dial: Dial) -> RawClient:
    """A client with a resting order under the id 1."""
    client = await dial()
    client.place(1, "BUY", 1, "LMT", limit="150")
    await client.status(1, "Submitted")
    return client


@pytest.mark.parametrize(
    "terms",
    [
        {"quantity": "1e40"},
        {"quantity": "9" * 60},
        {"quantity": "1e-400"},
        {"limit": "1e40"},
        {"limit": "NaN"},
        {"limit": "Infinity"},
        {"aux": "1e-99999"},
        {"display": "1" * 30},
        {"parentId": "x"},
    ],
    ids=str,
)
async def test_numbers_that_are_none_or_too_large_are_unreadable(
    trader: RawClient, terms: dict[str, Any]
) -> None:
    trader.place(2, "BUY", **{"quantity": 1, "order_type": "LMT", "limit": "150", **terms})
    assert (await trader.error(320))[2] == "2"
    await still_trades(trader, 1)


@pytest.mark.parametrize(
    "message",
    [("9" * 5000,), ("٣", "1"), ("1", "11", "x"), ("20",), ("7", "3", "9"), ("3", "9" * 40, "x")],
    ids=["long", "arabic", "letters", "short", "half", "long id"],
)
async def test_messages_that_are_none_are_answered_and_forgotten(
    trader: RawClient, message: tuple[str, ...]
) -> None:
    trader.send(*message)
    await trader.error(320)
    await still_trades(trader, 1)


async def test_what_nobody_expected_is_an_error_of_its_request(
    tws: VenueOnLoop, trader: RawClient, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> Iterator[tuple[int, ...]]:
        yield (49, 1, 0)
        raise ZeroDivisionError

    assert isinstance(tws.venue, IbVenue)
    tws.venue.api._handlers = {**tws.venue.api._handlers, 81: fails}
    trader.send("81", "5", "A")
    assert (await trader.error(322))[2] == "5"
    assert "request 81" in caplog.text
    await still_trades(trader, 1)


async def test_an_order_id_that_clients_cannot_count_up_from_is_unreadable(
    trader: RawClient,
) -> None:
    trader.place(2**31, "BUY", 1, "LMT", limit="150")
    await trader.error(320)
    trader.send("8", "1", "1")
    await trader.until(lambda m: m[0] == "9" and m[2] == "2", "the next id")


@pytest.mark.parametrize("term", sorted(REFUSED.keys() - {"faProfile"}))
async def test_a_term_that_is_not_simulated_is_refused_where_it_is_set(
    trader: RawClient, term: str
) -> None:
    """An order must not lose a term silently."""
    values = {"deltaNeutralOrderType": "LMT", "adjustedOrderType": "STP", "hedgeType": "D"}
    terms: dict[str, Any] = {term: values.get(term, "1")}
    trader.place(2, "BUY", 1, "LMT", limit="150", **terms)
    assert (await trader.error(201))[4].endswith(f"not simulated: the term {term}")
    await still_trades(trader, 1)


async def test_an_advisors_profile_is_refused_where_the_version_has_it(dial: Dial) -> None:
    client = await dial(1, "v100..176")
    # It stands behind the percentage: a field more than later versions have.
    client.place(1, "BUY", 1, "LMT", limit="150", faPercentage="\0profile")
    assert (await client.error(201))[4].endswith("the term faProfile")


async def test_combinations_are_refused(trader: RawClient) -> None:
    contract = ("0", "AAPL", "BAG", "", "0.0", "", "", "SMART", "", "USD", "", "")
    trader.place(2, "BUY", 1, "LMT", limit="150", contract=contract)
    assert "combination" in (await trader.error(201))[4]
