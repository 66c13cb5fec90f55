"""Brackets and OCO pairs: their orders are ordinary orders, and what closes is never too much."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from activities import order_lists
from domain.lists import plan
from domain.lists.request import ListKind, ListStatus, Role
from domain.orders import OrderStatus
from domain.sides import Side
from tests.support import placed_list
from tests.support.order_house import Order, OrderHouse, eventually
from tests.support.placed_list import PlacedList, a_list
from tests.support.scripted_venue import Amend, Submit

BRACKET, OCO = ListKind.BRACKET, ListKind.OCO
ENTRY, STOP, TAKE = Role.ENTRY, Role.STOP_LOSS, Role.TAKE_PROFIT
SELLING = {
    "side": Side.SELL,
    "take_profit": replace(placed_list.TAKE_PROFIT, price=Decimal(99)),
    "stop_loss": replace(placed_list.STOP_LOSS, trigger_price=Decimal(105)),
}
"""What turns the usual bracket around."""


@pytest.fixture
def quickly_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an order traded is certain as soon as executions were pulled after its end."""
    monkeypatch.setattr(order_lists, "_TRADES_FOLLOW_WITHIN", timedelta(0))
    monkeypatch.setattr(plan, "_LOOKS_AFTER", timedelta(milliseconds=100))


async def entered(placed: PlacedList, house: OrderHouse) -> tuple[Order, Order]:
    """The stop and the take-profit of a bracket whose entry has filled."""
    entry = await placed.working(ENTRY)
    house.venue.fill(entry.id, "4")
    return await placed.working(STOP), await placed.working(TAKE)


@pytest.mark.parametrize("side", list(Side))
async def test_a_bracket_takes_its_profit(house: OrderHouse, side: Side) -> None:
    placed = await house.place_list(BRACKET, **({} if side is Side.BUY else SELLING))
    stop, take = await entered(placed, house)

    house.venue.fill(take.id, "4", "101" if side is Side.BUY else "99")
    record = await placed.ended()

    assert (record.status, record.attention) == (ListStatus.COMPLETED, False)
    assert house.venue.status(stop.id) is OrderStatus.CANCELED
    out = side.opposite
    assert [order.side for order in await placed.orders()] == [side, out, out]
    (position,) = await house.books.positions.all()
    assert position.quantity == 0


async def test_what_makes_the_market_in_a_bracket_says_so_and_its_stop_does_not(
    house: OrderHouse,
) -> None:
    making = {
        "entry": replace(placed_list.ENTRY, post_only=True),
        "take_profit": replace(placed_list.TAKE_PROFIT, post_only=True),
    }
    placed = await house.place_list(BRACKET, **making)
    await entered(placed, house)

    told = {order.order_id: order.post_only for order in await placed.orders()}
    roles = {ENTRY: True, TAKE: True, STOP: False}
    assert told == {placed.order(role).id: makes for role, makes in roles.items()}


async def test_a_bracket_is_stopped_out(house: OrderHouse) -> None:
    placed = await house.place_list(BRACKET)
    stop, take = await entered(placed, house)

    house.venue.fill(stop.id, "4", "95")
    record = await placed.ended()

    assert record.status is ListStatus.COMPLETED
    assert house.venue.status(take.id) is OrderStatus.CANCELED


@pytest.mark.usefixtures("quickly_settled")
async def test_exits_grow_with_a_partial_entry_and_end_with_it(house: OrderHouse) -> None:
    placed = await house.place_list(BRACKET)
    entry = await placed.working(ENTRY)

    house.venue.fill(entry.id, "1")
    await placed.working(STOP, quantity="1")
    await placed.working(TAKE, quantity="1")
    house.venue.fill(entry.id, "2")
    stop = await placed.working(STOP, quantity="3")
    await placed.working(TAKE, quantity="3")
    house.venue.expire(entry.id)  # the rest never trades
    house.venue.fill(stop.id, "3", "95")
    await placed.until_noted("may still come")
    house.venue.restore_stream()  # executions are pulled at once

    assert (await placed.ended()).status is ListStatus.COMPLETED


@pytest.mark.usefixtures("quickly_settled")
async def test_an_entry_whose_end_is_told_before_its_fills_gets_its_exits(
    house: OrderHouse,
) -> None:
    placed = await house.place_list(BRACKET)
    entry = await placed.working(ENTRY)

    house.venue.fill(entry.id, "3", told=False)
    house.venue.expire(entry.id)
    await placed.until_noted("the entry ended EXPIRED")
    assert not (await placed.record()).status.is_terminal
    house.venue.restore_stream()
    stop = await placed.working(STOP, quantity="3")
    await placed.working(TAKE, quantity="3")
    house.venue.fill(stop.id, "3", "95")
    house.venue.restore_stream()  # after this late fill another may come as well

    assert (await placed.ended()).status is ListStatus.COMPLETED


@pytest.mark.usefixtures("quickly_settled")
async def test_an_entry_that_never_traded_ends_its_list_once_that_is_certain(
    house: OrderHouse,
) -> None:
    placed = await house.place_list(BRACKET)
    entry = await placed.working(ENTRY)

    house.venue.expire(entry.id)
    await entry.until(OrderStatus.EXPIRED)
    house.venue.restore_stream()
    record = await placed.ended()

    assert (record.status, record.attention) == (ListStatus.CANCELED, False)
    assert "without a fill" in await placed.notes()


async def test_exits_grow_with_a_fill_that_comes_after_the_end_of_the_entry(
    house: OrderHouse,
) -> None:
    """Its workflow has ended and tells nobody any more."""
    placed = await house.place_list(BRACKET)
    entry = await placed.working(ENTRY)
    house.venue.fill(entry.id, "1")
    await placed.working(STOP, quantity="1")
    await placed.working(TAKE, quantity="1")
    house.venue.fill(entry.id, "2", told=False)
    house.venue.expire(entry.id)
    await entry.ended()

    house.venue.restore_stream()

    await placed.working(STOP, quantity="3")
    await placed.working(TAKE, quantity="3")


async def test_what_trades_after_the_end_of_a_list_calls_a_person(house: OrderHouse) -> None:
    placed = await house.place_list(BRACKET)
    entry = await placed.working(ENTRY)
    house.venue.fill(entry.id, "1", told=False)
    await placed.cancel()
    assert not (await placed.ended()).attention

    house.venue.restore_stream()
    await placed.until_noted("has traded after the list had ended")

    record = await placed.record()
    assert (record.status, record.attention) == (ListStatus.CANCELED, True)


async def test_a_partial_exit_reduces_the_other_in_place(house: OrderHouse) -> None:
    placed = await house.place_list(BRACKET)
    stop, take = await entered(placed, house)

    house.venue.fill(take.id, "1", "101")
    await placed.working(STOP, quantity="3")
    assert house.venue.terms(stop.id)[0] == 3
    house.venue.fill(stop.id, "3", "95")

    assert (await placed.ended()).status is ListStatus.COMPLETED
    assert house.venue.amended[stop.id] == 1


async def test_an_exit_that_the_venue_will_not_resize_is_placed_anew(house: OrderHouse) -> None:
    placed = await house.place_list(BRACKET)
    stop, take = await entered(placed, house)
    stop.course.amends = [Amend.REFUSE]

    house.venue.fill(take.id, "1", "101")
    second = await placed.working(STOP, 2, quantity="3")

    assert house.venue.status(stop.id) is OrderStatus.CANCELED
    assert house.venue.terms(second.id)[0] == 3


async def test_an_oco_leg_that_trades_cancels_the_other(house: OrderHouse) -> None:
    placed = await house.place_list(OCO)
    stop, take = await placed.working(STOP), await placed.working(TAKE)

    house.venue.fill(stop.id, "4", "95")
    record = await placed.ended()

    assert record.status is ListStatus.COMPLETED
    assert house.venue.status(take.id) is OrderStatus.CANCELED


async def test_a_rejected_leg_of_an_oco_takes_the_other_with_it_and_says_so(
    house: OrderHouse,
) -> None:
    placed = PlacedList(house, a_list(OCO))
    placed.order(TAKE).course.submits = [Submit.REJECT]
    house.lists.append(placed)
    await placed.start()

    record = await placed.ended()

    assert record.status is ListStatus.FAILED
    assert "TAKE_PROFIT ended REJECTED" in await placed.notes()
    stop = await house.books.oms.order(placed.order(STOP).id)
    assert stop is None or stop.status is OrderStatus.CANCELED


async def test_a_bracket_without_its_stop_calls_a_person_and_keeps_the_rest(
    house: OrderHouse,
) -> None:
    placed = await house.place_list(BRACKET)
    placed.order(STOP).course.submits = [Submit.REJECT]
    entry = await placed.working(ENTRY)

    house.venue.fill(entry.id, "4")
    take = await placed.working(TAKE)
    await placed.until_noted("STOP_LOSS ended REJECTED")

    assert (await placed.record()).attention
    house.venue.fill(take.id, "4", "101")
    assert (await placed.ended()).status is ListStatus.COMPLETED


async def test_an_entry_that_is_denied_ends_the_list(house: OrderHouse) -> None:
    placed = await house.place_list(BRACKET, quantity=Decimal(2_000))  # too large for risk

    record = await placed.ended()

    assert record.status is ListStatus.FAILED
    assert "DENIED" in await placed.notes()


async def test_a_list_that_is_canceled_leaves_no_order(house: OrderHouse) -> None:
    placed = await house.place_list(BRACKET)
    entry = await placed.working(ENTRY)
    house.venue.fill(entry.id, "1")
    stop, take = await placed.working(STOP), await placed.working(TAKE)

    await placed.cancel()
    record = await placed.ended()

    assert record.status is ListStatus.CANCELED
    assert "1 of the position have no exit" in (await placed.notes()).replace("1.0", "1")
    for order in (entry, stop, take):
        assert house.venue.status(order.id) is OrderStatus.CANCELED


async def test_both_exits_at_once_at_the_venue_are_counted_and_reported(house: OrderHouse) -> None:
    placed = await house.place_list(BRACKET)
    stop, take = await entered(placed, house)

    house.venue.fill(take.id, "4", "101")
    house.venue.fill(stop.id, "4", "95")  # before our cancel can arrive
    record = await placed.ended()

    assert (record.status, record.attention) == (ListStatus.COMPLETED, True)
    assert "too much" in await placed.notes()


async def test_a_list_survives_its_worker(house: OrderHouse) -> None:
    placed = await house.place_list(BRACKET)
    entry = await placed.working(ENTRY)

    await house.replace_order_worker()
    house.venue.fill(entry.id, "4")
    take = await placed.working(TAKE)
    await house.replace_venue_worker()
    await house.replace_order_worker()
    house.venue.fill(take.id, "4", "101")

    assert (await placed.ended()).status is ListStatus.COMPLETED
    assert all(house.venue.sent[order.order_id] == 1 for order in await placed.orders())


async def test_the_same_list_again_is_the_same_list(house: OrderHouse) -> None:
    placed = await house.place_list(BRACKET)
    await placed.working(ENTRY)

    await placed.start()

    assert len(await placed.orders()) == 1


async def test_an_id_that_was_taken_before_ends_the_list_and_not_the_other_order(
    house: OrderHouse,
) -> None:
    placed = PlacedList(house, a_list(OCO))
    stranger = house.order()
    stranger.request = replace(
        stranger.request, client_order_id=placed.order(STOP).request.client_order_id
    )
    await stranger.start()
    await stranger.until(OrderStatus.ACCEPTED)
    house.lists.append(placed)

    await placed.start()
    record = await placed.ended()

    assert (record.status, record.attention) == (ListStatus.FAILED, True)
    assert (await stranger.row()).status is OrderStatus.ACCEPTED
    assert "belongs to another order" in await placed.notes()
    take = await placed.order(TAKE).row()
    assert take.status is OrderStatus.CANCELED


async def test_a_fee_in_what_was_bought_makes_the_exits_smaller(house: OrderHouse) -> None:
    placed = await house.place_list(BRACKET)
    entry = await placed.working(ENTRY)
    news = house.venue.fill(entry.id, "4", told=False)
    fill = replace(news.fill, fee=Decimal("0.0042"), fee_currency="BTC")

    house.venue.tell(replace(news, fill=fill))
    await placed.working(STOP, quantity="3.995")  # on the lot of 0.001
    await placed.working(TAKE, quantity="3.995")

    assert all(order.quantity <= 4 for order in await placed.orders())


async def test_stopping_trading_takes_no_protection_away(
    house: OrderHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entry goes on trading at the venue: the exits cannot grow now, and they stay."""
    monkeypatch.setattr(plan, "_RETRY", timedelta(milliseconds=100))
    placed = await house.place_list(BRACKET)
    entry = await placed.working(ENTRY)
    house.venue.fill(entry.id, "1")
    stop = await placed.working(STOP, quantity="1")
    take = await placed.working(TAKE, quantity="1")

    await house.books.trading.set(running=False, by="ann", reason="news")
    house.venue.fill(entry.id, "3")
    await placed.until_noted("was not resized to 4")
    await asyncio.sleep(0.5)  # several tries

    assert house.venue.status(stop.id) is house.venue.status(take.id) is OrderStatus.ACCEPTED
    assert (await placed.record()).attention
    await house.books.trading.set(running=True, by="ann", reason="over")
    assert (await placed.working(STOP, quantity="4")).id == stop.id
    assert (await placed.working(TAKE, quantity="4")).id == take.id


async def test_an_exit_may_shrink_while_trading_is_stopped(house: OrderHouse) -> None:
    placed = await house.place_list(BRACKET)
    stop, take = await entered(placed, house)

    await house.books.trading.set(running=False, by="ann", reason="news")
    house.venue.fill(take.id, "1", "101")

    assert (await placed.working(STOP, quantity="3")).id == stop.id


async def test_an_exit_that_risk_denies_for_now_is_placed_again(
    house: OrderHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "_RETRY", timedelta(milliseconds=100))
    placed = await house.place_list(BRACKET)
    entry = await placed.working(ENTRY)
    await house.books.pool.execute("UPDATE quotes SET received_at = now() - interval '1 day'")

    house.venue.fill(entry.id, "4")
    await placed.until_noted("STOP_LOSS ended DENIED")
    await house.books.pool.execute("UPDATE quotes SET received_at = now()")

    async def protected() -> bool:
        orders = await placed.orders()
        working = [o for o in orders if o.side is Side.SELL and o.status.is_working]
        return sum(o.quantity for o in working) == 8

    await eventually(protected, "both exits work")
