"""The lives that are kept as recorded histories: one for each road through the workflow."""

from collections.abc import Awaitable, Callable

from activities.ports import Decision
from domain.orders import OrderStatus
from tests.support.books import PERPETUAL
from tests.support.order_house import Order, OrderHouse, table_away
from tests.support.scripted_venue import Cancel, Submit


async def filled(house: OrderHouse) -> Order:
    order = await house.place()
    house.venue.fill(order.id, "1", "99")
    await order.until_told()
    house.venue.fill(order.id, "3")
    return order


async def rejected(house: OrderHouse) -> Order:
    order = house.order()
    order.course.submits = [Submit.REJECT]
    await order.start()
    return order


async def expired_unsent(house: OrderHouse) -> Order:
    order = house.order(instrument_id=PERPETUAL.instrument_id, send_within_ms=300)
    await order.start()
    return order


async def found_after_doubt(house: OrderHouse) -> Order:
    order = house.order()
    order.course.submits = [Submit.ACCEPT_SILENTLY]
    order.course.reachable = False
    await order.start()
    await order.stuck()
    order.course.reachable = True
    await order.resolve(Decision.RETRY)
    await order.until_listed_as(OrderStatus.ACCEPTED)
    house.venue.fill(order.id, "4")
    return order


async def sent_again(house: OrderHouse) -> Order:
    order = house.order()
    order.course.submits = [Submit.LOSE, Submit.ACCEPT]
    await order.start()
    await order.until(OrderStatus.ACCEPTED)
    house.venue.fill(order.id, "4")
    return order


async def canceled_after_skip(house: OrderHouse) -> Order:
    order = await house.place()
    order.course.cancels = [Cancel.REFUSE]
    await order.workflow.signal("cancel")
    await order.stuck()
    await order.resolve(Decision.SKIP)
    await order.until_not_stuck()
    order.course.cancels = [Cancel.OBEY]
    await order.workflow.cancel()
    return order


async def canceled_while_in_doubt(house: OrderHouse) -> Order:
    order = house.order()
    order.course.submits = [Submit.ACCEPT_SILENTLY]
    order.course.reachable = False
    await order.start()
    await order.until(OrderStatus.UNKNOWN)
    await order.workflow.cancel()
    await order.stuck()
    order.course.reachable = True
    return order


async def admitted_after_retry(house: OrderHouse) -> Order:
    order = house.order()
    async with table_away(house, "order_events"):
        await order.start()
        await order.stuck()
    await order.resolve(Decision.RETRY)
    await order.until(OrderStatus.ACCEPTED)
    house.venue.fill(order.id, "4")
    return order


LIVES: tuple[Callable[[OrderHouse], Awaitable[Order]], ...] = (
    filled,
    rejected,
    expired_unsent,
    found_after_doubt,
    sent_again,
    canceled_after_skip,
    canceled_while_in_doubt,
    admitted_after_retry,
)
