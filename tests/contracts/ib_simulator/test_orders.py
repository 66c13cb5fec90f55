"""The life of orders: IB's messages in IB's order, and its refusals by their codes."""

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.contracts.ib_simulator.conftest import Dial
from tests.contracts.ib_simulator.raw_client import ES, UNSET, RawClient
from tests.support.simulated_venue import VenueOnLoop
from venues.simulators.matching import Side

OPEN_ORDER, STATUS, EXECUTION, COMMISSION, ERROR = "5", "3", "11", "59", "4"
OF_ORDERS = (OPEN_ORDER, STATUS, EXECUTION, COMMISSION)


def told(client: RawClient) -> list[tuple[str, str]]:
    """Kind and status of the messages about orders."""
    states = ("PreSubmitted", "Submitted", "Filled", "Cancelled", "PendingCancel", "Inactive")
    return [
        (message[0], next((field for field in message if field in states), ""))
        for message in client.heard
        if message[0] in OF_ORDERS
    ]


async def test_a_market_order_is_told_in_the_real_order_with_its_repetitions(dial: Dial) -> None:
    client = await dial()
    client.place(await client.next_id(), "BUY", 100, "MKT", ref="mine")
    await client.first(COMMISSION)
    assert told(client) == [
        (OPEN_ORDER, "PreSubmitted"),
        (STATUS, "PreSubmitted"),
        (EXECUTION, ""),
        (OPEN_ORDER, "Filled"),
        (STATUS, "Filled"),
        (OPEN_ORDER, "Filled"),
        (STATUS, "Filled"),
        (COMMISSION, ""),
    ]
    execution, commission = await client.first(EXECUTION), await client.first(COMMISSION)
    assert execution[14] == commission[2]
    assert "mine" in execution
    assert commission[3:5] == ["0.5", "USD"]


async def test_a_limit_order_rests_is_changed_and_canceled(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    client.place(1, "BUY", 100, "LMT", limit="150", ref="mine")
    await client.status(1, "Submitted")
    client.place(1, "BUY", 80, "LMT", limit="151", ref="mine")
    await client.settled()
    (amended,) = tws.ledger(event="amended")
    assert (amended["price"], amended["quantity"]) == ("151", "80")
    client.cancel(1)
    await client.error(202)
    assert told(client)[-2:] == [(STATUS, "PendingCancel"), (STATUS, "Cancelled")]


async def test_the_perm_id_is_the_same_for_all_clients_and_the_ref_survives(dial: Dial) -> None:
    first, second = await dial(1), await dial(2)
    first.place(1, "BUY", 100, "LMT", limit="150", ref="mine")
    perm_id = (await first.status(1, "Submitted"))[6]
    second.send("16", "1")
    listed = await second.first(OPEN_ORDER)
    assert perm_id in listed
    assert "mine" in listed


async def test_only_the_client_that_placed_an_order_may_cancel_it(dial: Dial) -> None:
    first, second = await dial(1), await dial(2)
    first.place(1, "BUY", 100, "LMT", limit="150")
    await first.status(1, "Submitted")
    second.cancel(1)
    await second.error(10147)
    second.send("58", "1")  # but everybody may cancel everything
    await first.status(1, "Cancelled")


async def test_refusals_by_their_codes(dial: Dial) -> None:
    client = await dial()
    client.place(1, "BUY", 1, "MKT", contract=("0", "NOPE", *ES[2:10], "", ""))
    await client.error(200)
    client.place(2, "BUY", 1, "LMT", limit="150.005")
    await client.error(110)
    client.place(3, "BUY", 0, "MKT")
    await client.error(434)
    client.place(4, "BUY", 1, "PEG MID")
    await client.error(387)
    client.place(4, "BUY", 1, "FEELINGS")
    assert "Invalid order type" in (await client.error(321))[4]
    client.place(5, "BUY", "1.5", "MKT")
    await client.error(10243)
    client.place(6, "BUY", 1, "MKT", account="U999")
    await client.until(lambda m: m[:4] == ["4", "2", "6", "321"], "the wrong account")
    client.place(7, "BUY", 9_000_000, "LMT", limit="189", ref="rich")
    assert "INITIAL MARGIN" in (await client.error(201))[4]
    await client.status(7, "Inactive")
    client.place(8, "BUY", 1, "LMT", limit="150", tif="GTD", good_till="yesterday")
    await client.error(10314)


async def test_ids_must_be_above_those_of_all_orders_that_the_client_was_told_of(
    dial: Dial,
) -> None:
    """TWS API, placing orders: "subsequent orders placed by that client must have order IDs greater
    than the order IDs of all orders returned"."""
    other, client = await dial(2), await dial(1)
    other.place(500, "BUY", 1, "LMT", limit="150")
    await other.status(500, "Submitted")
    client.place(1, "BUY", 1, "LMT", limit="150")
    await client.status(1, "Submitted")
    client.send("16", "1")
    await client.first("53")
    client.place(2, "BUY", 1, "LMT", limit="150")
    assert (await client.error(103))[2] == "2"
    client.send("8", "1", "1")
    await client.until(lambda m: m == ["9", "1", "501"], "the next id")
    client.place(501, "BUY", 1, "LMT", limit="150")
    await client.status(501, "Submitted")


async def test_ids_that_were_used_are_refused(dial: Dial) -> None:
    client = await dial()
    client.place(5, "BUY", 1, "MKT")
    await client.status(5, "Filled")
    client.place(5, "BUY", 2, "MKT")
    await client.error(104)
    client.place(4, "BUY", 1, "MKT")
    await client.error(103)
    client.cancel(5)
    assert "state: Filled" in (await client.error(10148))[4]


@pytest.mark.parametrize(
    "other",
    [
        {"action": "SELL", "limit": "250"},
        {"order_type": "MKT"},
        {"tif": "DAY"},
        {"display": 1},
        {"outsideRth": "1"},
        {"good_till": "20301231 23:59:59 UTC"},
        {"ref": "another"},
        {"oca": "pair"},
        {"triggerMethod": "2"},
        {"contract": ES},
    ],
    ids=str,
)
async def test_a_changed_order_must_stay_the_same_order(
    tws: VenueOnLoop, dial: Dial, other: dict[str, Any]
) -> None:
    """All but prices and quantity: what could not be changed must not look as if it were."""
    client = await dial()
    order: dict[str, Any] = {
        "action": "BUY",
        "quantity": 2,
        "order_type": "LMT",
        "limit": "150",
        "ref": "mine",
    }
    client.place(1, **order)
    await client.status(1, "Submitted")
    client.place(1, **{**order, **other})
    await client.error(105)
    assert tws.ledger(event="amended") == []
    client.place(1, **{**order, "quantity": 1})
    await client.settled()
    assert [record["quantity"] for record in tws.ledger(event="amended")] == ["1"]


async def test_the_last_fill_price_is_that_of_the_last_fill(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    [(_, at_best), (second, _)] = tws.venue.exchange.books["AAPL"].levels(Side.SELL, 2)
    client.place(1, "BUY", at_best + 1, "MKT")
    status = await client.status(1, "Filled")
    average, last = Decimal(status[5]), Decimal(status[8])
    assert last == second
    assert average < last


async def test_an_order_by_the_number_of_its_security(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    nameless = ("0", "", "STK", "", "0.0", "", "", "SMART", "", "USD", "", "")
    client.place(1, "BUY", 1, "MKT", contract=nameless, secIdType="ISIN", secId="US5949181045")
    await client.status(1, "Filled")
    assert [record["symbol"] for record in tws.ledger(event="filled")] == ["MSFT"]


@pytest.mark.parametrize(("tif", "state"), [("IOC", "Cancelled"), ("FOK", "Cancelled")])
async def test_orders_that_do_not_rest_end_at_once(dial: Dial, tif: str, state: str) -> None:
    client = await dial()
    client.place(1, "BUY", 1, "LMT", limit="150", tif=tif)
    await client.status(1, state)
    await client.error(202)


async def test_a_good_till_date_order_ends_at_its_time(dial: Dial) -> None:
    client = await dial()
    ends = datetime.now(UTC) + timedelta(seconds=2)
    client.place(
        1, "BUY", 1, "LMT", limit="150", tif="GTD", good_till=f"{ends:%Y%m%d %H:%M:%S} UTC"
    )
    await client.status(1, "Submitted")
    await client.status(1, "Cancelled")


@pytest.mark.parametrize(
    ("order_type", "action", "moved_to"),
    [
        ("STP", "SELL", "185"),
        ("STP LMT", "BUY", "195"),
        ("MIT", "BUY", "185"),
        ("LIT", "SELL", "195"),
    ],
)
async def test_conditional_orders_wait_and_trigger(
    tws: VenueOnLoop, dial: Dial, order_type: str, action: str, moved_to: str
) -> None:
    client = await dial()
    limit = {"STP LMT": "198", "LIT": "190"}.get(order_type)
    trigger = "186" if moved_to == "185" else "194"
    client.place(1, action, 10, order_type, aux=trigger, limit=limit or UNSET)
    assert (await client.status(1, "PreSubmitted"))[3] == "0"
    assert (STATUS, "Filled") not in told(client)
    tws.move("AAPL", Decimal(moved_to))
    await client.status(1, "Filled")


async def test_a_trailing_stop_follows_the_market(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    client.place(1, "SELL", 10, "TRAIL", trail_percent="1")
    await client.status(1, "PreSubmitted")
    tws.move("AAPL", Decimal(200))
    tws.move("AAPL", Decimal("199.5"))
    assert (STATUS, "Filled") not in told(client)
    tws.move("AAPL", Decimal(197))
    await client.status(1, "Filled")


async def test_an_iceberg_shows_its_display_size(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    client.place(1, "BUY", 500, "LMT", limit="189", display=100)
    await client.status(1, "Submitted")
    (order,) = tws.venue.exchange.state.orders
    assert (order.quantity, order.shown) == (Decimal(500), Decimal(100))


async def test_an_order_outside_hours_is_held_and_sent_when_the_market_opens(
    tws: VenueOnLoop, dial: Dial
) -> None:
    tws.venue.close_market()  # type: ignore[attr-defined]
    client = await dial()
    client.place(1, "BUY", 10, "MKT", ref="early")
    client.place(2, "BUY", 10, "MKT", ref="dropped")
    assert "will not be placed at the exchange until" in (await client.error(399))[4]
    await client.status(1, "PreSubmitted")
    client.cancel(2)
    await client.status(2, "Cancelled")
    assert tws.ledger(event="accepted") == []
    tws.venue.open_market(time.time_ns())  # type: ignore[attr-defined]
    await client.status(1, "Filled")
    assert [record["client_order_id"] for record in tws.ledger(event="accepted")] == ["early"]
