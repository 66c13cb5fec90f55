"""What the API says of contracts: their details and the steps of their prices."""

from collections.abc import Sequence
from decimal import Decimal

from venues.simulators.ib.hours import sessions
from venues.simulators.ib.listings import ORDER_TYPES, Listed
from venues.simulators.ib.wire_format import Field


def contract_details(
    listed: Listed, request_id: int, version: int, now_ns: int, *, is_open: bool
) -> Sequence[Field]:
    """contractDetails. Sessions are those of the next days, in the contract's time zone."""
    hours = sessions(listed.time_zone, now_ns, is_open=is_open)
    venues = listed.valid_exchanges
    return (
        10,
        *((8,) if version < 164 else ()),
        request_id,
        listed.symbol,
        listed.sec_type,
        listed.expiry,
        "0",  # strike
        "",  # right
        listed.exchange,
        listed.currency,
        listed.local_symbol,
        listed.trading_class,  # marketName
        listed.trading_class,
        listed.con_id,
        listed.instrument.tick,
        *((100,) if version < 164 else ()),  # mdSizeMultiplier
        listed.multiplier,
        ORDER_TYPES,
        venues,
        1,  # priceMagnifier
        listed.under_con_id,
        listed.long_name,
        listed.primary,
        listed.contract_month,
        *("", "", ""),  # industry, category, subcategory
        listed.time_zone,
        hours,
        hours,
        *("", ""),  # evRule, evMultiplier
        *((1, "ISIN", listed.isin) if listed.isin else (0,)),
        1,  # aggGroup
        listed.symbol if listed.under_con_id else "",
        listed.under_sec_type,
        ",".join(str(listed.market_rule) for _ in venues.split(",")),
        listed.expiry,  # realExpirationDate
        listed.stock_type,
        *((100,) if version == 163 else ()),
        *((listed.size_step, listed.size_step, 100) if version >= 164 else ()),
    )


def market_rule(rule_id: int, tick: Decimal) -> Sequence[Field]:
    """marketRule: one step for all prices."""
    return (93, rule_id, 1, 0, tick)
