"""What a wish to amend becomes: when it is allowed, and what risk and the venue say to it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.amendment import (
    ONLY_REDUCES,
    SENT_WITHIN,
    AmendEvents,
    AmendFacts,
    AmendWish,
    decide,
    next_step,
)
from domain.capabilities import Capabilities
from domain.errors import NotAmendable, TradingStopped
from domain.order_events import AmendApproved, AmendDenied, AmendDropped, AmendStarted
from domain.orders import OrderStatus, OrderType, TimeInForce, UnifiedOrder
from domain.risk import RiskEngine
from tests.support.orders import NOW, a_quote, an_instrument, an_order, risk_facts, risk_limits

CAPABILITIES = Capabilities(
    order_types=frozenset(OrderType),
    times_in_force=frozenset(TimeInForce),
    post_only=True,
    reduce_only=True,
    client_id_pattern=".+",
    visibility_horizon=timedelta(seconds=1),
    amendable=frozenset({OrderType.LIMIT}),
    display_qty=True,
)
CANNOT_AMEND = replace(CAPABILITIES, amendable=frozenset())
ONLY_SMALLER = replace(CANNOT_AMEND, reducible=frozenset({OrderType.LIMIT}))
WORKING = an_order(
    status=OrderStatus.PARTIALLY_FILLED,
    quantity=Decimal(4),
    filled_qty=Decimal(1),
    cum_quote=Decimal(100),
    submitted_at=NOW,
    venue_order_id="v1",
)


def decided(
    order: UnifiedOrder = WORKING,
    *,
    capabilities: Capabilities = CAPABILITIES,
    limits: Any = None,
    **changes: Any,
) -> AmendEvents:
    wish = {name: changes.pop(name) for name in ("quantity", "price") if name in changes}
    anew = changes.pop("replace", False)
    facts: dict[str, Any] = {
        "now": NOW,
        "trading": True,
        "instrument": an_instrument(),
        "quote": a_quote(),
        "risk": risk_facts(),
        "capabilities": capabilities,
    }
    return decide(
        order,
        AmendWish("a1", "ann", replace=anew, **wish),
        AmendFacts(**facts | changes),
        RiskEngine(),
        limits or risk_limits(),
    )


def denial(events: AmendEvents) -> AmendDenied:
    denied = events[0]
    assert isinstance(denied, AmendDenied)
    return denied


@pytest.mark.parametrize(
    "changes",
    [
        {"trading": False},
        {"quote": None},
        {"limits": risk_limits(max_exposure=Decimal(1))},
        {"risk": risk_facts(orders_last_minute=1_000_000)},
    ],
    ids=["stopped", "no quote", "exposure", "rate"],
)
def test_a_smaller_quantity_is_a_cancel_of_a_part_and_always_allowed(
    changes: dict[str, Any],
) -> None:
    approval = decided(quantity=Decimal(3), **changes)[-1]

    assert isinstance(approval, AmendApproved)
    assert approval.rules == (ONLY_REDUCES,)


@pytest.mark.parametrize("terms", [{"quantity": Decimal(5)}, {"price": Decimal(99)}])
def test_everything_else_needs_trading(terms: dict[str, Any]) -> None:
    with pytest.raises(TradingStopped):
        decided(trading=False, **terms)


def test_a_smaller_quantity_by_a_new_leg_needs_trading_because_the_leg_must_be_sent() -> None:
    with pytest.raises(TradingStopped):
        decided(trading=False, capabilities=CANNOT_AMEND, replace=True, quantity=Decimal(3))


def test_where_only_the_quantity_can_be_made_smaller_that_goes_in_place() -> None:
    approval = decided(capabilities=ONLY_SMALLER, trading=False, quantity=Decimal(3))[-1]

    assert isinstance(approval, AmendApproved)
    assert approval.rules == (ONLY_REDUCES,)


@pytest.mark.parametrize(
    "terms",
    [
        {"quantity": Decimal(5)},
        {"price": Decimal(99)},
        {"quantity": Decimal(3), "price": Decimal(99)},
    ],
)
def test_where_only_the_quantity_can_be_made_smaller_all_else_needs_a_new_leg(
    terms: dict[str, Any],
) -> None:
    with pytest.raises(NotAmendable, match="replace=true"):
        decided(capabilities=ONLY_SMALLER, **terms)
    assert decided(capabilities=ONLY_SMALLER, replace=True, **terms)


def test_a_smaller_quantity_still_has_to_fit_the_venue() -> None:
    assert denial(decided(quantity=Decimal("2.00000001"))).rule == "conformity"


def test_a_larger_quantity_is_a_matter_of_risk() -> None:
    limits = risk_limits(max_order_size=Decimal("4.5"))
    assert denial(decided(quantity=Decimal(5), limits=limits)).rule == "max_order_size"


def test_the_rate_of_new_orders_is_not_that_of_amends() -> None:
    approval = decided(price=Decimal(99), risk=risk_facts(orders_last_minute=1_000_000))[-1]
    assert isinstance(approval, AmendApproved)


def test_a_new_leg_must_fit_by_what_is_left_of_the_order() -> None:
    rest_of_one = replace(WORKING, filled_qty=Decimal("3.9"))
    instrument = an_instrument(min_qty=Decimal("0.5"))

    events = decided(
        rest_of_one,
        capabilities=CANNOT_AMEND,
        instrument=instrument,
        replace=True,
        price=Decimal(99),
    )
    assert "below the minimum" in denial(events).message


def test_a_leg_shows_no_more_than_it_has() -> None:
    order = replace(WORKING, display_qty=Decimal(2), earlier_filled_qty=Decimal(3))
    assert order.at_venue.display_qty == order.at_venue.quantity == Decimal(1)


@pytest.mark.parametrize(
    ("quantity", "price", "sent"),
    [("3", None, True), ("5", None, False), ("3", "99", False)],
)
def test_while_trading_is_stopped_only_reductions_are_sent(
    quantity: str, price: str | None, sent: bool
) -> None:
    order = replace(
        WORKING,
        amend_id="a1",
        amend_quantity=Decimal(quantity),
        amend_price=Decimal(price) if price else None,
        amend_requested_at=NOW,
    )
    kind = AmendStarted if sent else AmendDropped
    assert isinstance(next_step(order, NOW, trading=False), kind)
    assert isinstance(next_step(order, NOW + SENT_WITHIN, trading=True), AmendDropped)
