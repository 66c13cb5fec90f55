"""Permission to call the venue: given once, to the owner of the account, and never too late."""

from datetime import timedelta

import pytest

from db.leases import LEASE_TTL
from domain.errors import LeaseLost, UnknownOrder
from domain.order_events import OutcomeUnknown, ProvenAbsent
from domain.orders import OrderStatus
from tests.support.books import PERPETUAL, Books, account_at, at_once
from tests.support.orders import an_order


async def let_the_lease_lapse(books: Books) -> None:
    await books.pool.execute(
        "UPDATE venue_leases SET expires_at = expires_at - $1::interval",
        LEASE_TTL + timedelta(seconds=1),
    )


async def test_of_twenty_callers_at_once_exactly_one_may_send(books: Books) -> None:
    order = await books.admit()
    token = await books.own()
    answers = await at_once(*(books.oms.begin_submission(order.order_id, token) for _ in range(20)))

    assert sum(answer.send for answer in answers) == 1
    assert {answer.order.status for answer in answers} == {OrderStatus.SUBMITTING}
    assert (await books.event_names(order)).count("SubmissionStarted") == 1


async def test_the_record_is_written_before_the_permission_is_given(books: Books) -> None:
    order = await books.admit()
    submission = await books.oms.begin_submission(order.order_id, await books.own())

    assert await books.read(order) == submission.order
    assert submission.order.submitted_at is not None


async def test_past_its_deadline_an_order_ends_unsent(books: Books) -> None:
    order = await books.admit(send_within_ms=0)
    answer = await books.oms.begin_submission(order.order_id, await books.own())

    assert not answer.send
    assert (answer.order.status, answer.order.submitted_at) == (OrderStatus.EXPIRED, None)


async def test_a_canceled_order_is_not_sent(books: Books) -> None:
    order = await books.admit()
    await books.oms.request_cancel(order.order_id, by="desk")
    answer = await books.oms.begin_submission(order.order_id, await books.own())

    assert (answer.send, answer.order.status) == (False, OrderStatus.CANCELED)


async def test_while_trading_is_stopped_nothing_is_sent(books: Books) -> None:
    order = await books.admit()
    await books.trading.set(False, by="desk", reason="drill")
    answer = await books.oms.begin_submission(order.order_id, await books.own())

    assert (answer.send, answer.order.reason_code) == (False, "trading_stopped")


async def test_a_denied_order_is_not_sent(books: Books) -> None:
    order = await books.admit(instrument_id="DOGEUSDT.BINANCE_SPOT")
    await books.pool.execute("UPDATE unified_orders SET account_id = $1", account_at(PERPETUAL))
    answer = await books.oms.begin_submission(order.order_id, await books.own(PERPETUAL))

    assert (answer.send, answer.order.status) == (False, OrderStatus.DENIED)


async def test_the_token_of_a_former_owner_is_worth_nothing(books: Books) -> None:
    order = await books.admit()
    former = await books.own(holder="worker-1")
    await let_the_lease_lapse(books)
    await books.own(holder="worker-2")

    with pytest.raises(LeaseLost):
        await books.oms.begin_submission(order.order_id, former)
    assert await books.read(order) == order


async def test_a_lapsed_lease_is_worth_nothing_even_if_nobody_took_it(books: Books) -> None:
    order = await books.admit()
    token = await books.own()
    await let_the_lease_lapse(books)

    with pytest.raises(LeaseLost):
        await books.oms.begin_submission(order.order_id, token)


async def test_the_lease_of_another_account_is_worth_nothing(books: Books) -> None:
    order = await books.admit()

    with pytest.raises(LeaseLost):
        await books.oms.begin_submission(order.order_id, await books.own(PERPETUAL))


async def test_an_order_proven_absent_is_permitted_once_more(books: Books) -> None:
    order = await books.submitted()
    await books.oms.apply(order.order_id, OutcomeUnknown("no answer"))
    await books.oms.apply(order.order_id, ProvenAbsent("no such order"))
    (lease,) = await books.pool.fetch("SELECT token FROM venue_leases")

    again = await books.oms.begin_submission(order.order_id, lease["token"])
    assert again.send
    assert again.order.venue_client_id == order.venue_client_id


async def test_an_unknown_order_is_said_to_be_unknown(books: Books) -> None:
    with pytest.raises(UnknownOrder):
        await books.oms.begin_submission(an_order().order_id, await books.own())


async def test_an_operator_ends_an_order_that_was_not_sent(books: Books) -> None:
    order = await books.admit()
    ended = await books.oms.end_if_unsent(order.order_id, abort=True)

    assert (ended.status, ended.reason_code) == (OrderStatus.CANCELED, "aborted_unsent")


async def test_an_operator_cannot_end_here_what_the_venue_may_have(books: Books) -> None:
    order = await books.submitted()

    assert await books.oms.end_if_unsent(order.order_id, abort=True) == order


async def test_an_order_that_may_still_be_sent_is_left_alone(books: Books) -> None:
    order = await books.admit()

    assert await books.oms.end_if_unsent(order.order_id) == order
