"""The shape of a rule. A rule's file says `RULE = Rule(name, check)`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain.risk.proposal import Proposal


@dataclass(frozen=True, slots=True)
class Breach:
    """Which limit, and by what value. Both as text: some are quantities, some rates, some ages."""

    limit: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    check: Callable[[Proposal], Breach | None]
