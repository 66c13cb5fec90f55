"""What errors, orders and trades of the venue mean."""

from decimal import Decimal
from typing import Any

import pytest

from domain.order_events import VenueAmended, VenueCanceled, VenueExpired, VenueTriggered
from domain.orders import OrderStatus
from domain.outcomes import Accepted, CancelRefused, Rejected, Unknown
from tests.contracts.deribit.orders import LABEL, ORDER_ID
from venues.deribit.answers import Answers
from venues.deribit.failures import NoAnswer, VenueSaidNo, cancel_outcome, submit_outcome
from venues.deribit.hearing import Hearing
from venues.deribit.reports import chosen, fill_of, report_of
from venues.port import FillNews, OrderNews, VenueEvent

OPEN: dict[str, Any] = {
    "order_id": "11",
    "order_state": "open",
    "order_type": "limit",
    "instrument_name": "BTC-PERPETUAL",
    "label": LABEL,
    "amount": Decimal(100),
    "filled_amount": Decimal(0),
    "price": Decimal("98000.5"),
    "time_in_force": "good_til_cancelled",
}
TRADE: dict[str, Any] = {
    "trade_id": "5",
    "order_id": "11",
    "instrument_name": "BTC-PERPETUAL",
    "label": LABEL,
    "direction": "sell",
    "amount": Decimal(40),
    "price": Decimal(98_000),
    "fee": Decimal("-1E-8"),
    "fee_currency": "BTC",
    "liquidity": "M",
    "timestamp": 1_795_490_419_021,
}


@pytest.mark.parametrize("code", [10009, 10002, 10007, 10043, 11044, 11054, 13004, 13021, -32602])
def test_a_refusal_of_the_terms_is_definite(code: int) -> None:
    assert submit_outcome(VenueSaidNo(code, "no")) == Rejected(str(code), "no")
    assert isinstance(cancel_outcome(VenueSaidNo(code, "no")), CancelRefused)


@pytest.mark.parametrize(
    "code", [10028, 10040, 10041, 10047, 10066, 11051, 11094, 13028, 13503, 13888, 0, 500, 99999]
)
def test_what_proves_nothing_is_unknown(code: int) -> None:
    """Also for codes whose class in ccxt is that of a definite refusal, and for unheard ones."""
    assert isinstance(submit_outcome(VenueSaidNo(code, "?", "ExchangeError")), Unknown)
    assert isinstance(cancel_outcome(VenueSaidNo(code, "?")), Unknown)


def test_silence_is_unknown() -> None:
    assert isinstance(submit_outcome(NoAnswer("dropped")), Unknown)


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({}, OrderStatus.ACCEPTED),
        ({"order_state": "untriggered"}, OrderStatus.ACCEPTED),
        ({"filled_amount": Decimal(40)}, OrderStatus.PARTIALLY_FILLED),
        ({"order_state": "filled"}, OrderStatus.FILLED),
        ({"order_state": "cancelled", "cancel_reason": "user_request"}, OrderStatus.CANCELED),
        ({"order_state": "cancelled", "cancel_reason": "autoliquidation"}, OrderStatus.CANCELED),
        (
            {"order_state": "cancelled", "time_in_force": "immediate_or_cancel"},
            OrderStatus.EXPIRED,
        ),
        ({"order_state": "rejected"}, OrderStatus.REJECTED),
    ],
)
def test_states(told: dict[str, Any], status: OrderStatus) -> None:
    assert report_of(OPEN | told).status is status


def test_of_a_triggered_order_and_what_it_became_the_latter_counts() -> None:
    waited = OPEN | {"order_state": "triggered", "order_id": "SLTS-1"}
    became = OPEN | {"order_id": "12", "trigger_order_id": "SLTS-1"}
    assert chosen([waited, became]) == became
    assert chosen([waited]) == waited
    done = OPEN | {"order_state": "filled", "filled_amount": Decimal(100)}
    assert chosen([done, became]) == became  # of twins the one that can still trade


def test_a_rebate_is_a_negative_fee() -> None:
    fill = fill_of(TRADE, "DERIBIT-main")
    assert (fill.order_id, fill.fee, fill.is_maker) == (ORDER_ID, Decimal("-1E-8"), True)
    assert fill.ts_event.isoformat() == "2026-11-24T03:20:19.021000+00:00"


def test_an_order_is_sent_once_and_told_once() -> None:
    answers = Answers()
    assert answers.begin("a")
    assert not answers.begin("a")  # under way
    assert not answers.is_news("a", Accepted("1"))  # the submit will tell it
    assert answers.finish("a", Unknown("no reply")) == Accepted("1")  # the stream was the reply
    assert not answers.begin("a")  # it exists
    assert not answers.is_news("a", Accepted("1"))
    assert answers.begin("b")
    assert answers.finish("b", Unknown("no reply")) == Unknown("no reply")
    assert answers.is_news("b", Accepted("2"))  # late news of an unknown order
    assert answers.begin("c")
    assert answers.finish("c", Rejected("10009", "funds")) == Rejected("10009", "funds")
    assert answers.begin("c")  # refused: it may be sent again


def heard(*changes: dict[str, Any]) -> list[VenueEvent]:
    """The news that messages of the stream make."""
    hearing = Hearing("DERIBIT-main")
    for change in changes:
        hearing.on_changes({"instrument_name": "BTC-PERPETUAL", **change})
    return [hearing._events.get_nowait() for _ in range(hearing._events.qsize())]


def told(*orders: dict[str, Any], trades: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"orders": [OPEN | order for order in orders], "trades": list(trades)}


def test_fills_come_before_the_end_of_their_order() -> None:
    ended = {"order_state": "cancelled", "time_in_force": "immediate_or_cancel"}
    events = heard(told(ended, trades=(TRADE,)))
    kinds = [e.event if isinstance(e, OrderNews) else e for e in events]
    assert isinstance(kinds[1], FillNews)
    assert isinstance(kinds[2], VenueExpired)


def test_new_terms_are_told_once_and_a_cancel_with_its_reason() -> None:
    amended = {"price": Decimal(97_000), "replaced": True}
    cancelled = {"order_state": "cancelled", "cancel_reason": "user_request"}
    events = heard(told({}), told({}), told(amended), told(amended), told(cancelled))
    news = [event.event for event in events if isinstance(event, OrderNews)][1:]
    assert news[0] == VenueAmended(Decimal(100), Decimal(97_000), None)
    assert isinstance(news[1], VenueCanceled)
    assert "user_request" in news[1].reason
    assert len(news) == 2


def test_a_trigger_is_told_once() -> None:
    waits = {"order_state": "untriggered", "order_id": "SLTS-1", "trigger_price": Decimal(97_000)}
    gone = waits | {"order_state": "triggered"}
    became = {"trigger_order_id": "SLTS-1"}
    events = heard(told(waits), told(gone, became), told(became))
    news = [event.event for event in events if isinstance(event, OrderNews)]
    assert [type(event) for event in news[1:]] == [VenueTriggered]


def test_orders_and_trades_of_others_are_no_news() -> None:
    assert heard(told({"label": ""}, trades=(TRADE | {"label": "mine"},))) == []
