"""Market data that goes on: the figures of the day, ticks, five-second bars."""

import time
from decimal import Decimal

import pytest

from tests.contracts.ib_simulator.conftest import Dial
from tests.contracts.ib_simulator.raw_client import AAPL, ES, EURUSD, RawClient
from tests.support.simulated_venue import VenueOnLoop
from venues.simulators.ib.listings import FUTURE

SECOND_NS = 1_000_000_000
HIGH, LOW, VOLUME, CLOSE, OPEN = "6", "7", "8", "9", "14"


def watch(client: RawClient, request_id: int, contract: tuple[str, ...]) -> None:
    client.send("1", "11", str(request_id), *contract, "0", "", "0", "0", "")


def figures(client: RawClient, request_id: int) -> dict[str, Decimal]:
    """The latest ticks of prices and sizes, by their type."""
    mine = [m for m in client.heard if m[0] in ("1", "2") and m[2] == str(request_id)]
    return {message[3]: Decimal(message[4]) for message in mine}


async def test_the_figures_of_the_day(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    tws.print("AAPL", Decimal(100))  # at 190.01
    watch(client, 20, AAPL)
    await client.settled()
    first = figures(client, 20)
    assert first[CLOSE] == 190
    assert first[OPEN] == first[HIGH] == first[LOW] == Decimal("190.01")
    assert first[VOLUME] == 100
    tws.move("AAPL", Decimal(195))  # a share is bought, and one is sold
    tws.move("AAPL", Decimal(188))
    await client.settled()
    assert figures(client, 20) == first | {
        **figures(client, 20),
        HIGH: Decimal("195.01"),
        LOW: Decimal("187.99"),
        VOLUME: Decimal(104),
    }


async def test_midnight_makes_the_price_of_then_the_close(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    tws.move("AAPL", Decimal(195))
    watch(client, 20, AAPL)
    tws.arm("new_day")
    tws.venue.beat(time.time_ns())
    tws.print("AAPL", Decimal(7))
    await client.settled()
    told = figures(client, 20)
    expected = {CLOSE: Decimal(195), OPEN: Decimal("195.01"), VOLUME: Decimal(7)}
    assert expected.items() <= told.items()


async def test_forex_has_no_trades_but_a_range(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    watch(client, 20, EURUSD)
    tws.move("EURUSD", Decimal("1.2"))
    await client.settled()
    told = figures(client, 20)
    assert told[LOW] < Decimal("1.11") < told[HIGH]
    assert not {OPEN, VOLUME, "4"} & told.keys()


async def test_what_is_not_subscribed_cannot_be_canceled(dial: Dial) -> None:
    client = await dial()
    client.send("2", "2", "9")
    assert (await client.error(300))[2] == "9"
    client.send("11", "1", "9", "0")
    assert (await client.error(310))[2] == "9"


@pytest.mark.parametrize(("kind", "number"), [("Last", "1"), ("AllLast", "2")])
async def test_trades_tick_by_tick(tws: VenueOnLoop, dial: Dial, kind: str, number: str) -> None:
    client = await dial()
    tws.print("AAPL", Decimal(5))
    client.send("97", "30", *AAPL, kind, "10", "0")
    past = await client.first("98")
    assert past[1:3] == ["30", "1"]
    assert past[5:7] == ["190.01", "5"]
    await client.settled()
    tws.print("AAPL", Decimal(6))
    tick = await client.first("99")
    assert (tick[1:3], tick[4:6]) == (["30", number], ["190.01", "6"])
    client.send("98", "30")
    await client.settled()
    tws.print("AAPL", Decimal(7))
    assert sum(m[0] == "99" for m in await client.settled()) == 1


async def test_the_quote_tick_by_tick(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    client.send("97", "30", *EURUSD, "BidAsk", "0", "0")
    client.send("97", "31", *EURUSD, "MidPoint", "0", "0")
    (bid, bid_size), (ask, ask_size) = tws.top("EURUSD")
    quote = await client.until(lambda m: m[:3] == ["99", "30", "3"], "the quote")
    assert [Decimal(text) for text in quote[4:8]] == [bid, ask, bid_size, ask_size]
    middle = await client.until(lambda m: m[:3] == ["99", "31", "4"], "the middle")
    assert Decimal(middle[4]) == (bid + ask) / 2
    tws.move("EURUSD", Decimal("1.2"))
    await client.until(
        lambda m: m[:2] == ["99", "31"] and Decimal(m[4]) > Decimal("1.19"), "the next middle"
    )


async def test_ticks_that_there_are_none_of_are_refused(dial: Dial) -> None:
    client = await dial()
    client.send("97", "30", *EURUSD, "Last", "0", "0")
    assert (await client.error(10189))[2] == "30"
    client.send("97", "31", *AAPL, "Everything", "0", "0")
    await client.until(lambda m: m[:4] == ["4", "2", "31", "10189"], "a kind that is none")


async def test_a_bar_every_five_seconds(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    client.send("50", "3", "40", *ES, "5", "TRADES", "0", "")
    client.send("50", "3", "41", *EURUSD, "5", "MIDPOINT", "0", "")
    client.send("50", "3", "42", *EURUSD, "5", "TRADES", "0", "")
    assert (await client.error(420))[2] == "42"
    tws.print(FUTURE, Decimal(3))
    now_ns = time.time_ns()
    tws.move("EURUSD", Decimal("1.2"))
    tws.venue.beat(now_ns + 5 * SECOND_NS)
    bar = await client.until(lambda m: m[:3] == ["50", "3", "40"], "a bar of trades")
    assert int(bar[3]) % 5 == 0
    assert (bar[4], bar[8]) == ("6500.25", "3")
    bar = await client.until(lambda m: m[:3] == ["50", "3", "41"], "a bar of the middle")
    assert bar[8] == "0"
    tws.venue.beat(now_ns + 10 * SECOND_NS)
    await client.settled()
    bars = [m for m in client.heard if m[:3] == ["50", "3", "40"]]
    assert int(bars[-1][3]) - int(bars[0][3]) == 5, "also where nothing traded"
    client.send("51", "1", "40")
    await client.settled()
    count = len(bars)
    tws.venue.beat(now_ns + 15 * SECOND_NS)
    assert sum(m[:3] == ["50", "3", "40"] for m in await client.settled()) == count


async def test_silence_stops_all_of_it(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    watch(client, 20, AAPL)
    client.send("97", "30", *AAPL, "Last", "0", "0")
    client.send("50", "3", "40", *AAPL, "5", "TRADES", "0", "")
    await client.settled()
    client.heard.clear()
    tws.venue.silence_market_data(silent=True)
    tws.move("AAPL", Decimal(200))
    tws.venue.beat(time.time_ns() + 10 * SECOND_NS)
    assert [m[0] for m in await client.settled()] == ["49"]
