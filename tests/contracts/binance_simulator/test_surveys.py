"""A survey asks what the user stream will ask, by whichever key the account has."""

from dataclasses import replace

import pytest

from tests.contracts.binance_simulator.worlds import World
from tests.contracts.venues.binance_futures import BENCH as FUTURES
from tests.contracts.venues.binance_spot import BENCH as SPOT
from tests.support.bench_spec import BenchSpec
from tests.support.binance_client import ED25519_KEY, ED25519_PEM, KEY, SECRET
from venues.nautilus.exchange import Exchange, Timeouts
from venues.nautilus.exchanges import make_exchange
from venues.port import VenueUnreachable

HMAC = {"api_key": KEY, "api_secret": SECRET}
ED25519 = {"api_key": ED25519_KEY, "api_secret": ED25519_PEM}


def exchange(world: World, bench: BenchSpec, credentials: dict[str, str], **urls: str) -> Exchange:
    """The account of a world, at these addresses and else at the right ones."""
    config = bench.config(world.ports[bench.venue])
    changed = replace(config, credentials=credentials, urls={**config.urls, **urls})
    return make_exchange(changed, Timeouts())


@pytest.mark.parametrize("bench", [SPOT, FUTURES])
@pytest.mark.parametrize("credentials", [HMAC, ED25519])
async def test_an_account_passes_by_a_key_of_either_type(
    world: World, bench: BenchSpec, credentials: dict[str, str]
) -> None:
    assert await exchange(world, bench, credentials).survey() == set(bench.instruments)


@pytest.mark.parametrize(
    ("bench", "credentials", "request_name"),
    [
        (SPOT, HMAC, "userDataStream.subscribe.signature"),
        (SPOT, ED25519, "userDataStream.subscribe.signature"),
        (FUTURES, ED25519, "session.logon"),
    ],
)
async def test_a_socket_that_opens_and_refuses_the_sign_in_does_not_pass(
    world: World, bench: BenchSpec, credentials: dict[str, str], request_name: str
) -> None:
    elsewhere = f"ws://127.0.0.1:{world.ports[bench.venue]}/ws"
    with pytest.raises(VenueUnreachable, match=f"refuses {request_name}"):
        await exchange(world, bench, credentials, ws_api=elsewhere).survey()
