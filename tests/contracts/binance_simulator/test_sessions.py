"""Sessions of the WebSocket API: what they subscribe to, and that they end."""

from typing import Any

import pytest

from tests.contracts.binance_simulator.worlds import World, spot_user
from tests.support.binance_client import KEY, BinanceSocket, log_on_params, signature_of
from venues.simulators.binance.ws_methods import FUTURES_REQUESTS, SPOT_REQUESTS


def terminated(message: Any) -> bool:
    return bool(message.get("event", {}).get("e") == "eventStreamTerminated")


async def signed_in(world: World) -> BinanceSocket:
    """A session that subscribed by a signature, without a login."""
    socket = await world.spot.socket("/ws-api/v3")
    params = log_on_params(KEY, signature_of)
    reply = await socket.call("userDataStream.subscribe.signature", **params)
    assert reply["result"] == {"subscriptionId": 0}
    return socket


@pytest.mark.parametrize(("product", "path"), [("spot", "/ws-api/v3"), ("futures", "/ws-fapi/v1")])
async def test_an_hmac_key_does_not_log_in(world: World, product: str, path: str) -> None:
    socket = await getattr(world, product).socket(path)
    refused = await socket.call("session.logon", **log_on_params(KEY, signature_of))
    assert (refused["status"], refused["error"]["code"]) == (400, -4056)
    assert (await socket.call("session.status"))["result"]["apiKey"] is None


async def test_a_session_that_expires_says_so_and_hears_nothing_more(world: World) -> None:
    by_login, by_signature = await spot_user(world), await signed_in(world)
    expired = await world.admin("POST", "/expire-listen-keys")
    assert expired == {"expired": {"BINANCE_SPOT": 2, "BINANCE_FUTURES": 0}}
    for socket in (by_login, by_signature):
        assert (await socket.next(terminated))["subscriptionId"] == 0
    await world.buy("unheard")
    for socket in (by_login, by_signature):
        assert await socket.seen_during(0.2) == []
    refused = await by_login.call("userDataStream.subscribe")
    assert (refused["status"], refused["error"]["code"]) == (401, -2015)


async def test_what_nobody_used_does_not_count_as_expired(world: World) -> None:
    await world.spot.socket("/ws-api/v3")
    expired = await world.admin("POST", "/expire-listen-keys")
    assert expired == {"expired": {"BINANCE_SPOT": 0, "BINANCE_FUTURES": 0}}
    await world.user("futures")
    expired = await world.admin("POST", "/expire-listen-keys", venue="BINANCE_FUTURES")
    assert expired == {"expired": {"BINANCE_FUTURES": 1}}


async def test_a_logout_ends_the_stream_of_the_login_alone(world: World) -> None:
    by_login, by_signature = await spot_user(world), await signed_in(world)
    await by_login.raw.send_json({"id": "out", "method": "session.logout"})
    assert terminated(await by_login.next())
    assert (await by_signature.call("session.logout"))["status"] == 200
    await world.buy("heard")
    assert (await by_signature.next())["event"]["c"] == "heard"


async def test_subscriptions_are_numbered_listed_and_ended(world: World) -> None:
    socket = await spot_user(world)
    again = await socket.call("userDataStream.subscribe")
    assert again["error"]["code"] == -2035
    assert (await socket.call("session.subscriptions"))["result"] == [{"subscriptionId": 0}]
    assert (await socket.call("session.status"))["result"]["userDataStream"] is True
    unknown = await socket.call("userDataStream.unsubscribe", subscriptionId=5)
    assert unknown["error"]["code"] == -2036
    assert (await socket.call("userDataStream.unsubscribe", subscriptionId=0))["result"] == {}
    assert (await socket.call("session.status"))["result"]["userDataStream"] is False
    assert (await socket.call("userDataStream.subscribe"))["result"] == {"subscriptionId": 1}


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("trades.recent", {}),
        ("trades.historical", {}),
        ("trades.aggregate", {}),
        ("klines", {"interval": "1h"}),
        ("uiKlines", {"interval": "1h"}),
        ("avgPrice", {}),
        ("ticker", {"windowSize": "4h"}),
        ("ticker.24hr", {}),
        ("ticker.tradingDay", {}),
        ("ticker.price", {}),
        ("ticker.book", {}),
    ],
)
async def test_market_data_is_asked_for_without_a_login(
    world: World, method: str, params: dict[str, str]
) -> None:
    socket = await world.spot.socket("/ws-api/v3")
    reply = await socket.call(method, symbol="BTCUSDT", **params)
    assert reply["status"] == 200
    (used,) = reply["rateLimits"]
    assert (used["rateLimitType"], used["limit"]) == ("REQUEST_WEIGHT", 6000)
    assert used["count"] > 0


async def test_every_request_of_the_websocket_apis_leads_somewhere(world: World) -> None:
    """A name whose endpoint is not served would be an error of 404."""
    apis = (
        (world.spot, "/ws-api/v3", SPOT_REQUESTS),
        (world.futures, "/ws-fapi/v1", FUTURES_REQUESTS),
    )
    for client, path, requests in apis:
        socket = await client.logged_on(path)
        for method in requests:
            assert (await socket.call(method))["status"] in (200, 400), method
