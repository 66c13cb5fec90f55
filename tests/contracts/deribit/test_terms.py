"""What is sent is what was asked, to the letter, or nothing is."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from domain.orders import OrderType, TimeInForce, TrailingOffsetType, TriggerType
from tests.contracts.deribit.orders import LABEL, listing, order
from venues.deribit.terms import amend_params, order_params, unamendable, unsendable
from venues.port import Amendment
from venues.simulators.deribit.instruments import EXPIRY, FUTURE, OPTION

D = Decimal
STOP = {"order_type": OrderType.STOP_MARKET, "price": None, "trigger_price": D(105_000)}
TRAILING = {
    "order_type": OrderType.TRAILING_STOP_MARKET,
    "price": None,
    "trailing_offset": D(50),
    "trailing_offset_type": TrailingOffsetType.PRICE,
}


@pytest.mark.parametrize(
    ("terms", "word"),
    [
        ({"quantity": D(15)}, "multiple"),
        ({"quantity": D(5)}, "minimum"),
        ({"quantity": D("NaN")}, "minimum"),
        ({"price": D("98000.3")}, "tick"),
        ({"price": D(0)}, "above zero"),
        ({"price": None}, "needs a price"),
        ({"venue_client_id": "é"}, "client order id"),
        ({"time_in_force": TimeInForce.GTD, "expire_at": datetime.now(UTC)}, "GTD"),
        ({"post_only": True, "time_in_force": TimeInForce.IOC}, "post-only"),
        ({**STOP, "trigger_price": None}, "trigger price"),
        ({**STOP, "trigger_price": D("105000.1")}, "trigger price"),
        ({**STOP, "time_in_force": TimeInForce.IOC}, "good till cancel"),
        ({"trigger_price": D(99_000)}, "no trigger price"),
        ({**TRAILING, "trailing_offset_type": TrailingOffsetType.BASIS_POINTS}, "price distance"),
        ({**TRAILING, "trailing_offset": None}, "offset"),
        ({**TRAILING, "trailing_offset": D("50.2")}, "trailing offset"),
        ({"trailing_offset": D(50)}, "no trailing offset"),
        ({"display_qty": D(50)}, "iceberg"),
        ({"quantity": D(200_000), "display_qty": D(1_000)}, "iceberg"),
        ({"quantity": D(10_000), "display_qty": D(1_005)}, "multiple"),
    ],
)
def test_what_the_venue_or_its_library_would_change_is_refused(
    terms: dict[str, Any], word: str
) -> None:
    problem = unsendable(order(**terms), listing())
    assert problem is not None
    assert word in problem


@pytest.mark.parametrize("terms", [STOP, TRAILING])
def test_options_have_no_conditional_orders(terms: dict[str, Any]) -> None:
    problem = unsendable(order(**terms, quantity=D(1)), listing(OPTION))
    assert problem is not None
    assert "options" in problem


def test_the_tick_of_an_option_depends_on_its_price() -> None:
    option = listing(OPTION)
    assert unsendable(order(quantity=D(1), price=D("0.0012")), option) is None
    assert unsendable(order(quantity=D(1), price=D("0.0512")), option) is not None
    assert option.instrument.tick == D("0.0005")  # fits at every price


def test_an_expired_instrument_is_not_traded() -> None:
    problem = unsendable(order(price=D(98_000)), listing(FUTURE), EXPIRY)
    assert problem is not None
    assert "expired" in problem


def test_a_limit_order_is_said_in_digits() -> None:
    wanted = order(quantity=D("1E+3"), post_only=True, reduce_only=True)
    assert unsendable(wanted, listing()) is None
    assert order_params(wanted, listing(), 123) == {
        "instrument_name": "BTC-PERPETUAL",
        "amount": "1000",
        "type": "limit",
        "label": LABEL,
        "time_in_force": "good_til_cancelled",
        "valid_until": 123,
        "price": "98000.5",
        "post_only": True,
        "reject_post_only": True,
        "reduce_only": True,
    }


def test_the_rest_of_a_market_order_does_not_stay_in_the_book() -> None:
    market = order(order_type=OrderType.MARKET, price=None)
    assert order_params(market, listing(), 0)["time_in_force"] == "immediate_or_cancel"
    all_or_none = order(order_type=OrderType.MARKET, price=None, time_in_force=TimeInForce.FOK)
    assert order_params(all_or_none, listing(), 0)["time_in_force"] == "fill_or_kill"


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (STOP, {"type": "stop_market", "trigger": "last_price", "trigger_price": "105000"}),
        (
            {**STOP, "order_type": OrderType.TAKE_PROFIT_LIMIT, "price": D(105_010)}
            | {"trigger_type": TriggerType.MARK},
            {"type": "take_limit", "trigger": "mark_price", "price": "105010"},
        ),
        (
            {**TRAILING, "trigger_type": TriggerType.INDEX},
            {"type": "trailing_stop", "trigger": "index_price", "trigger_offset": "50"},
        ),
        ({"quantity": D(5_000), "display_qty": D(1_000)}, {"display_amount": "1000"}),
    ],
)
def test_conditional_orders_and_icebergs(terms: dict[str, Any], said: dict[str, str]) -> None:
    wanted = order(**terms)
    assert unsendable(wanted, listing()) is None
    assert order_params(wanted, listing(), 0).items() >= said.items()


def test_an_amendment_says_again_what_would_be_lost() -> None:
    wanted = order(post_only=True, reduce_only=True)
    amendment = Amendment(price=D(97_000))
    assert unamendable(wanted, amendment, listing()) is None
    assert amend_params(wanted, amendment, listing(), 9) == {
        "label": LABEL,
        "instrument_name": "BTC-PERPETUAL",
        "amount": "100",
        "valid_until": 9,
        "price": "97000",
        "post_only": True,
        "reject_post_only": True,
        "reduce_only": True,
    }


def test_an_amendment_says_the_trigger_price_as_long_as_there_is_one() -> None:
    waits = order(**STOP)
    amendment = Amendment(quantity=D(200))
    assert amend_params(waits, amendment, listing(), 0)["trigger_price"] == "105000"
    stop_limit = {**STOP, "order_type": OrderType.STOP_LIMIT, "price": D(105_010)}
    works = order(**stop_limit, triggered_at=datetime.now(UTC))
    assert "trigger_price" not in amend_params(works, amendment, listing(), 0)
    assert unamendable(works, Amendment(trigger_price=D(104_000)), listing()) is not None


def test_an_iceberg_is_amended_by_the_venues_id_and_stays_one() -> None:
    iceberg = order(quantity=D(5_000), display_qty=D(1_000))
    amendment = Amendment(quantity=D(4_000))
    assert unamendable(iceberg, amendment, listing()) is not None  # its id is not known yet
    known = order(quantity=D(5_000), display_qty=D(1_000), venue_order_id="77")
    assert unamendable(known, amendment, listing()) is None
    said = {"order_id": "77", "amount": "4000", "display_amount": "1000"}
    assert amend_params(known, amendment, listing(), 0).items() >= said.items()


@pytest.mark.parametrize(
    ("terms", "amendment"),
    [
        (TRAILING, Amendment(quantity=D(200))),
        ({"order_type": OrderType.MARKET, "price": None}, Amendment(quantity=D(200))),
        ({}, Amendment(price=D("97000.2"))),
        ({}, Amendment(quantity=D(15))),
        ({}, Amendment(trigger_price=D(97_000))),
        (STOP, Amendment(price=D(97_000))),
    ],
)
def test_what_cannot_be_amended_is_refused(terms: dict[str, Any], amendment: Amendment) -> None:
    problem = unamendable(order(**terms), amendment, listing())
    assert problem is not None
    assert len(problem) > 10
