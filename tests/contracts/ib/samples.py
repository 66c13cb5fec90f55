"""Details of a contract as IB gives them, for tests that need no venue."""

from dataclasses import replace
from decimal import Decimal

from venues.interactive_brokers.messages import Details

OURS = "o" + "a" * 23 + "01"


def details(sec_type: str = "FUT", **terms: object) -> Details:
    known = Details(
        contract=None,
        con_id=1,
        symbol="ES",
        sec_type=sec_type,
        exchange="CME",
        currency="USD",
        local_symbol="ESM7",
        multiplier="50",
        price_magnifier=1,
        min_tick=Decimal("0.25"),
        market_rules="67",
        exchanges="CME",
        min_size=Decimal(1),
        size_step=Decimal(1),
        time_zone="US/Central",
        trading_hours="",
        liquid_hours="20261124:0830-20261124:1600",
        expiry="20270618",
    )
    return replace(known, **terms)  # type: ignore[arg-type]
