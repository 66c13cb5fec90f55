"""Each limit at its boundary: just below, at, and just above it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from domain.instruments import InstrumentKind
from domain.orders import OrderType
from domain.risk import Proposal, SizeLimits
from domain.risk.engine import discover_rules
from domain.risk.rules import order_size, position_size
from domain.sides import Side
from tests.support.orders import a_quote, a_request, an_instrument, risk_facts, risk_limits

RULES = {rule.name: rule for rule in discover_rules()}


def proposal(
    *,
    quantity: str = "4",
    price: str | None = "100",
    side: Side = Side.BUY,
    position: str = "0",
    open_buys: str = "0",
    open_sells: str = "0",
    exposure: str = "0",
    orders_last_minute: int = 0,
    quote_age: timedelta = timedelta(0),
) -> Proposal:
    facts = risk_facts(
        position=Decimal(position),
        open_buys=Decimal(open_buys),
        open_sells=Decimal(open_sells),
        exposure=Decimal(exposure),
        orders_last_minute=orders_last_minute,
    )
    request = a_request(
        side=side,
        quantity=Decimal(quantity),
        price=None if price is None else Decimal(price),
        order_type=OrderType.MARKET if price is None else OrderType.LIMIT,
    )
    quote = a_quote(received_at=facts.now - quote_age)
    return Proposal(request, an_instrument(), quote, facts, risk_limits())


def ms(age: int) -> timedelta:
    return timedelta(milliseconds=age)


def long_12_with_3_to_buy(quantity: str) -> Proposal:
    return proposal(quantity=quantity, position="12", open_buys="3", open_sells="12")


def short_12_with_3_to_sell(quantity: str) -> Proposal:
    sell = Side.SELL
    return proposal(quantity=quantity, side=sell, position="-12", open_sells="3", open_buys="12")


# Rule, how a value becomes a proposal, and the value below, at and above the limit.
BOUNDARIES: list[tuple[str, Callable[[str], Proposal], tuple[str, str, str]]] = [
    ("max_order_size", lambda v: proposal(quantity=v), ("9.999", "10", "10.001")),
    ("max_order_notional", lambda v: proposal(quantity=v), ("9.999", "10", "10.001")),
    ("max_position_size", long_12_with_3_to_buy, ("4.999", "5", "5.001")),
    ("max_position_size", short_12_with_3_to_sell, ("4.999", "5", "5.001")),
    ("max_exposure", lambda v: proposal(quantity=v, exposure="4500"), ("4.999", "5", "5.001")),
    ("max_orders_per_minute", lambda v: proposal(orders_last_minute=int(v)), ("1", "2", "3")),
    ("price_collar_bps", lambda v: proposal(price=v), ("100.99", "101", "101.01")),
    ("price_collar_bps", lambda v: proposal(price=v), ("99.01", "99", "98.99")),
    ("max_quote_age_ms", lambda v: proposal(quote_age=ms(int(v))), ("4999", "5000", "5001")),
    ("conformity", lambda v: proposal(quantity=v, price=None), ("0.052", "0.050", "0.049")),
]


@pytest.mark.parametrize(("name", "propose", "values"), BOUNDARIES)
def test_a_limit_may_be_reached_but_not_passed(
    name: str, propose: Callable[[str], Proposal], values: tuple[str, str, str]
) -> None:
    verdicts = [RULES[name].check(propose(value)) is None for value in values]

    assert verdicts == [True, True, False]


def test_every_rule_has_its_boundary_here() -> None:
    # The others have no number as their limit: see test_risk_conditional and test_capabilities.
    others = {"trigger_side", "not_supported_by_venue", "valuation"}
    assert {name for name, _, _ in BOUNDARIES} | others == set(RULES)


def test_a_breach_names_the_limit_and_the_value() -> None:
    breach = RULES["max_position_size"].check(long_12_with_3_to_buy("6"))

    assert breach is not None
    assert (breach.limit, breach.value) == ("20", "21")


@pytest.mark.parametrize("rule", ["max_position_size", "max_exposure"])
@pytest.mark.parametrize(
    ("side", "quantity", "allowed"),
    [
        (Side.SELL, "1", True),
        (Side.SELL, "29", True),
        (Side.SELL, "61", False),  # through zero, and as far again
        (Side.BUY, "1", False),
    ],
)
def test_above_a_limit_only_orders_that_reduce_pass(
    rule: str, side: Side, quantity: str, allowed: bool
) -> None:
    over = proposal(side=side, quantity=quantity, position="30", exposure="9000")

    assert (RULES[rule].check(over) is None) == allowed


def test_a_sell_does_not_reduce_what_open_sells_have_closed_already() -> None:
    assert proposal(side=Side.SELL, quantity="4", position="4").only_reduces
    assert not proposal(side=Side.SELL, quantity="4", position="4", open_sells="1").only_reduces


def test_open_orders_on_the_other_side_do_not_make_room() -> None:
    breach = RULES["max_position_size"].check(
        proposal(quantity="6", position="15", open_sells="15")
    )

    assert breach is not None


def test_a_limit_price_far_below_the_market_does_not_shrink_the_value_of_an_order() -> None:
    assert proposal(quantity="1", price="1").notional == Decimal(100)


def test_a_limit_price_above_the_market_raises_the_value_of_an_order() -> None:
    assert proposal(quantity="1", price="150").notional == Decimal(150)


def test_sizes_of_contracts_are_compared_in_the_base_asset() -> None:
    """Limit 10: eleven contracts of a tenth of a bitcoin pass, a million dollars of them do not."""
    tenth = replace(an_instrument(), kind=InstrumentKind.PERPETUAL, multiplier=Decimal("0.1"))
    assert order_size.check(replace(proposal(quantity="11"), instrument=tenth)) is None
    inverse = replace(an_instrument(), kind=InstrumentKind.PERPETUAL, inverse=True)
    mid = a_quote().mid
    within = replace(proposal(quantity=str(10 * mid)), instrument=inverse)
    assert order_size.check(within) is None
    above = replace(proposal(quantity=str(11 * mid)), instrument=inverse)
    breach = order_size.check(above)
    assert breach is not None
    assert Decimal(breach.value) == 11
    huge = replace(proposal(quantity=str(1000 * mid)), instrument=inverse)
    assert position_size.check(huge) is not None


def test_a_venue_may_have_sizes_of_its_own() -> None:
    ordinary = proposal(quantity="11")
    assert order_size.check(ordinary) is not None
    sizes = SizeLimits(max_order_size=Decimal(1000), max_position_size=Decimal(1000))
    limits = replace(ordinary.limits, sizes_by_venue={ordinary.instrument.venue: sizes})
    assert order_size.check(replace(ordinary, limits=limits)) is None
    elsewhere = replace(ordinary.limits, sizes_by_venue={"IB": sizes})
    assert order_size.check(replace(ordinary, limits=elsewhere)) is not None
