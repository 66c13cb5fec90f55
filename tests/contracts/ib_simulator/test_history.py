"""The past, as far as the process has seen it: bars, ticks, sessions, and where it begins."""

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tests.contracts.ib_simulator.conftest import Dial
from tests.contracts.ib_simulator.raw_client import AAPL, ES, EURUSD, Message, RawClient
from tests.support.simulated_venue import VenueOnLoop
from venues.simulators.ib.listings import FUTURE
from venues.simulators.matching import Side

MINUTE_NS = 60 * 1_000_000_000
EASTERN = ZoneInfo("US/Eastern")


def ask(
    client: RawClient,
    request_id: int,
    contract: tuple[str, ...] = AAPL,
    *,
    size: str = "1 min",
    duration: str = "1 D",
    show: str = "TRADES",
    end: str = "",
    date: int = 1,
    keep: int = 0,
) -> None:
    """reqHistoricalData."""
    terms = (end, size, duration, "1", show, str(date), str(keep), "")
    client.send("20", str(request_id), *contract, "0", *terms)


async def bars(client: RawClient, request_id: int) -> list[Message]:
    """Date, open, high, low, close, volume, average and count of each bar."""
    told = await client.until(lambda m: m[:2] == ["17", str(request_id)], "bars")
    flat = told[5:]
    assert len(flat) == int(told[4]) * 8
    return [flat[at : at + 8] for at in range(0, len(flat), 8)]


def trade_at(tws: VenueOnLoop, symbol: str, quantity: int, moment: datetime) -> None:
    """A public trade of that time."""
    at_ns = int(moment.timestamp()) * 1_000_000_000
    tws.venue.exchange.market_trade(symbol, Side.BUY, Decimal(quantity), at_ns)


async def test_bars_of_trades(tws: VenueOnLoop, dial: Dial) -> None:
    client, now = await dial(), datetime.now(UTC).replace(second=0, microsecond=0)
    before = now - timedelta(minutes=3)
    trade_at(tws, "AAPL", 5, before)
    trade_at(tws, "AAPL", 6, before + timedelta(seconds=30))
    trade_at(tws, "AAPL", 7, now)
    ask(client, 1)
    first, last = await bars(client, 1)
    assert first[0] == f"{before.astimezone(EASTERN):%Y%m%d %H:%M:%S} US/Eastern"
    assert first[1:] == ["190.01"] * 4 + ["11", "190.01", "2"]
    assert last[5] == "7"
    ask(client, 2, date=2, size="1 hour", end=f"{now:%Y%m%d-%H:%M:%S}")
    hours = await bars(client, 2)
    assert int(hours[0][0]) == int(before.timestamp()) // 3600 * 3600
    assert sum(int(bar[5]) for bar in hours) == 11, "what began before the end, and no more"


@pytest.mark.parametrize("size", ["5 secs", "30 secs", "5 mins", "8 hours", "1 day", "1 week"])
async def test_bars_of_every_width_hold_everything(tws: VenueOnLoop, dial: Dial, size: str) -> None:
    client, now = await dial(), datetime.now(UTC)
    for seconds in (50, 20, 0):
        trade_at(tws, "AAPL", 5, now - timedelta(seconds=seconds))
    ask(client, 1, size=size, duration="2 D")
    told = await bars(client, 1)
    assert sum(int(bar[5]) for bar in told) == 15
    assert (" " in told[0][0]) == (size not in ("1 day", "1 week"))


async def test_bars_of_quotes_have_no_volume(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    tws.move("EURUSD", Decimal("1.2"))
    for request_id, show in enumerate(("MIDPOINT", "BID", "ASK"), start=1):
        ask(client, request_id, EURUSD, show=show, size="1 day")
        [bar] = await bars(client, request_id)
        assert Decimal(bar[1]) < Decimal("1.11") < Decimal("1.19") < Decimal(bar[4])
        assert bar[5:] == ["-1", "-1", "-1"]


async def test_history_that_is_kept_up_to_date(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    tws.print(FUTURE, Decimal(3))
    ask(client, 1, ES, keep=1)
    [bar] = await bars(client, 1)
    now_ns = time.time_ns()
    tws.venue.beat(now_ns)
    tws.print(FUTURE, Decimal(4))
    tws.venue.beat(now_ns)
    update = await client.first("90")
    assert update[1] == "1"
    assert update[9] in ("7", "4"), "the same minute, or the next one"
    later = datetime.fromtimestamp(now_ns / 1e9, UTC) + timedelta(minutes=2)
    trade_at(tws, FUTURE, 9, later)
    tws.venue.beat(now_ns + 2 * MINUTE_NS)
    await client.until(lambda m: m[0] == "90" and m[9] == "9" and m[3] != bar[0], "the next bar")
    client.send("25", "1", "1")
    await client.settled()
    client.heard.clear()
    tws.print(FUTURE, Decimal(4))
    tws.venue.beat(now_ns + 2 * MINUTE_NS)
    assert all(m[0] != "90" for m in await client.settled())


async def test_the_sessions_of_some_days(dial: Dial) -> None:
    client = await dial()
    ask(client, 1, size="1 day", duration="3 D", show="SCHEDULE")
    told = await client.first("106")
    assert (told[1], told[4], told[5]) == ("1", "US/Eastern", "3")
    assert told[-1] == f"{datetime.now(EASTERN):%Y%m%d}"
    assert told[2] == told[6]


async def test_where_it_begins(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    client.send("87", "1", *AAPL, "0", "1", "TRADES", "1")
    assert "HMDS query returned no data" in (await client.error(162))[4]
    tws.print("AAPL", Decimal(1))
    client.send("87", "2", *AAPL, "0", "1", "TRADES", "1")
    client.send("87", "3", *AAPL, "0", "1", "TRADES", "2")
    text = (await client.until(lambda m: m[:2] == ["88", "2"], "a text"))[2]
    seconds = (await client.until(lambda m: m[:2] == ["88", "3"], "seconds"))[2]
    begins = datetime.strptime(text, "%Y%m%d-%H:%M:%S").replace(tzinfo=UTC)
    assert begins.timestamp() == int(seconds)


async def test_trades_of_before(tws: VenueOnLoop, dial: Dial) -> None:
    client, now = await dial(), datetime.now(UTC)
    for minutes in (30, 20, 10):
        trade_at(tws, "AAPL", minutes, now - timedelta(minutes=minutes))
    middle = f"{now - timedelta(minutes=25):%Y%m%d-%H:%M:%S}"
    bounds = {"1": (middle, ""), "2": ("", middle), "3": ("", "")}
    for request_id, (start, end) in bounds.items():
        client.send("96", request_id, *AAPL, "0", start, end, "2", "TRADES", "1", "0", "")
    await client.settled()
    told = {m[1]: m[6::6][: int(m[2])] for m in client.heard if m[0] == "98"}
    assert told == {"1": ["20", "10"], "2": ["30"], "3": ["20", "10"]}
    client.send("96", "4", *AAPL, "0", "", "", "2", "BID_ASK", "1", "0", "")
    assert (await client.error(162))[2] == "4"


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"size": "7 mins"}, 321),
        ({"duration": "a while"}, 321),
        ({"duration": "1 X"}, 321),
        ({"show": "TEA_LEAVES"}, 321),
        ({"end": "yesterday"}, 10314),
        ({"show": "HISTORICAL_VOLATILITY"}, 162),
        ({"size": "1 secs"}, 162),
        ({"contract": EURUSD, "show": "TRADES"}, 162),
        ({"contract": ("0", "NOPE", *AAPL[2:])}, 200),
    ],
    ids=str,
)
async def test_what_cannot_be_answered_is_an_error_of_its_request(
    tws: VenueOnLoop, dial: Dial, terms: dict[str, object], code: int
) -> None:
    client = await dial()
    tws.print("AAPL", Decimal(1))
    ask(client, 9, **terms)  # type: ignore[arg-type]
    assert (await client.error(code))[2] == "9"
