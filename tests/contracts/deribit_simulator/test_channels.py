"""What the channels of market figures tell, and how they go on."""

from decimal import Decimal

from tests.contracts.deribit_simulator.rpc import Rpc, Socket
from tests.support.simulated_venue import VenueOnLoop
from venues.simulators.deribit.instruments import FUTURE, OPTION

PERPETUAL = "BTC-PERPETUAL"


async def listen(socket: Socket, *channels: str) -> None:
    answer = await socket.call("public/subscribe", channels=list(channels))
    assert answer.result == list(channels)


async def test_bars_grow_with_each_trade(rpc: Rpc, venue: VenueOnLoop) -> None:
    channel = f"chart.trades.{PERPETUAL}.1D"
    async with rpc.socket(logged_in=False) as socket:
        await listen(socket, channel)
        [first] = await socket.heard(channel)
        venue.print(PERPETUAL, Decimal(100))
        grown = (await socket.heard(channel, 2))[-1]
        assert (grown["close"], grown["cost"]) == (100_005, first["cost"] + 100)
        assert grown["volume"] > first["volume"]
        venue.move(PERPETUAL, Decimal(101_000))
        last = (await socket.heard(channel, 4))[-1]
    assert (last["tick"], last["open"]) == (first["tick"], first["open"])
    assert last["high"] > 101_000 > last["close"]
    assert last["cost"] == grown["cost"] + 20


async def test_a_bar_without_trades_is_filled_with_the_last_price(
    rpc: Rpc, venue: VenueOnLoop
) -> None:
    channel = f"chart.trades.{PERPETUAL}.1"
    venue.print(PERPETUAL, Decimal(100))
    venue.arm("clock_skew", params={"ms": 120_000})
    async with rpc.socket(logged_in=False) as socket:
        await listen(socket, channel)
        [bar] = await socket.heard(channel)
    now = (await rpc.get("public/get_time")).result
    assert now - 120_000 < bar["tick"] <= now
    assert [bar[name] for name in ("open", "high", "low", "close")] == [100_005] * 4
    assert (bar["volume"], bar["cost"]) == (0, 0)


async def test_funding_is_told_of_perpetuals_only(rpc: Rpc) -> None:
    channels = [f"perpetual.{name}.100ms" for name in (PERPETUAL, FUTURE)]
    async with rpc.socket(logged_in=False) as socket:
        await listen(socket, *channels)
        told = await socket.heard(channels[0], 2)
        assert told[0].keys() == {"timestamp", "interest", "index_price"}
        assert (told[0]["interest"], told[0]["index_price"]) == (0, 100_000)
        assert channels[1] not in socket.told
        raw = f"perpetual.{PERPETUAL}.raw"
        assert (await socket.call("public/subscribe", channels=[raw])).code == 13778


async def test_an_incremental_ticker_begins_whole_and_goes_on_with_changes(
    rpc: Rpc, venue: VenueOnLoop
) -> None:
    channel = f"incremental_ticker.{PERPETUAL}"
    async with rpc.socket(logged_in=False) as first, rpc.socket(logged_in=False) as second:
        await listen(first, channel)
        venue.move(PERPETUAL, Decimal(101_000))
        await listen(second, channel)
        snapshots = [(await socket.heard(channel))[0] for socket in (first, second)]
        assert snapshots[0] == snapshots[1]
        assert (snapshots[0]["type"], snapshots[0]["mark_price"]) == ("snapshot", 100_000)
        change, same = [(await socket.heard(channel, 2))[1] for socket in (first, second)]
    assert change == same
    assert (change["type"], change["mark_price"]) == ("change", 101_000)
    assert "open_interest" not in change
    whole = (await rpc.get("public/ticker", instrument_name=PERPETUAL)).result
    told = snapshots[0] | change
    assert {name: told[name] for name in whole if name != "timestamp"} == {
        name: value for name, value in whole.items() if name != "timestamp"
    }


async def test_an_index_and_what_follows_from_it(rpc: Rpc, venue: VenueOnLoop) -> None:
    words = ("price_ranking", "price_statistics", "volatility_index")
    channels = [f"deribit_{word}.btc_usd" for word in words]
    channels += ["estimated_expiration_price.btc_usd", "markprice.options.btc_usd"]
    async with rpc.socket(logged_in=False) as socket:
        await listen(socket, *channels)
        venue.move(PERPETUAL, Decimal(101_000))
        ranking, statistics, volatility, expiration, marks = [
            (await socket.heard(channel, 3))[-1] for channel in channels
        ]
    assert [(source["weight"], source["price"]) for source in ranking] == [(100, 101_000)]
    assert (statistics["high24h"], statistics["index_name"]) == (101_000, "btc_usd")
    assert volatility["volatility"] == 50
    assert (expiration["price"], expiration["is_estimated"]) == (101_000, False)
    assert 0 < expiration["seconds"] <= 86_400
    assert OPTION in [mark["instrument_name"] for mark in marks]


async def test_the_platform_says_that_its_indices_are_not_locked(rpc: Rpc) -> None:
    async with rpc.socket(logged_in=False) as socket:
        await listen(socket, "platform_state")
        told = await socket.heard("platform_state", 3)
    assert {each["price_index"] for each in told} == {"btc_usd", "eth_usd", "btc_usdc"}
    assert not any(each["locked"] for each in told)


async def test_a_portfolio_is_told_at_once_and_when_prices_move(
    rpc: Rpc, venue: VenueOnLoop
) -> None:
    await rpc.buy(type="market", price=None, amount=10_000)
    async with rpc.socket() as socket:
        await socket.call("private/subscribe", channels=["user.portfolio.BTC"])
        before = (await socket.heard("user.portfolio.BTC"))[-1]
        venue.move(PERPETUAL, Decimal(110_000))
        known = len(socket.told["user.portfolio.BTC"])
        after = (await socket.heard("user.portfolio.BTC", known + 1))[-1]
    assert after["equity"] > before["equity"]
    assert after["balance"] == before["balance"]


async def test_logins_are_told_and_logged(rpc: Rpc) -> None:
    async with rpc.socket() as socket, rpc.socket(logged_in=False) as other:
        await socket.call("private/subscribe", channels=["user.access_log"])
        await other.log_in("wrong")
        await other.log_in()
        told = await socket.heard("user.access_log", 2)
        assert [entry["log"] for entry in told] == ["failure", "success"]
    log = (await rpc.get("private/get_access_log", count=2)).result
    assert [entry["log"] for entry in log["data"]] == ["success", "failure"]
    assert log["records_total"] == 3


async def test_depths_and_groups_are_those_of_the_venue(rpc: Rpc) -> None:
    known = [f"book.{PERPETUAL}.none.{depth}.100ms" for depth in (1, 10, 20)]
    unknown = [f"book.{PERPETUAL}.none.{depth}.100ms" for depth in (5, 7, 50)]
    grouped = f"book.{PERPETUAL}.25.10.100ms"
    async with rpc.socket(logged_in=False) as socket:
        asked = [*known, *unknown, f"book.{PERPETUAL}.3.10.100ms", grouped]
        answer = await socket.call("public/subscribe", channels=asked)
        assert answer.result == [*known, grouped]
        [fine] = await socket.heard(known[2])
        [coarse] = await socket.heard(grouped)
    assert all(price % 25 == 0 for side in ("bids", "asks") for price, _ in coarse[side])
    for side in ("bids", "asks"):
        assert sum(size for _, size in coarse[side]) == sum(size for _, size in fine[side])
