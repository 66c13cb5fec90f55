"""The lives that are kept as recorded histories: one for each road through the workflow."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

from activities.ports import Decision
from domain.lists.request import ListKind, Role
from domain.orders import OrderStatus, OrderType
from tests.support.amending import amend
from tests.support.books import PERPETUAL
from tests.support.order_house import Order, OrderHouse, eventually, table_away
from tests.support.placed_list import PlacedList
from tests.support.scripted_venue import Amend, Cancel, Submit


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


async def admitted_by_itself(house: OrderHouse) -> Order:
    order = house.order()
    async with table_away(house, "order_events"):
        await order.start()
        await order.stuck()
    await order.until(OrderStatus.ACCEPTED)
    house.venue.fill(order.id, "4")
    return order


async def amended_after_doubt(house: OrderHouse) -> Order:
    order = await house.place()
    order.course.amends = [Amend.OBEY_SILENTLY]
    order.course.reachable = False
    await amend(order, quantity="6")
    await order.stuck()
    order.course.reachable = True
    await order.resolve(Decision.RETRY)
    await order.until_not_stuck()
    house.venue.fill(order.id, "6")
    return order


async def replaced(house: OrderHouse) -> Order:
    take_profit = {"order_type": OrderType.TAKE_PROFIT_MARKET, "trigger_price": Decimal(95)}
    order = await house.place(price=None, **take_profit)
    house.venue.fill(order.id, "1")
    await order.until(OrderStatus.PARTIALLY_FILLED)
    await amend(order, quantity="6", replace=True)
    await eventually(lambda: _at_leg(order, 2), "the next leg works")
    house.venue.fill(order.id, "5")
    return order


async def bracket(house: OrderHouse) -> PlacedList:
    placed = await house.place_list(ListKind.BRACKET)
    entry = await placed.working(Role.ENTRY)
    house.venue.fill(entry.id, "1")
    await placed.working(Role.STOP_LOSS, quantity="1")
    await placed.working(Role.TAKE_PROFIT, quantity="1")
    house.venue.fill(entry.id, "3")
    await placed.working(Role.STOP_LOSS, quantity="4")
    take = await placed.working(Role.TAKE_PROFIT, quantity="4")
    house.venue.fill(take.id, "4", "101")
    return placed


async def bracket_leg(house: OrderHouse) -> Order:
    """The life of an order that is a leg: it tells its list."""
    return (await bracket(house)).order(Role.TAKE_PROFIT)


async def _at_leg(order: Order, leg: int) -> bool:
    row = await order.row()
    return row.leg == leg and row.status.is_working


LIVES: tuple[Callable[[OrderHouse], Awaitable[Order | PlacedList]], ...] = (
    filled,
    rejected,
    expired_unsent,
    found_after_doubt,
    sent_again,
    canceled_after_skip,
    canceled_while_in_doubt,
    admitted_after_retry,
    admitted_by_itself,
    amended_after_doubt,
    replaced,
    bracket,
    bracket_leg,
)
