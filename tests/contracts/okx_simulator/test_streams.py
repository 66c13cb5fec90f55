"""Private and public channels: what is told, in which order, and how connections live and die."""

import asyncio
import zlib
from decimal import Decimal

import aiohttp
import pytest

from tests.contracts.okx_simulator.worlds import MARKET, SWAP, World, order
from venues.simulators.okx.venue import OkxVenue


async def test_the_reply_comes_before_the_news_and_each_fill_for_itself(world: World) -> None:
    socket = await world.orders()
    await socket.send(id="9", op="order", args=[order("whole", sz="3", **MARKET)])
    rows = await socket.rows_during("orders", 0.5)
    states = [row["state"] for row in rows]
    assert (states[0], states[-1]) == ("live", "filled")
    assert set(states[1:-1]) == {"partially_filled"}
    fees = [Decimal(row["fillFee"]) for row in rows]
    sizes = [Decimal(row["fillSz"]) for row in rows]
    assert fees[0] == 0
    assert all(fee < 0 for fee in fees[1:])
    assert sum(sizes) == Decimal(rows[-1]["accFillSz"]) == 3
    assert sum(fees) == Decimal(rows[-1]["fee"])
    assert {row["fillFeeCcy"] for row in rows[1:]} == {"BTC"}


async def test_the_reply_to_a_socket_order_leaves_first(world: World) -> None:
    socket = await world.orders()
    await socket.send(id="9", op="order", args=[order("first")])
    async with asyncio.timeout(3):
        first, second = [await socket.socket.receive_json() for _ in range(2)]
    assert first["id"] == "9"
    assert second["data"][0]["clOrdId"] == "first"


async def test_post_only_is_taken_then_canceled_with_source_31(world: World) -> None:
    socket = await world.orders()
    placed = await world.place("maker", ordType="post_only", px="101000")
    assert placed.row["sCode"] == "0"
    rows = await socket.rows_during("orders", 0.5)
    told = [(row["state"], row["cancelSource"]) for row in rows]
    assert told == [("live", ""), ("canceled", "31")]


@pytest.mark.parametrize(("kind", "source"), [("ioc", "14"), ("fok", "13")])
async def test_what_cannot_trade_at_once_is_canceled(world: World, kind: str, source: str) -> None:
    socket = await world.orders()
    await world.place("now", ordType=kind)
    assert (await socket.row("orders", state="canceled"))["cancelSource"] == source


async def test_an_amendment_is_told_with_its_result(world: World) -> None:
    socket = await world.orders()
    await world.place("amended")
    change = {"instId": "BTC-USDT", "clOrdId": "amended", "newPx": "96000", "reqId": "r1"}
    await world.client.post("/api/v5/trade/amend-order", change)
    told = await socket.row("orders", amendResult="0")
    assert (told["px"], told["reqId"], told["state"]) == ("96000", "r1", "live")


async def test_account_and_positions_begin_with_what_there_is(world: World) -> None:
    await world.place("long", SWAP, **{**MARKET, "tgtCcy": None})
    socket = await world.client.private()
    await socket.send(
        op="subscribe",
        args=[{"channel": "account"}, {"channel": "positions", "instType": "ANY"}],
    )
    account = await socket.next(eventType="snapshot")
    assert {row["ccy"] for row in account["data"][0]["details"]} == {"BTC", "ETH", "USDT"}
    assert (await socket.row("positions"))["pos"] == "1"
    await world.place("more", SWAP, **{**MARKET, "tgtCcy": None})
    assert (await socket.row("positions"))["pos"] == "2"


async def test_channels_belong_to_their_socket_and_tier(world: World) -> None:
    socket = await world.client.socket("public")
    for arg, code in (
        ({"channel": "orders", "instType": "ANY"}, "60018"),
        ({"channel": "books-l2-tbt", "instId": "BTC-USDT"}, "64003"),
        ({"instId": "BTC-USDT"}, "60012"),
        ({"channel": "status"}, None),
    ):
        await socket.send(op="subscribe", args=[arg])
        event = await socket.next(event="error" if code else "subscribe")
        assert event.get("code") == code
    private = await world.client.private()
    await private.send(op="subscribe", args=[{"channel": "fills"}])
    assert (await private.next(event="error"))["code"] == "64003"
    await socket.socket.send_str("nonsense")
    assert (await socket.next(event="error"))["code"] == "60012"


async def test_a_book_is_a_snapshot_and_updates_with_checksums(world: World) -> None:
    socket = await world.client.socket("public")
    await socket.send(op="subscribe", args=[{"channel": "books", "instId": "BTC-USDT"}])
    snapshot = (await socket.next(action="snapshot"))["data"][0]
    book = {side: dict(levels(snapshot[side])) for side in ("bids", "asks")}
    assert checksum(book) == snapshot["checksum"]
    await world.place("level", px="99990")
    update = (await socket.next(action="update"))["data"][0]
    assert update["prevSeqId"] == snapshot["seqId"] < update["seqId"]
    for side, changed in book.items():
        for price, size in levels(update[side]):
            changed.pop(price, None) if size == "0" else changed.update({price: size})
    assert checksum(book) == update["checksum"]


async def test_whoever_comes_to_a_book_hears_the_whole_of_it_first(world: World) -> None:
    """Also while an update for the others is under way."""
    first = await world.client.socket("public")
    books = {"channel": "books", "instId": "BTC-USDT"}
    await world.place("before", px="99980")
    await first.send(op="subscribe", args=[books])
    told = [await first.next(arg=books) for _ in range(2)]
    assert told[1]["action"] == "snapshot"
    for number in range(5):
        await world.place(f"level{number}", px=f"9999{number}")
        late = await world.client.socket("public")
        await late.send(op="subscribe", args=[books])
        while "action" not in (news := await late.next(arg=books)):
            pass
        assert news["action"] == "snapshot"
        await world.place(f"next{number}", px=f"9998{number}")
        update = (await late.next(action="update"))["data"][0]
        assert update["prevSeqId"] == news["data"][0]["seqId"]


async def test_balances_and_positions_are_told_together(world: World) -> None:
    await world.place("long", SWAP, **{**MARKET, "tgtCcy": None})
    socket = await world.client.private()
    await socket.subscribe("balance_and_position")
    whole = await socket.row("balance_and_position", eventType="snapshot")
    assert {row["ccy"] for row in whole["balData"]} == {"BTC", "ETH", "USDT"}
    assert [row["pos"] for row in whole["posData"]] == ["1"]
    await world.place("more", SWAP, **{**MARKET, "tgtCcy": None})
    filled = await socket.row("balance_and_position", eventType="filled")
    (trade,) = filled["trades"]
    (position,) = filled["posData"]
    assert (position["pos"], position["tradeId"]) == ("2", trade["tradeId"])
    (fill, _) = (await world.client.get("/api/v5/trade/fills")).rows
    assert fill["tradeId"] == trade["tradeId"]


async def test_public_channels_speak_at_once(world: World) -> None:
    socket = await world.client.socket("public")
    await socket.subscribe("bbo-tbt", instId="BTC-USDT")
    top = await socket.row("bbo-tbt")
    assert Decimal(top["bids"][0][0]) < Decimal(top["asks"][0][0])
    await socket.subscribe("tickers", instId="BTC-USDT-SWAP")
    assert (await socket.row("tickers"))["instType"] == "SWAP"
    await socket.subscribe("trades", instId="BTC-USDT")
    await world.place("taker", **MARKET)
    assert (await socket.row("trades", side="buy"))["sz"] == "0.01"


async def test_a_text_ping_is_answered_and_silence_ends_the_connection(world: World) -> None:
    assert isinstance(world.venue.venue, OkxVenue)
    world.venue.venue.sockets.silence_s = 0.3
    socket = await world.client.socket("private")
    for _ in range(3):
        await asyncio.sleep(0.2)
        await socket.socket.send_str("ping")
        assert await socket.socket.receive_str() == "pong"
    message = await socket.socket.receive(timeout=2)
    assert message.type is aiohttp.WSMsgType.CLOSE
    assert message.data == 4004


async def test_a_service_upgrade_is_announced_and_ends_connections(world: World) -> None:
    socket = await world.client.private()
    world.venue.venue.expire_listen_keys()
    assert (await socket.next(event="notice"))["code"] == "64008"
    assert await socket.dies()


def levels(rows: list[list[str]]) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in rows]


def checksum(book: dict[str, dict[str, str]]) -> int:
    """As the venue's docs tell clients to compute it."""
    bids = sorted(book["bids"].items(), key=lambda level: -Decimal(level[0]))[:25]
    asks = sorted(book["asks"].items(), key=lambda level: Decimal(level[0]))[:25]
    parts = []
    for index in range(25):
        parts += [":".join(side[index]) for side in (bids, asks) if index < len(side)]
    value = zlib.crc32(":".join(parts).encode())
    return value - 2**32 if value >= 2**31 else value
