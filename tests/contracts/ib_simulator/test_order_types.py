"""The less plain types of order: what each does in the market, and for which products IB has it."""

import time
from decimal import Decimal
from typing import Any

import pytest

from tests.contracts.ib_simulator.conftest import Dial
from tests.contracts.ib_simulator.raw_client import AAPL, ES, EURUSD, RawClient
from tests.support.simulated_venue import VenueOnLoop
from venues.simulators.ib.order_kinds import KINDS, OTHERS_OF_IB
from venues.simulators.matching import Side

DAY_NS = 24 * 3600 * 1_000_000_000


def price_of(tws: VenueOnLoop, ref: str) -> Decimal | None:
    order = tws.venue.exchange.state.orders.by_client_id("main", ref)
    assert order is not None
    return order.price


def limits_told(client: RawClient) -> list[str]:
    """The limit prices of openOrder."""
    return [message[16] for message in client.heard if message[0] == "5"]


async def test_a_trailing_limit_order_works_at_its_offset(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    stop: dict[str, Any] = {"trailStopPrice": "189", "lmtPriceOffset": "0.5"}
    client.place(1, "SELL", 10, "TRAIL LIMIT", aux="1", ref="mine", **stop)
    await client.status(1, "PreSubmitted")
    assert limits_told(client)[0] == "188.5"
    tws.move("AAPL", Decimal(200))
    tws.move("AAPL", Decimal(196))  # through its stop at 199 and its limit at 198.5
    await client.status(1, "Submitted")
    assert price_of(tws, "mine") == Decimal("198.51"), "half a dollar below 200.01 less one"
    tws.move("AAPL", Decimal(199))
    await client.status(1, "Filled")


async def test_a_trailing_limit_order_may_say_its_first_limit_instead(
    tws: VenueOnLoop, dial: Dial
) -> None:
    client = await dial()
    client.place(
        1, "BUY", 10, "TRAIL LIMIT", aux="1", limit="191.5", trailStopPrice="191", ref="mine"
    )
    await client.status(1, "PreSubmitted")
    (accepted,) = tws.ledger(event="accepted")
    assert accepted["limit_offset"] == "0.5"
    client.place(2, "BUY", 10, "TRAIL LIMIT", aux="1")
    assert "offset" in (await client.error(321))[4]


async def test_market_to_limit_takes_the_best_price_and_rests_there(
    tws: VenueOnLoop, dial: Dial
) -> None:
    client = await dial()
    _, (ask, size) = tws.top("AAPL")
    client.place(1, "BUY", size + 10, "MTL", ref="mine")
    await client.until(lambda m: m[:4] == ["3", "1", "Submitted", f"{size:f}"], "a part of it")
    assert price_of(tws, "mine") == ask
    assert tws.top("AAPL")[0] == (ask, Decimal(10))


@pytest.mark.parametrize(
    ("order_type", "limit", "ends"), [("MOC", "", "Filled"), ("LOC", "150", "Cancelled")]
)
async def test_orders_for_the_close_wait_for_it(
    tws: VenueOnLoop, dial: Dial, order_type: str, limit: str, ends: str
) -> None:
    client = await dial()
    client.place(1, "BUY", 10, order_type, limit=limit, tif="DAY")
    await client.status(1, "PreSubmitted")
    tws.venue.beat(time.time_ns())
    assert tws.ledger(event="accepted") == []
    await tws.stop()
    await tws.start(roomy=False)
    client = await dial()
    await client.next_id()
    tws.venue.beat(time.time_ns() + DAY_NS)  # midnight has passed
    await client.status(1, ends)


async def test_orders_for_the_close_are_for_the_day(dial: Dial) -> None:
    client = await dial()
    client.place(1, "BUY", 10, "MOC", tif="GTC")
    await client.error(113)


async def test_a_relative_order_follows_the_best_price_of_its_side(
    tws: VenueOnLoop, dial: Dial
) -> None:
    client = await dial()
    client.place(1, "BUY", 10, "REL", aux="0.01", limit="195", ref="mine")
    await client.status(1, "Submitted")
    best = tws.top("AAPL")[0][0]
    assert price_of(tws, "mine") == best, "a cent above the best price of the others"
    tws.move("AAPL", Decimal(192))
    for _ in range(3):
        tws.print("AAPL", Decimal(1))
    assert price_of(tws, "mine") == Decimal("192.00"), "it does not follow itself"
    tws.move("AAPL", Decimal(200))
    assert price_of(tws, "mine") == 195, "no further than its cap"
    assert len(limits_told(client)) <= 2, "its moves are not told"
    client.place(1, "BUY", 10, "REL", aux="0.01", limit="196", ref="mine")
    await client.settled()
    assert price_of(tws, "mine") == 196


async def test_a_midprice_order_stands_in_the_middle(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    client.place(1, "SELL", 10, "MIDPRICE", ref="mine")
    await client.status(1, "Submitted")
    assert price_of(tws, "mine") == 190
    tws.move("AAPL", Decimal(189))
    assert price_of(tws, "mine") == 189
    tws.market.jump("AAPL", Decimal(191), time.time_ns())
    await client.status(1, "Filled")


async def test_pegged_orders_follow_after_a_restart_too(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    client.place(1, "SELL", 10, "MIDPRICE", ref="mine")
    await client.status(1, "Submitted")
    await tws.stop()
    await tws.start(roomy=False)
    tws.move("AAPL", Decimal(187))
    assert price_of(tws, "mine") == 187


async def test_without_a_quote_there_is_no_price_to_follow(tws: VenueOnLoop, dial: Dial) -> None:
    book = tws.venue.exchange.books["AAPL"]
    for order in list(book):
        book.remove(order.order_id)
    client = await dial()
    for order_id, order_type in enumerate(("MTL", "REL", "MIDPRICE"), start=1):
        client.place(order_id, "BUY", 10, order_type)
        await client.status(order_id, "Inactive")
    assert tws.ledger(event="accepted") == []


@pytest.mark.parametrize("order_type", sorted(OTHERS_OF_IB))
async def test_types_of_ib_that_are_not_played_are_refused(dial: Dial, order_type: str) -> None:
    client = await dial()
    client.place(1, "BUY", 1, order_type, limit="150", aux="150")
    await client.error(387)


async def test_types_are_refused_for_products_that_ib_does_not_have_them_for(dial: Dial) -> None:
    client, order_id = await dial(), 1
    contracts = {"STK": AAPL, "FUT": ES, "CASH": EURUSD}
    for name, kind in KINDS.items():
        for product in sorted(contracts.keys() - kind.products):
            client.place(order_id, "BUY", 1, name, contract=contracts[product], limit="1", aux="1")
            message = ["4", "2", str(order_id), "387"]
            await client.until(lambda m, at=message: m[:4] == at, f"387 for {name} {product}")  # type: ignore[misc]
            order_id += 1
    assert order_id > 5


async def test_contract_details_name_the_types_of_their_product(dial: Dial) -> None:
    client = await dial()
    client.send("9", "8", "1", *EURUSD, "0", "", "", "")
    details = await client.first("10")
    types = set(details[15].split(","))
    assert {"MKT", "LMT", "TRAILLMT"} <= types
    assert not {"MIDPX", "REL", "MOC", "LOC", "MTL"} & types


async def test_a_trigger_follows_trades_and_its_state_says_so(tws: VenueOnLoop, dial: Dial) -> None:
    client = await dial()
    client.place(1, "SELL", 10, "STP", aux="185")
    assert (await client.status(1, "PreSubmitted"))[10] == "trigger"
    tws.move("AAPL", Decimal(180))
    filled = await client.status(1, "Filled")
    assert filled[10] == ""
    assert tws.venue.exchange.books["AAPL"].best(Side.BUY) is not None
