"""Stream sockets: one kind for all streams, which are named in the path or subscribed later."""

from typing import Any

import aiohttp
import pytest

from tests.contracts.binance_simulator.worlds import MARKET, World
from tests.support.binance_client import BinanceSocket

SPOT = {
    "btcusdt@trade": "trade",
    "btcusdt@aggTrade": "aggTrade",
    "btcusdt@kline_15m": "kline",
    "btcusdt@miniTicker": "24hrMiniTicker",
    "btcusdt@ticker": "24hrTicker",
    "btcusdt@ticker_4h": "4hTicker",
    "btcusdt@avgPrice": "avgPrice",
    "btcusdt@depth": "depthUpdate",
    "!miniTicker@arr": "24hrMiniTicker",
    "!ticker@arr": "24hrTicker",
    "!ticker_1h@arr": "1hTicker",
}
FUTURES = {
    "btcusdt@trade": "trade",
    "btcusdt@aggTrade": "aggTrade",
    "btcusdt@kline_1d": "kline",
    "btcusdt_perpetual@continuousKline_1h": "continuous_kline",
    "btcusdt@miniTicker": "24hrMiniTicker",
    "btcusdt@ticker": "24hrTicker",
    "btcusdt@depth5@100ms": "depthUpdate",
    "btcusdt@markPrice": "markPriceUpdate",
    "!markPrice@arr@1s": "markPriceUpdate",
    "!miniTicker@arr": "24hrMiniTicker",
    "!ticker@arr": "24hrTicker",
    "!bookTicker": "bookTicker",
}


async def asked(socket: BinanceSocket, method: str, *params: Any) -> Any:
    """The answer to a control message."""
    await socket.raw.send_json({"id": 7, "method": method, "params": list(params)})
    return await socket.next(lambda each: isinstance(each, dict) and each.get("id") == 7)


@pytest.mark.parametrize(("product", "streams"), [("spot", SPOT), ("futures", FUTURES)])
async def test_every_stream_of_a_product_speaks(
    world: World, product: str, streams: dict[str, str]
) -> None:
    socket = await getattr(world, product).socket(f"/stream?streams={'/'.join(streams)}")
    await (world.buy if product == "spot" else world.long)("seen", **MARKET)
    told: dict[str, str] = {}
    while told.keys() != streams.keys():
        message = await socket.next()
        data = message["data"]
        if isinstance(data, list):
            assert [each["s"] for each in data] == ["BTCUSDT", "ETHUSDT"]
            data = data[0]
        told[message["stream"]] = data["e"]
    assert told == streams


@pytest.mark.parametrize("path", ["/ws/0", "/ws", "/ws/", "/stream.binance.com/ws/3"])
async def test_a_socket_may_begin_without_a_stream(world: World, path: str) -> None:
    """Clients number their sockets in the path, and subscribe afterwards."""
    socket = await world.spot.socket(path)
    assert await asked(socket, "SUBSCRIBE", "btcusdt@miniTicker") == {"result": None, "id": 7}
    assert (await socket.next())["e"] == "24hrMiniTicker"


@pytest.mark.parametrize("product", ["spot", "futures"])
async def test_a_user_stream_is_subscribed_like_any_other(world: World, product: str) -> None:
    client = getattr(world, product)
    path = "/api/v3/userDataStream" if product == "spot" else "/fapi/v1/listenKey"
    key = (await client.keyed("POST", path)).body["listenKey"]
    later = await client.socket("/ws/btcusdt@trade")
    await asked(later, "SUBSCRIBE", key)
    first = await client.socket(f"/stream?streams={key}/btcusdt@trade")
    own = await client.socket(f"/ws/{key}")
    await asked(own, "SUBSCRIBE", "ethusdt@trade")
    assert (await asked(own, "LIST_SUBSCRIPTIONS"))["result"] == [key, "ethusdt@trade"]
    await (world.buy if product == "spot" else world.long)("o1")
    event = "executionReport" if product == "spot" else "ORDER_TRADE_UPDATE"
    assert (await later.next(lambda each: each["e"] == event))["E"]
    assert (await first.next(lambda each: each["stream"] == key))["data"]["e"] == event
    assert (await own.next(lambda each: each["e"] == event))["E"]


async def test_a_stream_that_does_not_exist_stays_silent(world: World) -> None:
    socket = await world.futures.socket("/ws/nobody@trade/0/btcusdt@kline_7m")
    assert (await asked(socket, "SUBSCRIBE", "x"))["result"] is None
    assert await socket.seen_during(1.2) == []


async def test_an_expired_key_in_the_path_is_no_stream_any_more(world: World) -> None:
    key = (await world.spot.keyed("POST", "/api/v3/userDataStream")).body["listenKey"]
    await world.admin("POST", "/expire-listen-keys", venue="BINANCE_SPOT")
    await world.spot.keyed("POST", "/api/v3/userDataStream")
    socket = await world.spot.socket(f"/ws/{key}")
    await world.buy("unheard")
    # A beat tells of keys that have ended, after its tickers.
    await socket.raw.send_json({"method": "SUBSCRIBE", "params": ["btcusdt@miniTicker"], "id": 7})
    answer, *heard = [await socket.next() for _ in range(3)]
    assert answer == {"result": None, "id": 7}
    assert [each["e"] for each in heard] == ["24hrMiniTicker"] * 2


async def test_a_socket_can_be_asked_for_wrapped_events(world: World) -> None:
    socket = await world.spot.socket("/ws/btcusdt@ticker")
    assert (await asked(socket, "GET_PROPERTY", "combined"))["result"] is False
    assert (await asked(socket, "SET_PROPERTY", "combined", True))["result"] is None
    assert (await socket.next())["stream"] == "btcusdt@ticker"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", 3),
        ("[]", 2),
        ('{"id": 1}', 2),
        ('{"id": 1, "method": "SHOUT"}', 2),
        ('{"id": 1, "method": "SET_PROPERTY", "params": ["colour", true]}', 0),
        ('{"id": 1, "method": "SET_PROPERTY", "params": ["combined", 1]}', 1),
        ('{"id": 1, "method": "GET_PROPERTY", "params": [1]}', 2),
        ('{"id": 1, "method": "GET_PROPERTY", "params": ["combined", true]}', 2),
    ],
)
async def test_control_messages_that_make_no_sense(world: World, text: str, code: int) -> None:
    socket = await world.spot.socket("/ws")
    await socket.raw.send_str(text)
    assert (await socket.next())["error"]["code"] == code


@pytest.mark.parametrize(("product", "most"), [("spot", 5), ("futures", 10)])
async def test_who_says_too_much_in_a_second_is_disconnected(
    world: World, product: str, most: int
) -> None:
    socket = await getattr(world, product).socket("/ws")
    for _ in range(2 * most + 1):  # more than two seconds may take, wherever they begin
        await socket.raw.send_json({"id": 1, "method": "LIST_SUBSCRIPTIONS"})
    assert await socket.dies()
    assert socket.raw.close_code == aiohttp.WSCloseCode.GOING_AWAY
