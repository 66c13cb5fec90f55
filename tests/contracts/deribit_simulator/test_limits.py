"""Credits: who has none left is told 10028 and thrown out."""

import asyncio

from tests.contracts.deribit_simulator.rpc import Rpc
from tests.support.simulated_venue import VenueOnLoop

BURST = 20


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
