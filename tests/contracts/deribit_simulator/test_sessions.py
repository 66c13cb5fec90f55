"""WebSocket sessions: subscriptions, heartbeats, cancel on disconnect, the end of a token."""

import asyncio
from decimal import Decimal

import pytest

from tests.contracts.deribit_simulator.rpc import Rpc, Socket
from tests.support.simulated_venue import VenueOnLoop

BTC = {"instrument_name": "BTC-PERPETUAL"}
RESTING = {**BTC, "amount": 100, "price": 98_000}
MARKET = {**BTC, "amount": 100, "type": "market"}
BOOK = "book.BTC-PERPETUAL.100ms"


async def subscribed(socket: Socket, *channels: str, scope: str = "private") -> None:
    answer = await socket.call(f"{scope}/subscribe", channels=list(channels))
    assert answer.result == list(channels)


async def test_an_order_that_trades_at_once_is_told_once(rpc: Rpc) -> None:
    async with rpc.socket() as socket:
        await subscribed(
            socket, "user.orders.any.any.raw", "user.trades.any.any.raw", "user.portfolio.btc"
        )
        await socket.call("private/buy", **MARKET, label="now")
        [order] = await socket.heard("user.orders.any.any.raw")
        assert (order["order_state"], order["label"]) == ("filled", "now")
        [[trade]] = await socket.heard("user.trades.any.any.raw")
        assert (trade["label"], trade["amount"]) == ("now", 100)
        before, after = await socket.heard("user.portfolio.btc", 2)
        assert (before["currency"], before["balance"]) == ("BTC", 1000)
        assert after["balance"] < 1000


async def test_changes_tell_an_action_as_a_whole(rpc: Rpc, venue: VenueOnLoop) -> None:
    async with rpc.socket() as socket:
        await subscribed(socket, "user.changes.any.any.raw")
        stop = {"type": "stop_market", "trigger": "last_price", "trigger_price": 95_000}
        await socket.call("private/sell", **BTC, amount=100, **stop, label="guard")
        venue.move("BTC-PERPETUAL", Decimal(94_000))
        placed, done = await socket.heard("user.changes.any.any.raw", 2)
        assert [order["order_state"] for order in placed["orders"]] == ["untriggered"]
        assert [order["order_state"] for order in done["orders"]] == ["triggered", "filled"]
        assert [trade["label"] for trade in done["trades"]] == ["guard"]
        assert done["positions"][0]["size"] == -100


async def test_slower_channels_gather_what_happens_meanwhile(rpc: Rpc) -> None:
    async with rpc.socket() as socket:
        await subscribed(socket, "user.orders.BTC-PERPETUAL.100ms")
        first = (await socket.call("private/buy", **RESTING)).result["order"]
        await socket.call("private/cancel", order_id=first["order_id"])
        [told] = await socket.heard("user.orders.BTC-PERPETUAL.100ms")
        assert [order["order_state"] for order in told] == ["open", "cancelled"]


async def test_book_updates_are_a_chain(rpc: Rpc, venue: VenueOnLoop) -> None:
    async with rpc.socket() as socket:
        await subscribed(socket, BOOK, scope="public")
        [snapshot] = await socket.heard(BOOK)
        assert snapshot["type"] == "snapshot"
        book = {side: {p: q for _, p, q in snapshot[side]} for side in ("bids", "asks")}
        for price in (98_000, 98_500):
            await socket.call("private/buy", **{**RESTING, "price": price})
            await asyncio.sleep(0.15)
        changes = (await socket.heard(BOOK, 3))[1:]
        for before, change in zip([snapshot, *changes], changes, strict=False):
            assert change["prev_change_id"] == before["change_id"]
            for side in ("bids", "asks"):
                for action, price, amount in change[side]:
                    book[side].pop(price, None)
                    if action != "delete":
                        book[side][price] = amount
        assert (book["bids"][98_000], book["bids"][98_500]) == (100, 100)
        true = (await rpc.get("public/get_order_book", **BTC, depth=100)).result
        assert sorted(book["bids"].items(), reverse=True) == [tuple(x) for x in true["bids"]]


async def test_a_book_gap_breaks_the_chain(rpc: Rpc, venue: VenueOnLoop) -> None:
    async with rpc.socket() as socket:
        await subscribed(socket, BOOK, scope="public")
        venue.arm("book_gap", count=1)
        for price in (98_000, 98_500):
            await socket.call("private/buy", **{**RESTING, "price": price})
            await asyncio.sleep(0.15)
        snapshot, change = (await socket.heard(BOOK, 2))[:2]
        assert change["prev_change_id"] != snapshot["change_id"]


async def test_unknown_channels_are_left_out_and_raw_ones_need_a_login(rpc: Rpc) -> None:
    async with rpc.socket(logged_in=False) as socket:
        channels = ["ticker.BTC-PERPETUAL.100ms", "ticker.NOTHING.100ms", "nonsense"]
        answer = await socket.call("public/subscribe", channels=channels)
        assert answer.result == channels[:1]
        raw = ["trades.BTC-PERPETUAL.raw"]
        assert (await socket.call("public/subscribe", channels=raw)).code == 13778
        private = ["user.orders.any.any.raw"]
        assert (await socket.call("private/subscribe", channels=private)).code == 13009
        assert (await socket.call("public/unsubscribe_all")).result == "ok"


async def test_public_channels_tell_the_market(rpc: Rpc, venue: VenueOnLoop) -> None:
    channels = (
        "quote.BTC-PERPETUAL",
        "book.BTC-PERPETUAL.none.10.100ms",
        "trades.BTC-PERPETUAL.100ms",
        "deribit_price_index.btc_usd",
    )
    async with rpc.socket(logged_in=False) as socket:
        await subscribed(socket, *channels, scope="public")
        venue.move("BTC-PERPETUAL", Decimal(101_000))
        quote = (await socket.heard("quote.BTC-PERPETUAL", 2))[-1]
        assert quote["best_bid_price"] < 101_000 < quote["best_ask_price"]
        levels = (await socket.heard("book.BTC-PERPETUAL.none.10.100ms", 2))[-1]
        assert (len(levels["bids"]), len(levels["asks"])) == (10, 10)
        [trades] = await socket.heard("trades.BTC-PERPETUAL.100ms")
        assert [trade["direction"] for trade in trades] == ["buy", "sell"]
        before, after = await socket.heard("deribit_price_index.btc_usd", 2)
        assert (before["price"], after["price"]) == (100_000, 101_000)


async def test_a_token_that_ends_silences_the_session(rpc: Rpc, venue: VenueOnLoop) -> None:
    async with rpc.socket() as socket:
        await subscribed(socket, "user.orders.any.any.raw")
        venue.venue.expire_listen_keys()
        await rpc.buy()
        assert (await socket.call("private/get_open_orders")).code == 13009
        assert "user.orders.any.any.raw" not in socket.told
        await socket.log_in()
        await rpc.buy(label="heard again")
        [order] = await socket.heard("user.orders.any.any.raw")
        assert order["label"] == "heard again"


@pytest.mark.parametrize("scope", ["connection", "account"])
async def test_cancel_on_disconnect(rpc: Rpc, venue: VenueOnLoop, scope: str) -> None:
    async with rpc.socket() as socket:
        await socket.call("private/enable_cancel_on_disconnect", scope=scope)
    async with rpc.socket() as socket:
        if scope == "connection":
            await socket.call("private/enable_cancel_on_disconnect", scope=scope)
        enabled = await socket.call("private/get_cancel_on_disconnect")
        assert enabled.result == {"scope": "connection", "enabled": True}
        ours = (await socket.call("private/buy", **RESTING)).result["order"]
        others = (await rpc.buy()).result["order"]
    await asyncio.sleep(0.1)
    ended = (await rpc.get("private/get_order_state", order_id=ours["order_id"])).result
    assert (ended["order_state"], ended["cancel_reason"]) == ("cancelled", "cancel_on_disconnect")
    left = (await rpc.get("private/get_open_orders")).result
    assert [order["order_id"] for order in left] == [others["order_id"]]


async def test_a_logout_leaves_orders_where_they_are(rpc: Rpc) -> None:
    async with rpc.socket() as socket:
        await socket.call("private/enable_cancel_on_disconnect")
        await socket.call("private/buy", **RESTING)
        await socket.raw.send_str('{"jsonrpc":"2.0","id":9,"method":"private/logout","params":{}}')
        await socket.ended()
    assert len((await rpc.get("private/get_open_orders")).result) == 1
