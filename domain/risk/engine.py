"""RiskEngine: an order is approved only if no rule objects. No rule, no approval."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import domain.risk.rules
from domain.risk.proposal import Proposal
from domain.risk.rule import Rule


@dataclass(frozen=True, slots=True)
class Approved:
    """Permission to send up to `quantity`, valued at `reference_price`; it passed the `rules`."""

    quantity: Decimal
    reference_price: Decimal
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Denied:
    rule: str
    limit: str
    value: str
    message: str


RiskDecision = Approved | Denied


def discover_rules() -> tuple[Rule, ...]:
    """Every module in `domain.risk.rules` gives its `RULE`, in alphabetical order of the files."""
    package = domain.risk.rules
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return tuple(importlib.import_module(f"{package.__name__}.{name}").RULE for name in names)


class RiskEngine:
    """Pure: the same proposal gives the same decision."""

    def __init__(self, rules: Sequence[Rule] | None = None) -> None:
        self._rules = tuple(discover_rules() if rules is None else rules)
        if not self._rules:
            raise ValueError("a risk engine without rules would approve everything")

    def decide(self, proposal: Proposal) -> RiskDecision:
        for rule in self._rules:
            breach = rule.check(proposal)
            if breach is not None:
                return Denied(rule.name, breach.limit, breach.value, breach.message)
        reference_price = proposal.reference_price
        if reference_price is None:
            raise ValueError("the rules let an order without a reference price pass")
        return Approved(
            proposal.request.quantity, reference_price, tuple(rule.name for rule in self._rules)
        )
