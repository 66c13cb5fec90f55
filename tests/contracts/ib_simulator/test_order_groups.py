"""Orders that hang together: one-cancels-all groups, and brackets by parent id and transmit."""

from decimal import Decimal

import pytest

from tests.contracts.ib_simulator.conftest import Dial
from tests.contracts.ib_simulator.raw_client import RawClient
from tests.support.simulated_venue import VenueOnLoop
from venues.simulators.ib.venue import IbVenue

PARENT, PROFIT, LOSS = 1, 2, 3


def bracket(client: RawClient, *, limit: str = "150", quantity: int = 10) -> None:
    """As IB's documentation places it: the last one transmits all three."""
    client.place(PARENT, "BUY", quantity, "LMT", limit=limit, transmit="0", ref="parent")
    child = {"parentId": PARENT, "tif": "GTC"}
    client.place(PROFIT, "SELL", quantity, "LMT", limit="210", transmit="0", **child)  # type: ignore[arg-type]
    client.place(LOSS, "SELL", quantity, "STP", aux="140", ref="loss", **child)  # type: ignore[arg-type]


def told(client: RawClient, order_id: int) -> list[tuple[str, str]]:
    """Status and whyHeld of an order, without repetitions."""
    states = [(m[2], m[10]) for m in client.heard if m[:2] == ["3", str(order_id)]]
    return list(dict.fromkeys(states))


def fill(tws: VenueOnLoop, ref: str, quantity: int) -> None:
    """Somebody takes so much of a resting order."""
    exchange = tws.venue.exchange
    order = exchange.state.orders.by_client_id("main", ref)
    assert order is not None
    exchange.fill_resting(order, Decimal(quantity), order.updated_ns + 1)


# --- groups ---


async def test_one_of_a_group_cancels_the_others(dial: Dial) -> None:
    client = await dial()
    client.place(1, "BUY", 10, "LMT", limit="150", oca="pair", oca_type=1)
    await client.status(1, "Submitted")
    client.place(2, "BUY", 10, "MKT", oca="pair", oca_type=1)
    await client.status(2, "Filled")
    await client.status(1, "Cancelled")


@pytest.mark.parametrize("oca_type", [2, 3])
async def test_others_of_a_group_shrink_in_proportion(
    tws: VenueOnLoop, dial: Dial, oca_type: int
) -> None:
    client = await dial()
    client.place(1, "BUY", 10, "LMT", limit="180", oca="pair", oca_type=oca_type, ref="one")
    client.place(2, "BUY", 20, "LMT", limit="150", oca="pair", oca_type=oca_type, ref="two")
    await client.status(2, "Submitted")
    fill(tws, "one", 4)
    await client.until(lambda m: m[:5] == ["3", "2", "Submitted", "0", "12"], "twelve left")
    fill(tws, "one", 3)  # half of what was left
    await client.until(lambda m: m[:5] == ["3", "2", "Submitted", "0", "6"], "six left")
    fill(tws, "one", 3)
    await client.status(2, "Cancelled")


# --- brackets ---


async def test_what_is_not_transmitted_is_silent_and_can_be_discarded(
    tws: VenueOnLoop, dial: Dial
) -> None:
    client = await dial()
    client.place(1, "BUY", 10, "MKT", transmit="0")
    client.send("16", "1")
    await client.first("53")
    assert {message[0] for message in await client.settled()} <= {"4", "9", "15", "49", "53"}
    client.cancel(1)
    assert (await client.error(202))[4].endswith("Order was discarded.")
    client.send("99", "0")
    await client.first("102")
    assert all(message[0] != "101" for message in client.heard), "it never was an order"
    assert tws.ledger(event="accepted") == []


async def test_an_order_is_transmitted_by_placing_it_again(dial: Dial) -> None:
    client = await dial()
    client.place(1, "BUY", 10, "MKT", transmit="0")
    client.place(1, "BUY", 10, "MKT")
    await client.status(1, "Filled")


async def test_attached_orders_wait_for_their_parent(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    bracket(client)
    await client.status(LOSS, "PreSubmitted")
    await client.settled()
    assert told(client, PARENT)[-1] == ("Submitted", "")
    assert told(client, PROFIT) == [("PreSubmitted", "child")]
    assert told(client, LOSS) == [("PreSubmitted", "child,trigger")]
    perm_id = (await client.status(PARENT, "Submitted"))[6]
    listed = next(m for m in client.heard if m[:2] == ["5", str(PROFIT)])
    assert listed[19] == perm_id, "siblings are grouped by the permId of their parent"
    assert (await client.status(PROFIT, "PreSubmitted"))[7] == str(PARENT)
    assert [record["client_order_id"] for record in tws.ledger(event="accepted")] == ["parent"]


async def test_a_filled_parent_releases_them_and_they_end_each_other(
    tws: VenueOnLoop, dial: Dial
) -> None:
    client = await dial()
    bracket(client)
    await client.status(LOSS, "PreSubmitted")
    tws.move("AAPL", Decimal(149))
    await client.status(PROFIT, "Submitted")
    await client.settled()
    assert told(client, LOSS)[-1] == ("PreSubmitted", "trigger")
    tws.move("AAPL", Decimal(211))
    await client.status(PROFIT, "Filled")
    await client.status(LOSS, "Cancelled")


async def test_a_parent_that_fills_at_once_leaves_its_children_working(dial: Dial) -> None:
    client = await dial()
    bracket(client, limit="200")
    await client.status(PARENT, "Filled")
    await client.status(PROFIT, "Submitted")
    await client.settled()
    assert told(client, LOSS)[-1] == ("PreSubmitted", "trigger")


async def test_part_of_one_child_shrinks_the_other(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    client.place(PARENT, "BUY", 10, "MKT", transmit="0")
    child = {"parentId": PARENT, "tif": "GTC", "ref": "profit"}
    client.place(PROFIT, "SELL", 10, "LMT", limit="210", transmit="0", **child)  # type: ignore[arg-type]
    client.place(LOSS, "SELL", 10, "STP", aux="140", parentId=PARENT)
    await client.status(PROFIT, "Submitted")
    fill(tws, "profit", 4)
    await client.until(lambda m: m[:2] == ["3", str(LOSS)] and m[4] == "6", "six left to lose")


@pytest.mark.parametrize("transmitted", [True, False])
async def test_canceling_the_parent_ends_its_children(dial: Dial, transmitted: bool) -> None:
    client = await dial()
    bracket(client)
    if transmitted:
        await client.status(LOSS, "PreSubmitted")
        client.cancel(PARENT)
    else:
        client.place(4, "BUY", 10, "LMT", limit="150", transmit="0")
        client.place(5, "SELL", 10, "LMT", limit="250", transmit="0", parentId="4")
        client.cancel(4)
        await client.status(5, "Cancelled")
        client.cancel(PARENT)
    for order_id in (PARENT, PROFIT, LOSS):
        await client.status(order_id, "Cancelled")
    client.heard.clear()
    client.send("16", "1")
    await client.first("53")
    assert all(message[0] != "5" for message in client.heard)


async def test_a_refused_parent_ends_its_children(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    bracket(client, limit="189", quantity=9_000_000)
    await client.status(PARENT, "Inactive")
    await client.status(PROFIT, "Cancelled")
    assert (await client.error(10006))[2] == str(LOSS), "the one that transmitted the others"
    assert tws.ledger(event="accepted") == []


async def test_attaching_to_what_is_not_there_or_does_not_go(dial: Dial) -> None:
    client = await dial()
    client.place(1, "BUY", 10, "LMT", limit="150", parentId="77")
    assert (await client.error(10006))[2] == "1"
    client.place(2, "BUY", 10, "MKT", transmit="0")
    client.place(3, "SELL", 10, "TRAIL", aux="1", parentId="2")
    assert (await client.error(328))[2] == "3"


async def test_a_child_can_be_changed_while_it_waits_and_while_it_works(
    tws: VenueOnLoop, dial: Dial
) -> None:
    client = await dial()
    bracket(client)
    await client.status(LOSS, "PreSubmitted")
    client.place(LOSS, "SELL", 10, "STP", aux="145", ref="loss", parentId=PARENT)
    await client.until(lambda m: m[:2] == ["5", str(LOSS)] and m[17] == "145", "the new stop")
    tws.move("AAPL", Decimal(149))
    await client.status(PARENT, "Filled")
    client.place(LOSS, "SELL", 10, "STP", aux="146", ref="loss", parentId=PARENT)
    await client.settled()
    (amended,) = tws.ledger(event="amended")
    assert (amended["client_order_id"], amended["trigger_price"]) == ("loss", "146")


async def test_they_go_on_after_a_restart(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    bracket(client)
    await client.status(LOSS, "PreSubmitted")
    await tws.stop()
    await tws.start(roomy=False)
    assert isinstance(tws.venue, IbVenue)
    client = await dial()
    client.send("5", "1")
    await client.first("53")
    assert told(client, PROFIT) == [("PreSubmitted", "child")]
    tws.move("AAPL", Decimal(149))
    await client.status(PROFIT, "Submitted")
    tws.move("AAPL", Decimal(139))
    await client.status(LOSS, "Filled")
    await client.status(PROFIT, "Cancelled")
