"""What the API says of contracts: their details and the steps of their prices."""

from collections.abc import Sequence
from decimal import Decimal

from venues.simulators.ib.hours import sessions
from venues.simulators.ib.listings import Listed
from venues.simulators.ib.order_kinds import details_of
from venues.simulators.ib.wire_format import UNSET_INTEGER, Field, Message


def contract_details(
    listed: Listed, request_id: int, version: int, now_ns: int, *, is_open: bool
) -> Message:
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
        listed.min_tick,
        *((100,) if version < 164 else ()),  # mdSizeMultiplier
        listed.multiplier,
        details_of(listed.sec_type),
        venues,
        listed.price_magnifier,
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


def symbol_samples(request_id: int, found: Sequence[Listed], version: int) -> Message:
    """symbolSamples: contracts by a part of their name, without any derivatives on them."""
    told: list[Field] = []
    for listed in found:
        told += [listed.con_id, listed.symbol, listed.sec_type, listed.primary or listed.exchange]
        told += [listed.currency, 0]
        told += [listed.long_name, ""] if version >= 176 else []  # issuer
    return (79, request_id, len(found), *told)


def depth_exchanges() -> Message:
    """mktDepthExchanges: exchange, product, listing exchange, kind of service, group."""
    rows = (
        ("ISLAND", "STK", "NASDAQ", "Deep2", 1),
        ("CME", "FUT", "", "Deep", UNSET_INTEGER),
        ("IDEALPRO", "CASH", "", "Deep", 4),
    )
    return (80, len(rows), *(field for row in rows for field in row))


def smart_components(request_id: int) -> Message:
    """smartComponents: the bit of an exchange in a quote, its name and its letter."""
    rows = ((0, "ISLAND", "Q"), (1, "ARCA", "P"), (2, "NYSE", "N"), (3, "IEX", "V"))
    return (82, request_id, len(rows), *(field for row in rows for field in row))


def market_rule(rule_id: int, tick: Decimal) -> Message:
    """marketRule: one step for all prices."""
    return (93, rule_id, 1, 0, tick)
