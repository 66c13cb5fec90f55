"""An order as an operator sees it in Temporal UI."""

from decimal import Decimal

from domain.orders import OrderStatus
from tests.support.order_house import OrderHouse
from tests.support.scripted_venue import Submit
from workflows.order import OrderWorkflow


async def test_a_working_order_can_be_found_by_what_it_is(house: OrderHouse) -> None:
    order = await house.place()

    assert await order.attributes() == {
        "OrderId": order.id,
        "ClientOrderId": order.request.client_order_id,
        "StrategyId": "demo",
        "Instrument": "BTCUSDT.BINANCE_SPOT",
        "Venue": "BINANCE_SPOT",
        "OrderStatus": "ACCEPTED",
        "Stuck": False,
    }


async def test_an_order_for_a_pair_says_which_venue_got_it(house: OrderHouse) -> None:
    order = await house.place(instrument_id=None, pair="BTC/USDT")

    attributes = await order.attributes()

    assert (attributes["Instrument"], attributes["Venue"]) == ("BTC/USDT", "BINANCE_SPOT")


async def test_the_summary_says_the_order_in_one_line(house: OrderHouse) -> None:
    order = await house.place()

    summary = await (await order.workflow.describe()).static_summary()

    assert summary == "BUY 4 BTCUSDT.BINANCE_SPOT LIMIT at 100 GTC for demo"


async def test_the_details_say_how_far_the_order_has_come(house: OrderHouse) -> None:
    order = await house.place()

    assert await order.details() == (
        "BUY 4 BTCUSDT.BINANCE_SPOT LIMIT at 100 for demo: **ACCEPTED**, filled 0 of 4\n\n"
        "Waiting for fills of the ACCEPTED order at BINANCE_SPOT."
    )
    house.venue.fill(order.id, "1", "99")
    await order.until_listed_as(OrderStatus.PARTIALLY_FILLED)
    assert "**PARTIALLY_FILLED**, filled 1 of 4 at 99" in await order.details()


async def test_the_details_of_an_ended_order_say_why_it_ended(house: OrderHouse) -> None:
    order = house.order()
    order.course.submits = [Submit.REJECT]
    await order.start()
    await order.ended()

    details = await order.details()

    assert "**REJECTED**" in details
    assert "-2010: Account has insufficient balance" in details
    assert (await order.attributes())["OrderStatus"] == "REJECTED"


async def test_the_workflow_answers_what_it_knows_of_the_order(house: OrderHouse) -> None:
    order = await house.place()
    house.venue.fill(order.id, "3")
    await order.until_listed_as(OrderStatus.PARTIALLY_FILLED)

    state = await order.workflow.query(OrderWorkflow.state)

    assert state is not None
    assert (state.order_id, state.filled_qty) == (order.id, Decimal(3))
    assert state.version == (await order.row()).version
