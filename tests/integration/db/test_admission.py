"""A request becomes one order with its decision on record, however often and whenever it comes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from db.admission_facts import read_facts
from db.order_writes import open_order
from domain.orders import OrderStatus
from tests.support.books import SPOT, WIDE, Books, at_once
from tests.support.orders import a_request, risk_limits


async def test_twenty_identical_requests_at_once_become_one_order(books: Books) -> None:
    orders = await at_once(*(books.admit() for _ in range(20)))

    assert len(set(orders)) == 1
    assert await books.count("unified_orders") == 1
    assert await books.event_names(orders[0]) == ["OrderReceived", "OrderRouted", "RiskApproved"]
    await books.assert_audits_hold()


async def test_the_same_request_again_is_the_order_as_it_stands(books: Books) -> None:
    accepted = await books.accepted()

    assert await books.admit() == accepted


async def test_a_denial_stands_even_if_the_limits_are_raised_later(books: Books) -> None:
    denied = await books.admit(risk_limits(max_order_size=Decimal(1)))

    assert denied.status is OrderStatus.DENIED
    assert await books.admit(WIDE) == denied


async def test_what_is_written_is_what_was_decided(books: Books) -> None:
    order = await books.admit(quantity=Decimal("1.230"), price=Decimal("99.5"))

    assert await books.read(order) == order


async def test_the_deadline_counts_from_the_arrival(books: Books) -> None:
    arrived = datetime.now(UTC) - timedelta(minutes=3)
    order = await books.admit_request(a_request(send_within_ms=500), received_at=arrived)

    assert order.send_deadline == arrived + timedelta(milliseconds=500)


async def test_an_order_without_a_route_is_on_record(books: Books) -> None:
    order = await books.admit(instrument_id="DOGEUSDT.BINANCE_SPOT")

    assert (order.status, order.reason_code) == (OrderStatus.DENIED, "routing")
    await books.assert_audits_hold()


async def test_a_halt_denies_the_next_order(books: Books) -> None:
    await books.trading.set(False, by="desk", reason="drill")
    order = await books.admit()

    assert (order.status, order.reason_code) == (OrderStatus.DENIED, "trading_stopped")


async def test_a_quote_that_grew_old_denies_the_next_order(books: Books) -> None:
    await books.pool.execute("UPDATE quotes SET received_at = received_at - interval '6 s'")
    order = await books.admit(risk_limits(quote_age_max=timedelta(seconds=5)))

    assert (order.status, order.reason_code) == (OrderStatus.DENIED, "max_quote_age_ms")


async def test_an_admission_that_vanishes_in_the_middle_holds_up_nobody(books: Books) -> None:
    """Between reading its facts and writing its order, a process holds nothing."""
    facts = await read_facts(books.pool, "demo", [SPOT.instrument_id], WIDE.par_currencies)

    assert (await books.admit()).status is OrderStatus.APPROVED
    later = await read_facts(books.pool, "demo", [SPOT.instrument_id], WIDE.par_currencies)
    assert later.turn == facts.turn + 1


async def test_an_order_decided_on_facts_that_are_old_is_not_written(books: Books) -> None:
    request, admission = a_request(client_order_id="slow"), books.admission()
    facts = await read_facts(books.pool, "demo", [SPOT.instrument_id], WIDE.par_currencies)
    opening = admission.decide(request, facts.now, [SPOT], facts, {})
    await books.admit(client_order_id="quick")

    written = await open_order(
        books.pool, opening.order, opening.events, turn=facts.turn, offer=True
    )

    assert not written
    assert await books.count("unified_orders") == 1
    assert await books.count("order_events") == 3
