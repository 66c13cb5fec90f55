"""Credits: who has none left is told 10028 and thrown out."""

import asyncio
from typing import Any

import pytest

from tests.contracts.deribit_simulator.rpc import Rpc
from tests.support.simulated_venue import VenueOnLoop
from venues.simulators.deribit.limits import Pool

BURST = 20
INSTRUMENTS_BURST = 50


async def test_the_matching_engine_takes_a_burst_of_twenty(rpc: Rpc, venue: VenueOnLoop) -> None:
    await venue.stop()
    await venue.start(roomy=False)
    answers = await asyncio.gather(*(rpc.buy() for _ in range(BURST + 5)))
    refused = [answer for answer in answers if "error" in answer.body]
    assert 3 <= len(refused) <= 5  # a credit or two may have dripped back meanwhile
    assert {(answer.status, answer.code) for answer in refused} == {(429, 10028)}
    await asyncio.sleep(0.5)
    assert (await rpc.get("private/cancel_all")).result == BURST + 5 - len(refused)


async def test_a_session_without_credits_is_ended(rpc: Rpc, venue: VenueOnLoop) -> None:
    await venue.stop()
    await venue.start(roomy=False)
    async with rpc.socket() as socket:
        order = {"instrument_name": "BTC-PERPETUAL", "amount": 10, "price": 98_000}
        codes: list[int] = []
        while not codes:
            answer = await socket.call("private/buy", **order)
            codes = [answer.code] if "error" in answer.body else []
        assert codes == [10028]
        await socket.ended()


async def test_an_account_is_told_its_limits(rpc: Rpc, venue: VenueOnLoop) -> None:
    await venue.stop()
    await venue.start(roomy=False)
    limits = (await rpc.get("private/get_account_summary", currency="BTC")).result["limits"]
    assert limits["matching_engine"]["trading"]["total"] == {"rate": 5, "burst": BURST}
    assert limits["non_matching_engine"] == {"rate": 20, "burst": 100}


async def test_instruments_are_asked_for_in_bursts_of_fifty(rpc: Rpc, venue: VenueOnLoop) -> None:
    await venue.stop()
    await venue.start(roomy=False)
    codes = [
        (await rpc.get("public/get_instruments", currency="BTC")).body.get("error", {}).get("code")
        for _ in range(INSTRUMENTS_BURST + 5)
    ]
    assert codes[:INSTRUMENTS_BURST] == [None] * INSTRUMENTS_BURST
    assert 10028 in codes


@pytest.mark.parametrize(
    ("method", "terms", "is_bulk"),
    [
        ("private/cancel_all", {}, True),
        ("private/cancel_by_label", {"label": "x"}, True),
        ("private/cancel_by_label", {"label": "x", "currency": "BTC"}, False),
        ("private/cancel_all_by_kind_or_type", {"currency": "any"}, True),
        ("private/cancel_all_by_kind_or_type", {"currency": "BTC"}, False),
        ("private/cancel_all_by_instrument", {"instrument_name": "BTC-PERPETUAL"}, False),
        ("private/cancel_all_by_currency", {"currency": "BTC"}, False),
    ],
)
def test_bulk_cancels_have_credits_of_their_own(
    venue: VenueOnLoop, method: str, terms: dict[str, Any], is_bulk: bool
) -> None:
    methods = venue.venue._front.methods  # type: ignore[attr-defined]
    expected = Pool.CANCEL_ALL if is_bulk else Pool.MATCHING
    assert methods[method].pool_of(terms) is expected
