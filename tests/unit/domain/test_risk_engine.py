"""The engine: every rule is asked, one objection denies, and without facts nothing passes."""

import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import domain.risk.rules
from domain.market import Quote
from domain.risk import Approved, Denied, Proposal, RiskEngine
from domain.risk.engine import discover_rules
from domain.risk.rule import Breach, Rule
from domain.sides import Side
from tests.support.orders import NOW, a_quote, a_request, an_instrument, risk_facts, risk_limits

UNUSABLE: list[Quote | None] = [
    None,
    a_quote(received_at=NOW - timedelta(seconds=6)),
    a_quote(bid=Decimal(0), bid_size=Decimal(0)),
    a_quote(ask=Decimal(0), ask_size=Decimal(0)),
]


def proposal(quote: Quote | None = None, **terms: object) -> Proposal:
    return Proposal(a_request(**terms), an_instrument(), quote, risk_facts(), risk_limits())


def objection(name: str) -> Rule:
    return Rule(name, lambda _: Breach("1", "2", f"{name} objects"))


def test_an_approval_names_every_rule_that_passed() -> None:
    decision = RiskEngine().decide(proposal(a_quote()))

    assert isinstance(decision, Approved)
    assert decision.rules == tuple(rule.name for rule in discover_rules())


def test_one_objection_is_enough() -> None:
    engine = RiskEngine([*discover_rules(), objection("gut_feeling")])

    assert engine.decide(proposal(a_quote())) == Denied(
        "gut_feeling", "1", "2", "gut_feeling objects"
    )


def test_an_engine_without_rules_is_refused() -> None:
    with pytest.raises(ValueError, match="approve everything"):
        RiskEngine([])


@given(
    quote=st.sampled_from(UNUSABLE),
    side=st.sampled_from(Side),
    quantity=st.decimals("0.05", 10, places=3),
    price=st.none() | st.decimals("99.5", "100.5", places=2),
    position=st.integers(-30, 30).map(Decimal),
)
def test_without_a_usable_quote_every_order_is_denied_for_the_quote(
    quote: Quote | None, side: Side, quantity: Decimal, price: Decimal | None, position: Decimal
) -> None:
    request = a_request(side=side, quantity=quantity, price=price)
    facts = risk_facts(position=position)
    decision = RiskEngine().decide(
        Proposal(request, an_instrument(min_notional=Decimal(0)), quote, facts, risk_limits())
    )

    assert isinstance(decision, Denied)
    assert decision.rule == "max_quote_age_ms"


def test_rules_that_let_an_order_pass_without_a_price_are_a_programming_error() -> None:
    engine = RiskEngine([Rule("careless", lambda _: None)])

    with pytest.raises(ValueError, match="without a reference price"):
        engine.decide(proposal(quote=None))


def test_a_new_file_among_the_rules_is_a_new_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "never_on_fridays.py").write_text(
        "from domain.risk.rule import Breach, Rule\n"
        "RULE = Rule('never_on_fridays', lambda _: Breach('0', '1', 'not today'))\n"
    )
    package = domain.risk.rules
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    try:
        decision = RiskEngine().decide(proposal(a_quote()))
    finally:
        sys.modules.pop(f"{package.__name__}.never_on_fridays", None)

    assert isinstance(decision, Denied)
    assert decision.rule == "never_on_fridays"
