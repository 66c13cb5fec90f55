"""The facts that an admission or an amend is decided on, read in one statement.

With them comes the turn of the risk clock. What is decided on the facts is written only if the turn
is still the same (`order_writes.Guard`), so that two orders, each within a limit, cannot break it
together: the second finds that somebody was quicker, and reads facts that hold the first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from db.pool import Pool
from db.records import QUOTE_COLUMNS, column_list, quote_of
from domain.admission import AdmissionFacts
from domain.orders import LIVE
from domain.risk import RiskFacts

_LIVE = ", ".join(f"'{status}'" for status in sorted(LIVE))

# A conditional order counts as if it had triggered, an amend under way as if it had been taken.
_RESERVED = "(greatest(o.quantity, o.amend_quantity) - o.filled_qty)"

# What a unit of each currency is worth in that of the limits: one, or what is quoted for it.
_RATES = """
    SELECT currency, 1::numeric AS rate FROM unnest($4::text[]) AS par(currency)
    UNION ALL
    (SELECT DISTINCT ON (currency) currency, rate FROM (
        SELECT i.base AS currency, (q.bid + q.ask) / 2 AS rate, q.received_at
        FROM instruments i JOIN quotes q USING (instrument_id)
        WHERE i.kind IN ('SPOT', 'FOREX', 'PERPETUAL') AND q.bid > 0 AND q.ask > 0
          AND i.quote = ANY($4) AND NOT i.base = ANY($4)
        UNION ALL
        SELECT i.quote, 2 / (q.bid + q.ask), q.received_at
        FROM instruments i JOIN quotes q USING (instrument_id)
        WHERE i.kind IN ('SPOT', 'FOREX') AND q.bid > 0 AND q.ask > 0
          AND i.base = ANY($4) AND NOT i.quote = ANY($4)
    ) AS quoted ORDER BY currency, received_at DESC)
"""

# As `Proposal` values an order: an inverse contract by its amount, an option by its underlying.
_VALUE = """
    CASE WHEN i.kind = 'OPTION' THEN base.rate WHEN i.inverse THEN quoted.rate
         ELSE {price} * quoted.rate END * {quantity} * i.multiplier
"""
_RATED = """
    LEFT JOIN rates quoted ON quoted.currency = i.quote
    LEFT JOIN rates base ON base.currency = i.base
"""

# A position in what has expired is no risk any more, although its delivery may not be booked yet.
_FACTS = f"""
WITH rates AS ({_RATES}), live AS (
    SELECT o.instrument_id, o.side, {_RESERVED} AS leaves, i.quote AS currency,
           {_VALUE.format(price="o.reference_price", quantity=_RESERVED)} AS value
    FROM unified_orders o JOIN instruments i USING (instrument_id) {_RATED}
    WHERE o.status IN ({_LIVE}) AND o.order_id IS DISTINCT FROM $3
), held AS (
    SELECT i.quote AS currency, {
    _VALUE.format(price="coalesce((q.bid + q.ask) / 2, p.avg_px, 0)", quantity="abs(p.quantity)")
} AS value
    FROM unified_positions p JOIN instruments i USING (instrument_id) {_RATED}
    LEFT JOIN quotes q ON q.instrument_id = p.instrument_id AND q.bid > 0 AND q.ask > 0
    WHERE p.quantity <> 0 AND (i.expires_at IS NULL OR i.expires_at > clock_timestamp())
), exposed AS (
    SELECT coalesce(sum(value), 0) AS value, min(currency) FILTER (WHERE value IS NULL) AS unvalued
    FROM (SELECT currency, value FROM live UNION ALL SELECT currency, value FROM held) AS everything
), numbered AS (
    SELECT coalesce((SELECT strategy_seq FROM unified_orders WHERE strategy_id = $2
                      ORDER BY created_at DESC, strategy_seq DESC LIMIT 1), 0) AS last,
           coalesce((SELECT strategy_seq FROM unified_orders
                      WHERE strategy_id = $2 AND created_at <= now() - interval '1 minute'
                      ORDER BY created_at DESC, strategy_seq DESC LIMIT 1), 0) AS a_minute_ago
), account AS (
    SELECT clock_timestamp() AS now,
           (SELECT running FROM trading_state) AS trading,
           (SELECT turns FROM risk_clock) AS turn,
           (SELECT last FROM numbered) AS strategy_seq,
           (SELECT last - a_minute_ago FROM numbered) AS orders,
           exposed.value AS exposure, exposed.unvalued
    FROM exposed
)
SELECT c.instrument_id AS candidate, a.now, a.trading, a.turn, a.strategy_seq, a.orders, a.exposure,
       a.unvalued, quoted.rate AS quote_rate, base.rate AS base_rate,
       (SELECT coalesce(sum(quantity), 0) FROM unified_positions
         WHERE instrument_id = c.instrument_id) AS position,
       (SELECT coalesce(sum(leaves), 0) FROM live
         WHERE instrument_id = c.instrument_id AND side = 'BUY') AS open_buys,
       (SELECT coalesce(sum(leaves), 0) FROM live
         WHERE instrument_id = c.instrument_id AND side = 'SELL') AS open_sells,
       {column_list(QUOTE_COLUMNS, "q.")}
FROM account a
LEFT JOIN unnest($1::text[]) AS c(instrument_id) ON true
LEFT JOIN instruments i ON i.instrument_id = c.instrument_id {_RATED}
LEFT JOIN quotes q ON q.instrument_id = c.instrument_id
"""


async def read_facts(
    pool: Pool,
    strategy_id: str,
    candidates: Sequence[str],
    par_currencies: Collection[str],
    *,
    without: str | None = None,
) -> AdmissionFacts:
    """Facts about each candidate instrument. There may be none: then only the account's.

    `par_currencies`: see `RiskLimits`. `without`: an order that does not count, because it is the
    one to decide on.
    """
    rows = await pool.fetch(_FACTS, list(candidates), strategy_id, without, list(par_currencies))
    first = rows[0]
    return AdmissionFacts(
        now=first["now"],
        trading=first["trading"],
        turn=first["turn"],
        strategy_seq=first["strategy_seq"],
        quotes={row["candidate"]: quote_of(row) for row in rows if row["bid"] is not None},
        per_instrument={
            row["candidate"]: RiskFacts(
                now=row["now"],
                position=Decimal(row["position"]),
                open_buys=Decimal(row["open_buys"]),
                open_sells=Decimal(row["open_sells"]),
                exposure=Decimal(row["exposure"]),
                orders_last_minute=row["orders"],
                quote_rate=row["quote_rate"],
                base_rate=row["base_rate"],
                unvalued=row["unvalued"],
            )
            for row in rows
            if row["candidate"] is not None
        },
    )
