"""What TWS tells of the day, what it has forgotten of the days before, and what a restart keeps."""

import time
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tests.contracts.ib_simulator.conftest import Dial
from tests.contracts.ib_simulator.raw_client import RawClient
from tests.support.simulated_venue import VenueOnLoop
from venues.simulators.ib.trading_day import TradingDay
from venues.simulators.ib.venue import IbVenue

REF = 22
EASTERN = ZoneInfo("US/Eastern")


def ib(tws: VenueOnLoop) -> IbVenue:
    assert isinstance(tws.venue, IbVenue)
    return tws.venue


async def executed(client: RawClient) -> dict[str, str]:
    """The executions of the day: their prices by their ids."""
    client.heard.clear()
    client.send("7", "3", "9", "0", "", "", "", "", "", "")
    await client.first("55")
    return {m[14]: m[20] for m in client.heard if m[:2] == ["11", "9"]}


async def completed(client: RawClient, *, api_only: bool = False) -> dict[str, str]:
    """The finished orders of the day: how they ended, by orderRef."""
    client.heard.clear()
    client.send("99", "1" if api_only else "0")
    await client.first("102")
    told = [m for m in client.heard if m[0] == "101"]
    states = ("Filled", "Cancelled", "Inactive")
    return {m[REF]: next(field for field in m if field in states) for m in told}


def test_a_day_begins_at_midnight_of_the_login_or_when_it_is_made_to() -> None:
    noon = datetime(2026, 11, 26, 12, tzinfo=EASTERN)
    forced: list[int] = [0]
    day = TradingDay(lambda: forced[0])

    def began(moment: datetime) -> int:
        return day.began_ns(int(moment.timestamp()) * 1_000_000_000) // 1_000_000_000

    midnight = noon.replace(hour=0)
    assert began(noon) == midnight.timestamp()
    assert began(noon + timedelta(hours=11, minutes=59)) == midnight.timestamp()
    assert began(noon + timedelta(hours=12)) == (midnight + timedelta(days=1)).timestamp()
    summer = datetime(2026, 11, 1, 12, tzinfo=EASTERN)  # the clock went back that night
    assert began(summer) == summer.replace(hour=0).timestamp()
    forced[0] = int(noon.timestamp()) * 1_000_000_000
    assert began(noon + timedelta(hours=1)) == noon.timestamp()
    assert began(noon + timedelta(hours=13)) == (midnight + timedelta(days=1)).timestamp()


async def test_midnight_forgets_executions_and_finished_orders(
    tws: VenueOnLoop, dial: Dial
) -> None:
    """An outage over midnight: who asks afterwards finds neither."""
    client = await dial()
    client.place(1, "BUY", 10, "MKT", ref="before")
    client.place(2, "BUY", 10, "LMT", limit="180", ref="resting")
    await client.status(2, "Submitted")
    assert len(await executed(client)) == 1
    assert await completed(client) == {"before": "Filled"}
    tws.arm("new_day")
    assert await executed(client) == {}
    assert await completed(client) == {}
    tws.move("AAPL", Decimal(179))
    assert len(await executed(client)) == 1
    assert await completed(client) == {"resting": "Filled"}


async def test_what_was_forgotten_leaves_the_memory_and_the_file(
    tws: VenueOnLoop, dial: Dial
) -> None:
    client = await dial()
    client.place(1, "BUY", 10, "LMT", limit="150", ref="resting")
    await client.status(1, "Submitted")
    for order_id in range(2, 12):
        client.place(order_id, "BUY", 10, "MKT", ref="before")
    await client.status(11, "Filled")
    tickets = tws.ledger_path.with_suffix(".tickets.jsonl")
    tws.arm("new_day")
    tws.venue.beat(time.time_ns())
    assert [b.ticket.order_ref for b in ib(tws).tickets] == ["resting"]
    assert ib(tws).executions.fills() == []
    assert tickets.read_text().count("before") == 0
    client.place(5, "BUY", 10, "MKT")
    assert (await client.error(103))[2] == "5", "its ids stay used"
    await tws.stop()
    await tws.start(roomy=False)
    client = await dial()
    assert await client.next_id() == 12
    assert await executed(client) == {}
    client.cancel(1)
    await client.status(1, "Cancelled")


async def test_a_part_that_filled_before_midnight_is_in_the_order_alone(
    tws: VenueOnLoop, dial: Dial
) -> None:
    client = await dial()
    client.place(1, "BUY", 10, "LMT", limit="180", ref="mine")
    await client.status(1, "Submitted")
    exchange = tws.venue.exchange
    (order,) = exchange.state.orders
    exchange.fill_resting(order, Decimal(4), time.time_ns())
    tws.arm("new_day")
    tws.venue.beat(time.time_ns())
    assert await executed(client) == {}
    client.send("16", "1")
    await client.until(lambda m: m[:5] == ["3", "1", "Submitted", "4", "6"], "four of ten")
    exchange.fill_resting(order, Decimal(6), time.time_ns())
    told = await client.until(lambda m: m[0] == "5" and "Filled" in m and "0.05" in m, "its fee")
    assert told, "the commission of the whole order"


async def test_refused_and_discarded_orders_are_listed_too(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    client.place(1, "BUY", 9_000_000, "LMT", limit="189", ref="refused")
    await client.status(1, "Inactive")
    ib(tws).close_market()
    client.place(2, "BUY", 10, "MKT", ref="held")
    await client.status(2, "PreSubmitted")
    client.cancel(2)
    await client.status(2, "Cancelled")
    expected = {"refused": "Inactive", "held": "Cancelled"}
    assert await completed(client) == expected
    reasons = [m[-6] for m in client.heard if m[0] == "101"]
    assert "INITIAL MARGIN" in reasons[0]
    assert reasons[1] == "Cancelled by Trader"
    await tws.stop()
    await tws.start(roomy=False)
    client = await dial()
    assert await completed(client) == expected


async def test_orders_by_hand_are_left_out_where_only_those_of_the_api_are_asked_for(
    tws: VenueOnLoop, dial: Dial
) -> None:
    client = await dial()
    client.place(1, "BUY", 10, "MKT", ref="api")
    await client.status(1, "Filled")
    by_hand = tws.trade_by_hand("AAPL", Decimal(1)).client_order_id
    assert await completed(client) == {"api": "Filled", by_hand: "Filled"}
    assert await completed(client, api_only=True) == {"api": "Filled"}


@pytest.mark.parametrize("day", ["same", "next"])
async def test_corrections_survive_a_restart(tws: VenueOnLoop, dial: Dial, day: str) -> None:
    client = await dial()
    client.place(1, "BUY", 10, "MKT")
    await client.status(1, "Filled")
    ib(tws).correct_latest(2)
    ib(tws).correct_latest(3)
    before = await executed(client)
    assert [exec_id[-3:] for exec_id in before] == [".01", ".02", ".03"]
    if day == "next":
        tws.arm("new_day")
    await tws.stop()
    await tws.start(roomy=False)
    client = await dial()
    expected = before if day == "same" else {}
    assert await executed(client) == expected
    corrections = tws.ledger_path.with_suffix(".corrections.jsonl").read_text()
    assert bool(corrections) == bool(expected)


async def test_long_lists_are_told_while_others_go_on(tws: VenueOnLoop, dial: Dial) -> None:
    """A client that asks for the whole day must not stand in the way of the others."""
    client, other = await dial(1), await dial(2)
    client.place(1, "BUY", 10, "MKT", ref="many")
    await client.status(1, "Filled")
    await other.next_id()
    [one] = [booked for booked in ib(tws).tickets if booked.ticket.order_ref == "many"]
    book = ib(tws).tickets._by_id
    book |= {(9, number): replace(one, order_id=number) for number in range(3000)}
    client.send("99", "0")
    other.send("49", "1")
    await other.first("49")
    assert all(message[0] != "102" for message in client.heard), "answered before the end of it"
    await client.first("102")
    assert sum(message[0] == "101" for message in client.heard) == 3001


async def test_tickets_of_an_older_file_are_read(tws: VenueOnLoop, dial: Dial) -> None:
    """From before there were several ways to end, and counters on the first line."""
    await tws.stop()
    ticket = (
        '{"action":"BUY","quantity":"10","order_type":"LMT","limit":"150","aux":null,"tif":"GTC",'
        '"account":"DU1234567","order_ref":"%s","oca_group":"","oca_type":0,"outside_rth":false,'
        '"display_size":0,"trigger_method":0,"good_till_date":"","trail_stop_price":null,'
        '"trailing_percent":null}'
    )
    lines = [
        f'{{"client_id":1,"order_id":{number},"perm_id":{number},"exchange_id":0,'
        f'"ticket":{ticket % name},"dropped":{dropped},"listed":"AAPL"}}\n'
        for number, name, dropped in ((5, "held", "false"), (6, "gone", "true"))
    ]
    tws.ledger_path.with_suffix(".tickets.jsonl").write_text("".join(lines))
    await tws.start(roomy=False)
    client = await dial(1)
    assert await client.next_id() == 7
    client.send("5", "1")
    await client.first("53")
    assert [m[1] for m in client.heard if m[0] == "5"] == ["5"]
