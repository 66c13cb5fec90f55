"""Pre-trade risk: a pure engine over rules. A new rule is one new file in `rules/`."""

from domain.risk.engine import Approved, Denied, RiskDecision, RiskEngine
from domain.risk.proposal import Proposal, RiskFacts, RiskLimits, SizeLimits

__all__ = [
    "Approved",
    "Denied",
    "Proposal",
    "RiskDecision",
    "RiskEngine",
    "RiskFacts",
    "RiskLimits",
    "SizeLimits",
]
