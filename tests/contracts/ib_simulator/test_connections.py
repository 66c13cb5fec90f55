"""Handshake, client ids and the rate of messages."""

import asyncio

import pytest

from tests.contracts.ib_simulator.conftest import Dial
from tests.contracts.ib_simulator.raw_client import RawClient
from tests.support.simulated_venue import VenueOnLoop
from venues.simulators.ib.venue import NUMBER, IbVenue


@pytest.mark.parametrize(
    ("spoken", "agreed"),
    [("v100..157", 157), ("v157..178", 178), ("v100..226", 178), ("v100..170 +PACEAPI", 170)],
)
async def test_the_lower_of_both_highest_versions_is_agreed(
    tws: VenueOnLoop, spoken: str, agreed: int
) -> None:
    client = await RawClient.greet(tws.port, spoken)
    assert client.version == agreed
    await client.close()


@pytest.mark.parametrize("spoken", ["v100..120", "v201..226", "nonsense"])
async def test_a_client_without_a_common_version_is_hung_up(tws: VenueOnLoop, spoken: str) -> None:
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await RawClient.greet(tws.port, spoken)


async def test_who_is_no_client_of_tws_is_hung_up(tws: VenueOnLoop) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", tws.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    async with asyncio.timeout(2):
        assert await reader.read() == b""
    writer.close()


async def test_a_started_client_is_told_its_accounts_and_its_next_order_id(dial: Dial) -> None:
    client = await dial(5)
    assert (await client.first("15"))[2] == NUMBER
    assert await client.next_id() == 1
    assert (await client.error(2104))[2] == "-1"


async def test_a_client_id_in_use_is_refused_and_hung_up(dial: Dial) -> None:
    first = await dial(5)
    await first.next_id()
    second = await dial(5)
    assert "already in use" in (await second.error(326))[4]
    await second.hung_up()
    await first.settled()


async def test_a_client_id_is_free_again_once_its_client_is_gone(dial: Dial) -> None:
    first = await dial(5)
    await first.next_id()
    await first.close()
    await asyncio.sleep(0.05)
    assert await (await dial(5)).next_id() == 1


async def test_a_dead_clients_id_can_linger(tws: VenueOnLoop, dial: Dial) -> None:
    assert isinstance(tws.venue, IbVenue)
    tws.venue.clients.linger_s = 0.3
    await (await dial(5)).next_id()
    tws.drop_streams()
    await asyncio.sleep(0.05)
    await (await dial(5)).error(326)
    await asyncio.sleep(0.4)
    assert await (await dial(5)).next_id() == 1


async def test_messages_beyond_fifty_a_second_are_dropped_and_cut_off_at_last(dial: Dial) -> None:
    client = await dial()
    await client.next_id()
    for _ in range(70):
        client.send("49", "1")
    assert "max=50" in (await client.error(100))[4]
    await client.hung_up()
    assert sum(message[0] == "49" for message in client.heard) < 50


async def test_an_unknown_message_and_an_unreadable_one_are_answered_so(dial: Dial) -> None:
    client = await dial()
    client.send("999", "1")
    await client.error(505)
    client.send("3", "1", "x")
    await client.error(320)
    client.send("abc")
    await client.settled()
