"""How far a bracket is, on record: its end is written over the fills that it was computed from."""

from decimal import Decimal

from db.order_lists import OrderLists
from domain.lists.request import ListKind, ListStatus, Role
from tests.support.books import SPOT, Books
from tests.support.orders import a_fill
from tests.support.placed_list import a_list


async def test_an_end_is_not_recorded_once_an_order_has_traded_more(books: Books) -> None:
    lists, request = OrderLists(books.pool), a_list(ListKind.BRACKET)
    await lists.open(request)
    leg = request.order(Role.ENTRY, 1, request.quantity)
    entry = await books.admit(client_order_id=leg.client_order_id, order_list_id=leg.order_list_id)
    await books.oms.book_fill(a_fill(entry, quantity=Decimal(1)), SPOT)

    async def end(filled: int) -> bool:
        return await lists.record(
            request.list_id, ListStatus.CANCELED, ["over"], attention=False, filled=Decimal(filled)
        )

    assert not await end(filled=0)
    assert (await lists.get(request.list_id)).status is ListStatus.RECEIVED
    assert await end(filled=1)
    record = await lists.get(request.list_id)
    assert (record.status, record.attention, len(record.notes)) == (ListStatus.CANCELED, False, 1)


async def test_a_fill_after_the_end_is_for_a_person_and_the_end_stands(books: Books) -> None:
    lists, request = OrderLists(books.pool), a_list(ListKind.BRACKET)
    await lists.open(request)
    leg = request.order(Role.ENTRY, 1, request.quantity)
    entry = await books.admit(client_order_id=leg.client_order_id, order_list_id=leg.order_list_id)
    await lists.record(request.list_id, ListStatus.CANCELED, [], attention=False)

    for _ in range(2):  # told twice
        await books.oms.book_fill(a_fill(entry, quantity=Decimal(1)), SPOT)

    record = await lists.get(request.list_id)
    assert (record.status, record.attention) == (ListStatus.CANCELED, True)
    (note,) = record.notes
    assert note["text"].startswith(leg.client_order_id)
