"""What a key and a token may do: the narrower of what was asked for and what there is."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contracts.deribit_simulator.rpc import CLIENT_ID, CREDENTIALS, SECRET, Rpc
from tests.support.simulated_venue import VenueOnLoop
from venues.simulators.deribit.tokens import MOST_SESSIONS

LOGIN = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": SECRET}
ORDER = {"instrument_name": "BTC-PERPETUAL", "amount": 100, "price": 98_000}
FORBIDDEN = 13021


async def token(rpc: Rpc, scope: str = "") -> str:
    asked = LOGIN | ({"scope": scope} if scope else {})
    access: str = (await rpc.post("public/auth", **asked)).result["access_token"]
    return access


async def test_a_token_does_not_do_more_than_it_asked_for(rpc: Rpc, venue: VenueOnLoop) -> None:
    reading = await token(rpc, "trade:read account:read wallet:none")
    assert (await rpc.post("private/get_open_orders", reading)).result == []
    assert (await rpc.post("private/get_deposits", reading, currency="BTC")).code == FORBIDDEN
    for method in ("private/buy", "private/cancel_all", "private/set_self_trading_config"):
        answer = await rpc.post(method, reading, **ORDER)
        assert (answer.status, answer.body["error"]) == (
            400,
            {"code": FORBIDDEN, "message": "forbidden"},
        )
    assert venue.ledger(event="accepted") == []


async def test_a_token_without_a_wish_does_what_the_key_does(rpc: Rpc) -> None:
    told = (await rpc.post("public/auth", **LOGIN)).result["scope"].split()
    assert {"connection", "mainaccount", "trade:read_write", "wallet:read_write"} <= set(told)
    assert (await rpc.post("private/buy", await token(rpc), **ORDER)).result["order"]


async def test_a_refreshed_token_does_not_do_more_than_the_first(rpc: Rpc) -> None:
    first = (await rpc.post("public/auth", **LOGIN, scope="trade:read session:mine")).result
    assert "session:mine" in first["scope"].split()
    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = await rpc.post("public/auth", **refresh, scope="trade:read_write")
    assert "session:mine" in second.result["scope"].split()
    assert (await rpc.post("private/buy", second.result["access_token"], **ORDER)).code == FORBIDDEN


async def test_channels_want_a_scope_too_and_are_left_out_without(rpc: Rpc) -> None:
    async with rpc.socket(logged_in=False) as socket:
        await socket.call("public/auth", **LOGIN, scope="trade:none")
        channels = ["user.orders.any.any.raw", "user.portfolio.any"]
        taken = await socket.call("private/subscribe", channels=channels)
        assert taken.result == ["user.portfolio.any"]


@pytest.fixture
async def narrow(tmp_path: Path) -> AsyncIterator[VenueOnLoop]:
    """A venue whose key may trade and read its account, and nothing else."""
    key = {**CREDENTIALS, "scope": "trade:read_write account:read"}
    venue = VenueOnLoop("DERIBIT", key, tmp_path)
    await venue.start()
    try:
        yield venue
    finally:
        await venue.stop()


async def test_a_key_has_its_limits_whatever_is_asked(rpc: Rpc, narrow: VenueOnLoop) -> None:
    limited = Rpc(rpc.session, narrow.port)
    assert (await limited.buy()).result["order"]["order_state"] == "open"
    assert (await limited.get("private/get_transfers", currency="BTC")).code == FORBIDDEN
    asked = await limited.post("public/auth", **LOGIN, scope="account:read_write wallet:read")
    granted = asked.result["scope"].split()
    assert set(granted) == {"connection", "mainaccount", "account:read", "trade:read_write"}


async def test_a_token_of_a_connection_is_good_there_only_and_dies_with_it(rpc: Rpc) -> None:
    async with rpc.socket(logged_in=False) as first, rpc.socket(logged_in=False) as second:
        given = (await first.call("public/auth", **LOGIN)).result
        access = {"access_token": given["access_token"]}
        assert (await first.call("private/get_open_orders", **access)).result == []
        assert (await second.call("private/get_open_orders", **access)).code == 13009
        refresh = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}
        assert (await second.call("public/auth", **refresh)).code == 13009
        named = (await first.call("public/auth", **LOGIN, scope="session:mine")).result
        of_session = {"access_token": named["access_token"]}
        assert (await second.call("private/get_open_orders", **of_session)).result == []
    await asyncio.sleep(0.05)
    assert (await rpc.post("private/get_open_orders", given["access_token"])).code == 13009
    assert (await rpc.post("private/get_open_orders", named["access_token"])).result == []


async def test_the_seventeenth_session_ends_the_oldest(rpc: Rpc) -> None:
    tokens = [await token(rpc, f"session:number{n}") for n in range(MOST_SESSIONS + 1)]
    assert (await rpc.post("private/get_open_orders", tokens[0])).code == 13009
    for access in tokens[1:]:
        assert (await rpc.post("private/get_open_orders", access)).result == []


async def test_a_session_can_be_forked_and_a_token_exchanged_for_the_own_account(rpc: Rpc) -> None:
    first = (await rpc.post("public/auth", **LOGIN, scope="session:mine trade:read")).result
    refresh = {"refresh_token": first["refresh_token"]}
    forked = (await rpc.post("public/fork_token", **refresh, session_name="other")).result
    assert "session:other" in forked["scope"].split()
    assert (await rpc.post("private/buy", forked["access_token"], **ORDER)).code == FORBIDDEN
    own = (await rpc.get("private/get_account_summaries")).result["id"]
    exchanged = (await rpc.post("public/exchange_token", **refresh, subject_id=own)).result
    assert (await rpc.post("private/get_open_orders", exchanged["access_token"])).result == []
    assert (await rpc.post("public/exchange_token", **refresh, subject_id=own + 1)).code == -32602
    unnamed = (await rpc.post("public/auth", **LOGIN)).result
    refused = {"refresh_token": unnamed["refresh_token"], "session_name": "x"}
    assert (await rpc.post("public/fork_token", **refused)).code == 11050


async def test_tokens_that_have_run_out_are_forgotten(rpc: Rpc, venue: VenueOnLoop) -> None:
    tokens = venue.venue._parts.access.tokens  # type: ignore[attr-defined]
    for _ in range(20):
        await token(rpc, "expires:30")
    assert len(tokens) == 20
    venue.arm("clock_skew", params={"ms": 31_000})
    await token(rpc)
    assert len(tokens) == 1
