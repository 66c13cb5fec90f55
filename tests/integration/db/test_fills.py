"""Every fill counts exactly once, and a position is always the fold of its fills."""

import asyncio
from decimal import Decimal

import asyncpg
import pytest

from db.oms import UnifiedOMS
from db.outbox import Outbox
from db.pool import DATABASE_AWAY, LostUpdate
from domain.errors import UnknownOrder
from domain.fills import Fill
from domain.order_events import VenueCanceled
from domain.orders import OrderStatus
from domain.positions import Position
from domain.sides import Side
from tests.support.books import SPOT, Books, account_at, at_once
from tests.support.orders import a_fill, an_order


async def position(books: Books) -> Position:
    """The only position; it must be the fold of its fills."""
    (found,) = await books.positions.all()
    assert await books.positions.refolded(found) == found
    return found


async def test_a_fill_told_twenty_times_at_once_counts_once(books: Books) -> None:
    order = await books.accepted()
    booked = await at_once(*(books.oms.book_fill(a_fill(order), SPOT) for _ in range(20)))

    assert sum(changed is not None for changed in booked) == 1
    assert (await books.read(order)).filled_qty == Decimal(1)
    assert (await position(books)).quantity == Decimal(1)
    assert await books.event_names(order) == [
        "OrderReceived",
        "OrderRouted",
        "RiskApproved",
        "SubmissionStarted",
        "VenueAccepted",
        "FillBooked",
    ]


async def test_fills_of_twenty_orders_at_once_all_reach_the_position(books: Books) -> None:
    orders = [await books.accepted(client_order_id=f"c{n}") for n in range(20)]
    fills = [
        a_fill(
            order,
            trade_id=f"{n}-{part}",
            quantity=Decimal("1.25"),
            price=Decimal(90 + n) + Decimal(part) / 3,
            fee=Decimal("0.00125"),
            fee_currency="BTC",
        )
        for n, order in enumerate(orders)
        for part in range(2)
    ]
    await at_once(*(books.oms.book_fill(fill, SPOT) for fill in fills))

    total = await position(books)
    assert total.quantity == 40 * (Decimal("1.25") - Decimal("0.00125"))
    assert total.fill_count == 40
    assert {(await books.read(order)).filled_qty for order in orders} == {Decimal("2.5")}
    await books.assert_audits_hold()


async def test_fills_of_one_order_at_once_are_all_in_its_trail(books: Books) -> None:
    order = await books.accepted()
    fills = [a_fill(order, trade_id=str(n), quantity=Decimal("0.4")) for n in range(10)]
    await at_once(*(books.oms.book_fill(fill, SPOT) for fill in fills))

    assert (await books.read(order)).status is OrderStatus.FILLED
    assert {fill.trade_id for fill in await books.oms.fills(order.order_id)} == set("0123456789")
    await books.assert_audits_hold()


async def test_both_sides_of_a_trade_with_ourselves_count(books: Books) -> None:
    buy = await books.accepted(client_order_id="buy")
    sell = await books.accepted(client_order_id="sell", side=Side.SELL)
    for order in (buy, sell):
        assert await books.oms.book_fill(a_fill(order, trade_id="77"), SPOT) is not None

    assert (await position(books)).fill_count == 2


async def test_a_fill_is_kept_to_the_last_digit(books: Books) -> None:
    order = await books.accepted()
    fill = a_fill(
        order,
        quantity=Decimal("0.00000001"),
        price=Decimal("123456789.123456789"),
        fee=Decimal("-0.000000000123"),
    )
    await books.oms.book_fill(fill, SPOT)

    assert await books.oms.fills(order.order_id) == [fill]


async def test_a_fill_after_the_cancel_is_booked(books: Books) -> None:
    order = await books.accepted()
    await books.oms.apply(order.order_id, VenueCanceled("by us"))
    late = await books.oms.book_fill(a_fill(order), SPOT)

    assert late is not None
    assert (late.status, late.filled_qty) == (OrderStatus.CANCELED, Decimal(1))
    assert (await position(books)).quantity == Decimal(1)


async def test_a_fill_is_news_for_the_workflow(books: Books) -> None:
    order = await books.accepted()
    filled = await books.oms.book_fill(a_fill(order), SPOT)

    assert await Outbox(books.pool).waiting(0, 10) == [filled]


async def test_a_fill_of_an_order_that_we_do_not_know_writes_nothing(books: Books) -> None:
    with pytest.raises(UnknownOrder):
        await books.oms.book_fill(a_fill(an_order()), SPOT)

    assert await books.count("fills") == await books.count("unified_positions") == 0


async def test_a_fill_that_cannot_be_written_whole_is_not_written_at_all(books: Books) -> None:
    order = await books.accepted()
    await books.pool.execute(
        "ALTER TABLE unified_positions ADD CONSTRAINT full_disk CHECK (quantity < 0)"
    )
    try:
        with pytest.raises(asyncpg.CheckViolationError):
            await books.oms.book_fill(a_fill(order), SPOT)
    finally:
        await books.pool.execute("ALTER TABLE unified_positions DROP CONSTRAINT full_disk")

    assert await books.read(order) == order
    assert await books.count("fills") == 0
    assert await books.oms.book_fill(a_fill(order), SPOT) is not None


async def test_of_pulled_fills_only_those_not_booked_yet_are_left(books: Books) -> None:
    order = await books.accepted()
    fills = [a_fill(order, trade_id=str(n)) for n in range(3)]
    await books.oms.book_fill(fills[1], SPOT)

    assert await books.oms.unbooked(fills) == [fills[0], fills[2]]
    assert await books.oms.unbooked([]) == []


async def test_positions_can_be_asked_for_by_instrument(books: Books) -> None:
    await books.oms.book_fill(a_fill(await books.accepted()), SPOT)

    (held,) = await books.positions.of(SPOT.instrument_id)
    assert (held.account_id, held.avg_px) == (account_at(SPOT), Decimal(100))
    assert await books.positions.of("ETHUSDT.BINANCE_SPOT") == []


async def test_a_position_that_somebody_else_changed_is_not_overwritten(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each fill is booked over what it has seen; the one that was slower sees again."""
    orders = [await books.accepted(client_order_id=f"c{n}") for n in range(2)]
    seen, both = UnifiedOMS._seen, asyncio.Barrier(2)
    looks = 0

    async def seen_by_both(oms: UnifiedOMS, fill: Fill) -> object:
        nonlocal looks
        looks += 1
        found = await seen(oms, fill)
        if looks <= 2:
            await both.wait()
        return found

    monkeypatch.setattr(UnifiedOMS, "_seen", seen_by_both)
    await at_once(*(books.oms.book_fill(a_fill(order), SPOT) for order in orders))

    assert looks == 3
    assert (await position(books)).quantity == Decimal(2)
    assert issubclass(LostUpdate, DATABASE_AWAY)  # whoever loses too often tries again later


async def test_nothing_of_a_fill_is_written_whose_position_has_moved(books: Books) -> None:
    order = await books.accepted()
    other = await books.accepted(client_order_id="other")
    seen = await books.oms._seen(a_fill(order))
    await books.oms.book_fill(a_fill(other), SPOT)

    async def as_before(_: Fill) -> object:
        return seen

    books.oms._seen = as_before  # type: ignore[method-assign, assignment]
    with pytest.raises(asyncpg.SerializationError):
        await books.oms.book_fill(a_fill(order), SPOT)

    assert (await books.read(order)).filled_qty == Decimal(0)
    assert await books.event_names(order) == [
        "OrderReceived",
        "OrderRouted",
        "RiskApproved",
        "SubmissionStarted",
        "VenueAccepted",
    ]
    assert (await position(books)).quantity == Decimal(1)
    await books.assert_audits_hold()


async def test_a_trade_that_the_venue_corrects_is_booked_as_it_is_now(books: Books) -> None:
    order = await books.accepted()
    await books.oms.book_fill(a_fill(order, quantity=Decimal(4)), SPOT)
    corrected = a_fill(order, quantity=Decimal(3), price=Decimal(99))

    told = await at_once(*(books.oms.book_fill(corrected, SPOT) for _ in range(5)))

    assert sum(changed is not None for changed in told) == 1
    read = await books.read(order)
    assert (read.filled_qty, read.cum_quote) == (Decimal(3), Decimal(297))
    assert "corrected" in (read.anomaly or "")
    assert (await position(books)).quantity == Decimal(3)
    assert await books.oms.unbooked([corrected]) == []
    assert (await books.event_names(order))[-3:] == ["FillBooked", "FillReversed", "FillBooked"]


async def test_a_busted_trade_is_taken_back(books: Books) -> None:
    order = await books.accepted()
    await books.oms.book_fill(a_fill(order), SPOT)
    busted = a_fill(order, quantity=Decimal(0))
    assert await books.oms.unbooked([busted]) == [busted]

    await books.oms.book_fill(busted, SPOT)

    read = await books.read(order)
    assert (read.status, read.filled_qty) == (OrderStatus.ACCEPTED, Decimal(0))
    assert "busted" in (read.anomaly or "")
    assert (await position(books)).quantity == Decimal(0)


async def test_a_bust_of_what_was_never_booked_books_nothing(books: Books) -> None:
    order = await books.accepted()

    assert await books.oms.book_fill(a_fill(order, quantity=Decimal(0)), SPOT) is None
    assert await books.positions.all() == []


async def test_a_fee_that_comes_late_is_paid_and_nobody_is_called(books: Books) -> None:
    order = await books.accepted()
    await books.oms.book_fill(a_fill(order), SPOT)
    await books.oms.book_fill(a_fill(order, fee=Decimal("0.5")), SPOT)

    assert (await books.read(order)).anomaly is None
    found = await position(books)
    assert (found.quantity, found.fees) == (Decimal(1), (("USDT", Decimal("0.5")),))
