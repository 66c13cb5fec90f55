"""Two orders, each within a limit, never break it together; what is open or unknown counts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from domain.amendment import AmendWish
from domain.order_events import OutcomeUnknown, VenueAccepted, VenueCanceled
from domain.orders import OrderStatus, OrderType, UnifiedOrder
from domain.risk import RiskLimits
from domain.sides import Side
from tests.support.books import INVERSE, PERPETUAL, SPOT, WIDE, Books, at_once
from tests.support.orders import a_fill

ORDERS = 20
THREE_ORDERS = {  # of four at 100
    "max_exposure": replace(WIDE, max_exposure=Decimal(1_300)),
    "max_position_size": replace(WIDE, max_position_size=Decimal("13.9")),
    "max_orders_per_minute": replace(WIDE, max_orders_per_minute=3),
}


def approved(orders: Sequence[UnifiedOrder]) -> int:
    return sum(order.status is OrderStatus.APPROVED for order in orders)


async def admit_next(books: Books, limits: RiskLimits, **terms: object) -> UnifiedOrder:
    """Another order, with an id of its own."""
    number = await books.count("unified_orders")
    return await books.admit(limits, client_order_id=f"next-{number}", **terms)


@pytest.mark.parametrize("rule", THREE_ORDERS)
async def test_of_twenty_orders_at_once_only_those_within_the_limit_pass(
    books: Books, rule: str
) -> None:
    orders = await at_once(
        *(books.admit(THREE_ORDERS[rule], client_order_id=f"c{n}") for n in range(ORDERS))
    )

    assert approved(orders) == 3
    assert {order.reason_code for order in orders} == {None, rule}
    await books.assert_audits_hold()


async def test_exposure_is_shared_by_all_instruments_and_strategies(books: Books) -> None:
    limits = THREE_ORDERS["max_exposure"]
    orders = await at_once(
        *(
            books.admit(
                limits,
                strategy_id=f"s{n}",
                client_order_id=instrument.venue,
                instrument_id=instrument.instrument_id,
            )
            for n in range(ORDERS // 2)
            for instrument in (SPOT, PERPETUAL)
        )
    )

    assert approved(orders) == 3


async def test_the_order_rate_is_each_strategys_own(books: Books) -> None:
    limits = THREE_ORDERS["max_orders_per_minute"]
    for n in range(3):
        await books.admit(limits, client_order_id=f"c{n}")

    assert (await books.admit(limits, strategy_id="bench")).status is OrderStatus.APPROVED


async def test_orders_of_the_last_minute_only_count_for_the_rate(books: Books) -> None:
    limits = THREE_ORDERS["max_orders_per_minute"]
    for n in range(3):
        await books.admit(limits, client_order_id=f"c{n}")
    await books.pool.execute("UPDATE unified_orders SET created_at = created_at - interval '61 s'")

    assert (await admit_next(books, limits)).status is OrderStatus.APPROVED


async def test_an_order_of_unknown_outcome_counts_like_a_live_one(books: Books) -> None:
    limits = replace(WIDE, max_exposure=Decimal(700))
    unknown = await books.submitted()
    await books.oms.apply(unknown.order_id, OutcomeUnknown("no answer"))

    assert (await admit_next(books, limits)).reason_code == "max_exposure"


async def test_the_end_of_an_order_gives_its_exposure_back(books: Books) -> None:
    limits = replace(WIDE, max_exposure=Decimal(700))
    order = await books.accepted()
    await books.oms.apply(order.order_id, VenueCanceled("by us"))

    assert (await admit_next(books, limits)).status is OrderStatus.APPROVED


async def test_what_was_filled_counts_as_position_instead(books: Books) -> None:
    limits = replace(WIDE, max_exposure=Decimal(700))
    order = await books.accepted()
    await books.oms.book_fill(a_fill(order, quantity=order.quantity), SPOT)

    assert (await admit_next(books, limits)).reason_code == "max_exposure"


async def test_a_position_whose_quote_is_gone_is_valued_at_its_entry(books: Books) -> None:
    limits = replace(WIDE, max_exposure=Decimal(700))
    order = await books.accepted()
    await books.oms.book_fill(a_fill(order, quantity=order.quantity), SPOT)
    await books.pool.execute(
        "UPDATE quotes SET ask = 0 WHERE instrument_id = $1", SPOT.instrument_id
    )

    perpetual = PERPETUAL.instrument_id
    assert (await admit_next(books, limits, instrument_id=perpetual)).reason_code == "max_exposure"


async def test_reducing_is_allowed_above_every_limit(books: Books) -> None:
    order = await books.accepted()
    await books.oms.book_fill(a_fill(order, quantity=order.quantity), SPOT)
    limits = replace(WIDE, max_exposure=Decimal(1), max_position_size=Decimal(1))

    sell = await admit_next(books, limits, side=Side.SELL, quantity=Decimal(3))
    assert sell.status is OrderStatus.APPROVED


async def test_two_sells_at_once_do_not_both_reduce_the_same_position(books: Books) -> None:
    order = await books.accepted()
    await books.oms.book_fill(a_fill(order, quantity=order.quantity), SPOT)
    limits = replace(WIDE, max_exposure=Decimal(1), max_position_size=Decimal(1))

    sells = await at_once(
        *(
            books.admit(limits, client_order_id=f"s{n}", side=Side.SELL, quantity=Decimal(3))
            for n in range(ORDERS)
        )
    )

    assert approved(sells) == 1


async def test_inverse_contracts_are_exposed_by_their_face_value(books: Books) -> None:
    limits = replace(WIDE, max_exposure=Decimal(1_000))
    market = {"instrument_id": INVERSE.instrument_id, "order_type": OrderType.MARKET, "price": None}
    four = [await admit_next(books, limits, quantity=Decimal(4), **market) for _ in range(3)]

    # four contracts of 100 USD each
    assert [order.status is OrderStatus.APPROVED for order in four] == [True, True, False]


async def test_an_order_reopened_by_its_venue_counts_again(books: Books) -> None:
    order = await books.admit()
    await books.oms.request_cancel(order.order_id, by="desk")
    await books.oms.apply(order.order_id, VenueAccepted("v1"))

    limits = replace(WIDE, max_exposure=Decimal(700), quote_age_max=timedelta(hours=1))
    assert (await admit_next(books, limits)).reason_code == "max_exposure"


async def test_orders_of_the_last_minute_are_counted_by_their_numbers(books: Books) -> None:
    for n in range(5):
        await books.admit(client_order_id=f"old-{n}")
    await books.pool.execute(
        "UPDATE unified_orders SET created_at = created_at - interval '61 s' "
        "WHERE strategy_seq <= 3"
    )
    await books.admit(client_order_id="other", strategy_id="other")
    limits = replace(WIDE, max_orders_per_minute=4)

    fresh = [await books.admit(limits, client_order_id=f"new-{n}") for n in range(3)]

    assert [order.status for order in fresh] == [
        OrderStatus.APPROVED,
        OrderStatus.APPROVED,
        OrderStatus.DENIED,
    ]
    assert [order.strategy_seq for order in fresh] == [6, 7, 8]  # the denied one counts as well


async def test_an_amend_under_way_counts_with_its_larger_quantity(books: Books) -> None:
    limits = replace(WIDE, max_position_size=Decimal(10))
    order = await books.accepted()
    amended = await books.oms.request_amend(
        order.order_id,
        AmendWish("a1", "ann", quantity=Decimal(8)),
        books.admission(limits),
        SPOT,
        None,
    )
    assert amended.denied is None

    refused = await admit_next(books, limits, quantity=Decimal(3))
    taken = await admit_next(books, limits, quantity=Decimal(2))

    assert (refused.reason_code, taken.status) == ("max_position_size", OrderStatus.APPROVED)


async def test_of_two_amends_at_once_only_those_within_the_limit_pass(books: Books) -> None:
    limits = replace(WIDE, max_position_size=Decimal(13))
    orders = [await books.accepted(client_order_id=f"c{n}") for n in range(3)]  # 12 in all
    answers = await at_once(
        *(
            books.oms.request_amend(
                order.order_id,
                AmendWish("a1", "ann", quantity=Decimal(5)),
                books.admission(limits),
                SPOT,
                None,
            )
            for order in orders
        )
    )

    assert sum(answer.denied is None for answer in answers) == 1
    await books.assert_audits_hold()
