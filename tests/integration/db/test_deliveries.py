"""What is held in an instrument that expires is closed once, as its venue closed it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from db.deliveries import Deliveries
from db.outbox import Outbox
from domain.closings import BY_VENUE
from domain.deliveries import Delivery
from domain.instruments import InstrumentKind
from domain.orders import OrderStatus, UnifiedOrder
from domain.sides import Side
from tests.support.books import INVERSE, PERPETUAL, WIDE, Books, account_at, at_once
from tests.support.orders import a_fill

D = Decimal
LIVES = replace(
    PERPETUAL, kind=InstrumentKind.FUTURE, expires_at=datetime.now(UTC) + timedelta(days=1)
)
EXPIRED = replace(LIVES, expires_at=datetime.now(UTC) - timedelta(seconds=1))
ACCOUNT = account_at(LIVES)
DELIVERY = Delivery(
    instrument_id=LIVES.instrument_id,
    quantity=D(4),
    price=D(110),
    fee=D("0.2"),
    fee_currency="USDT",
    ts_event=datetime(2026, 9, 25, 8, tzinfo=UTC),
)


async def bought(books: Books, quantity: int = 4, name: str = "c1") -> UnifiedOrder:
    """A long position in a future that lives, from a fill at 100."""
    await books.market.save_instruments([LIVES])
    await books.pool.execute("DELETE FROM venue_leases WHERE account_id = $1", ACCOUNT)
    await books.own(LIVES)
    order = await books.accepted(instrument_id=LIVES.instrument_id, client_order_id=name)
    fill = a_fill(order, trade_id=name, quantity=D(quantity))
    assert await books.oms.book_fill(fill, LIVES) is not None
    return order


async def held(books: Books) -> Decimal:
    (position,) = await books.positions.of(LIVES.instrument_id)
    assert await books.positions.refolded(position) == position
    return position.quantity


async def test_a_delivery_closes_the_position_at_its_price(books: Books) -> None:
    await bought(books)
    await books.market.save_instruments([EXPIRED])

    order = await Deliveries(books.pool).book(ACCOUNT, DELIVERY)

    assert order is not None
    assert (order.status, order.side, order.anomaly) == (OrderStatus.FILLED, Side.SELL, None)
    assert (order.strategy_id, order.avg_px) == (BY_VENUE, D(110))
    assert await held(books) == 0
    (position,) = await books.positions.of(LIVES.instrument_id)
    assert position.realized == 4 * (110 - 100) - D("0.2")
    assert await books.event_names(order) == ["PositionDelivered", "FillBooked"]
    assert [fill.ts_event for fill in await books.oms.fills(order.order_id)] == [DELIVERY.ts_event]
    await books.assert_audits_hold()
    # Nobody sent the order, so no workflow waits for its news.
    assert order.order_id not in {o.order_id for o in await Outbox(books.pool).waiting(0, 10)}


async def test_a_delivery_told_again_and_at_once_counts_once(books: Books) -> None:
    await bought(books)
    await books.market.save_instruments([EXPIRED])
    deliveries = Deliveries(books.pool)

    booked = await at_once(*(deliveries.book(ACCOUNT, DELIVERY) for _ in range(5)))

    assert sum(order is not None for order in booked) == 1
    assert await deliveries.book(ACCOUNT, DELIVERY) is None
    assert await held(books) == 0


async def test_a_trade_that_is_told_after_its_delivery_is_closed_too(books: Books) -> None:
    order = await bought(books, 3)
    await books.market.save_instruments([EXPIRED])
    deliveries = Deliveries(books.pool)
    first = await deliveries.book(ACCOUNT, DELIVERY)
    assert first is not None
    assert first.anomaly == "the venue delivered 4, by our fills 3 was held"

    assert await books.oms.book_fill(a_fill(order, trade_id="late"), EXPIRED) is not None
    assert await deliveries.awaited(ACCOUNT) == [LIVES.instrument_id]
    second = await deliveries.book(ACCOUNT, DELIVERY)

    assert second is not None
    assert (second.filled_qty, second.anomaly) == (D(1), None)
    assert await held(books) == 0
    (position,) = await books.positions.of(LIVES.instrument_id)
    assert position.fees == (("USDT", DELIVERY.fee),)


async def test_what_the_venue_held_besides_is_not_ours_and_is_shown(books: Books) -> None:
    await bought(books)
    await books.market.save_instruments([EXPIRED])

    order = await Deliveries(books.pool).book(ACCOUNT, replace(DELIVERY, quantity=D(-6)))

    assert order is not None
    assert order.anomaly == "the venue delivered -6, by our fills 4 was held"
    assert await held(books) == 0


async def test_a_delivery_is_awaited_of_what_has_expired_or_is_not_offered(books: Books) -> None:
    deliveries = Deliveries(books.pool)
    await bought(books)
    assert await deliveries.awaited(ACCOUNT) == []
    await books.market.save_offer(LIVES.venue, [replace(LIVES, instrument_id="OTHER")])
    assert await deliveries.awaited(ACCOUNT) == [LIVES.instrument_id]
    await books.market.save_instruments([EXPIRED])
    assert await deliveries.awaited(ACCOUNT) == [LIVES.instrument_id]
    assert await deliveries.awaited("another") == []
    await deliveries.book(ACCOUNT, DELIVERY)
    assert await deliveries.awaited(ACCOUNT) == []


async def test_what_has_expired_is_no_exposure_any_more(books: Books) -> None:
    """Its delivery may take its time, or never be told."""
    limits = replace(WIDE, max_exposure=D(700))
    await bought(books)
    other = INVERSE.instrument_id
    four = D(4)

    refused = await books.admit(limits, client_order_id="a", instrument_id=other, quantity=four)
    assert refused.reason_code == "max_exposure"
    await books.market.save_instruments([EXPIRED])
    taken = await books.admit(limits, client_order_id="b", instrument_id=other, quantity=four)
    assert taken.status is OrderStatus.APPROVED
