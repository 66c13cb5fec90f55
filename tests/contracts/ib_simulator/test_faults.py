"""What a bad day looks like through TWS: lost, late, doubled and corrected messages, lost lines."""

import asyncio
import time
from decimal import Decimal

import pytest

from tests.contracts.ib_simulator.conftest import Dial
from tests.contracts.ib_simulator.raw_client import AAPL, RawClient
from tests.support.simulated_venue import VenueOnLoop
from venues.simulators.ib.venue import IbVenue

EXECUTION, COMMISSION = "11", "59"


def ib(tws: VenueOnLoop) -> IbVenue:
    assert isinstance(tws.venue, IbVenue)
    return tws.venue


def heard(client: RawClient, kind: str) -> int:
    return sum(message[0] == kind for message in client.heard)


async def test_a_fill_can_be_told_by_its_state_alone(tws: VenueOnLoop, dial: Dial) -> None:
    tws.arm("status_without_fills", count=1)
    client = await dial()
    client.place(1, "BUY", 10, "MKT")
    await client.status(1, "Filled")
    await client.settled()
    assert (heard(client, EXECUTION), heard(client, COMMISSION)) == (0, 0)
    client.send("7", "3", "9", "0", "", "", "", "", "", "")
    await client.first(EXECUTION)


async def test_fills_can_come_twice_and_late(tws: VenueOnLoop, dial: Dial) -> None:
    tws.arm("duplicate_fills", count=1)
    tws.arm("delay_fills", count=1, params={"ms": 200})
    client = await dial()
    client.place(1, "BUY", 10, "MKT")
    await client.status(1, "Filled")
    assert heard(client, EXECUTION) == 0
    await client.first(COMMISSION)
    await client.settled()
    assert (heard(client, EXECUTION), heard(client, COMMISSION)) == (2, 2)


async def test_a_correction_repeats_the_execution_under_the_next_revision(
    tws: VenueOnLoop, dial: Dial
) -> None:
    tws.arm("correct_fills", count=1, params={"ticks": 5})
    client = await dial()
    client.place(1, "BUY", 10, "MKT")
    await client.until(lambda m: m[0] == COMMISSION and m[2].endswith(".02"), "the correction")
    first, second = (m for m in client.heard if m[0] == EXECUTION)
    assert first[14].removesuffix("01") == second[14].removesuffix("02")
    assert Decimal(second[20]) - Decimal(first[20]) == Decimal("0.05")


async def test_while_tws_has_lost_ib_nothing_is_told_and_afterwards_not_repeated(
    tws: VenueOnLoop, dial: Dial
) -> None:
    client = await dial()
    client.place(1, "BUY", 10, "LMT", limit="185", ref="mine")
    await client.status(1, "Submitted")
    ib(tws).lose_connectivity(0.3)
    await client.error(1100)
    tws.move("AAPL", Decimal(180))
    client.place(2, "BUY", 10, "MKT", ref="never")
    await client.error(1102)
    await client.settled()
    assert heard(client, EXECUTION) == 0
    assert {record["client_order_id"] for record in tws.ledger(event="accepted")} == {"mine"}
    client.send("7", "3", "9", "0", "", "", "", "", "", "")
    assert "mine" in await client.first(EXECUTION)


async def test_market_data_can_be_lost_with_the_connection(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    client.send("1", "11", "20", "265598", *[""] * 6, "SMART", *[""] * 4, "0", "", "0", "0", "")
    await client.first("2")
    ib(tws).lose_connectivity(0.1, data_lost=True)
    await client.error(1101)
    before = heard(client, "1")
    tws.move("AAPL", Decimal(200))
    await client.settled()
    assert heard(client, "1") == before


async def test_order_ids_can_be_set_back(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial(1)
    client.place(7, "BUY", 10, "LMT", limit="150")
    await client.status(7, "Submitted")
    await client.close()
    ib(tws).reset_order_ids()
    await asyncio.sleep(0.05)
    assert await (await dial(1)).next_id() == 1


async def test_orders_and_ids_survive_a_restart(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial(1)
    client.place(7, "BUY", 10, "LMT", limit="150", ref="mine")
    perm_id = (await client.status(7, "Submitted"))[6]
    await tws.stop()
    await tws.start(roomy=False)
    client = await dial(1)
    assert await client.next_id() == 8
    client.send("16", "1")
    listed = await client.first("5")
    assert perm_id in listed
    assert "mine" in listed
    client.cancel(7)
    await client.status(7, "Cancelled")


async def test_a_ticket_that_was_half_written_is_forgotten(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial(1)
    client.place(7, "BUY", 10, "LMT", limit="150", ref="mine")
    await client.status(7, "Submitted")
    await tws.stop()
    tickets = tws.ledger_path.with_suffix(".tickets.jsonl")
    tickets.write_text(tickets.read_text() + '{"client_id": 1, "ord')
    await tws.start(roomy=False)
    assert await (await dial(1)).next_id() == 8


async def test_executed_and_then_dropped(tws: VenueOnLoop, dial: Dial) -> None:
    tws.arm("execute_then_drop", action="submit", count=1)
    client = await dial(1)
    client.place(1, "BUY", 10, "MKT", ref="mine")
    await client.hung_up()
    assert heard(client, EXECUTION) == 0
    assert len(tws.ledger(event="filled")) == 1


async def test_a_command_can_be_swallowed_and_an_error_be_armed(
    tws: VenueOnLoop, dial: Dial
) -> None:
    tws.arm("black_hole", action="submit", count=1)
    client = await dial(1)
    client.place(1, "BUY", 10, "MKT", ref="mine")
    await client.settled()
    assert tws.ledger(event="accepted") == []
    tws.arm("reject", action="cancel", count=1, params={"code": 161, "msg": "not now"})
    client.place(2, "BUY", 10, "LMT", limit="150")
    await client.status(2, "Submitted")
    client.cancel(2)
    assert (await client.error(161))[4] == "not now"
    client.cancel(2)
    await client.status(2, "Cancelled")


async def test_a_line_can_be_dead_without_knowing(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial(1)
    await client.next_id()
    tws.arm("half_open")
    client.send("49", "1")
    await asyncio.sleep(0.2)
    assert heard(client, "49") == 0
    assert not client.closed


@pytest.mark.parametrize("code", [1100, 2110])
async def test_the_end_of_a_lost_connection_may_never_be_told(
    tws: VenueOnLoop, dial: Dial, code: int
) -> None:
    """It works again, but only a new session learns of it."""
    client = await dial(1)
    await client.next_id()
    terms = {"s": 0.3, "code": code, "told": False}
    tws.arm("connection_lost", action="other", count=1, params=terms)
    client.send("8", "1", "1")
    await client.error(code)
    late = await dial(2)
    await late.error(2110)
    client.place(1, "BUY", 10, "MKT", ref="never")
    await client.settled()
    await asyncio.sleep(0.5)
    later = await dial(3)
    await later.error(2104)
    later.place(1, "BUY", 10, "MKT", ref="later")
    await later.status(1, "Filled")
    await client.settled()
    assert {"1101", "1102"}.isdisjoint(m[3] for m in client.heard if m[0] == "4")
    assert [record["client_order_id"] for record in tws.ledger(event="accepted")] == ["later"]


async def test_contracts_can_be_away_for_a_while(tws: VenueOnLoop, dial: Dial) -> None:
    """The farm of security definitions is another one than that of orders and market data."""
    client = await dial()
    client.place(1, "BUY", 10, "LMT", limit="150", ref="mine")
    await client.status(1, "Submitted")
    tws.arm("definitions_away")
    tws.venue.beat(time.time_ns())
    await client.error(2157)
    client.send("9", "8", "5", *AAPL, "0", "", "", "")
    assert (await client.error(200))[2] == "5"
    client.send("81", "6", "AAPL")
    await client.until(lambda m: m[:4] == ["4", "2", "6", "200"], "no symbols either")
    late = await dial(2)
    await late.error(2157)
    client.cancel(1)
    await client.status(1, "Cancelled")
    client.place(2, "BUY", 10, "MKT")
    await client.status(2, "Filled")
    tws.faults.clear()
    tws.venue.beat(time.time_ns())
    await client.until(lambda m: m[:2] == ["4", "2"] and m[3] == "2158", "they are back")
    client.send("9", "8", "7", *AAPL, "0", "", "", "")
    await client.until(lambda m: m[:3] == ["52", "1", "7"], "details")


async def test_contracts_that_are_away_for_some_seconds_come_back_by_themselves(
    tws: VenueOnLoop, dial: Dial
) -> None:
    client = await dial()
    tws.arm("definitions_away", params={"s": 0.2})
    client.send("9", "8", "5", *AAPL, "0", "", "", "")
    await client.error(200)
    await asyncio.sleep(0.3)
    client.send("9", "8", "6", *AAPL, "0", "", "", "")
    await client.until(lambda m: m[:3] == ["52", "1", "6"], "details")
