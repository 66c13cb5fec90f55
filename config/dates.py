"""Dates that a profile refers to by name, so that it is good for longer than the next contract."""

from __future__ import annotations

from datetime import datetime

from domain.dated_contracts import CME_JUNE, DERIBIT_SEPTEMBER


def dates(now: datetime) -> dict[str, str]:
    """What the dated contracts of the paper market are called, by the names of these variables."""
    return {
        "ODUM_SIM_DERIBIT_DATE": DERIBIT_SEPTEMBER.traded(now),
        "ODUM_SIM_CME_DATE": CME_JUNE.traded(now),
    }
