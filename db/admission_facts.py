"""The facts that an admission is decided on, read in one statement under the risk lock."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from db.pool import Connection
from db.records import QUOTE_COLUMNS, column_list, quote_of
from domain.admission import AdmissionFacts
from domain.orders import LIVE
from domain.risk import RiskFacts

# Admissions run one after another, so that two orders, each within a limit, cannot break it
# together. Taken in a statement of its own: the facts must be read after the lock is held.
RISK_LOCK = 0x0D0_415C
BEGIN_UNDER_RISK_LOCK = f"BEGIN; SELECT pg_advisory_xact_lock({RISK_LOCK})"

_LIVE = ", ".join(f"'{status}'" for status in sorted(LIVE))

# A position in what has expired is no risk any more, although its delivery may not be booked yet.
# A conditional order counts as if it had triggered, an amend under way as if it had been taken.
_RESERVED = "(greatest(o.quantity, o.amend_quantity) - o.filled_qty)"

_FACTS = f"""
WITH live AS (
    SELECT o.instrument_id, o.side, {_RESERVED} AS leaves,
           {_RESERVED} * i.multiplier
               * CASE WHEN i.inverse THEN 1 ELSE o.reference_price END AS value
    FROM unified_orders o JOIN instruments i USING (instrument_id)
    WHERE o.status IN ({_LIVE}) AND o.order_id IS DISTINCT FROM $3
), numbered AS (
    SELECT coalesce((SELECT strategy_seq FROM unified_orders WHERE strategy_id = $2
                      ORDER BY created_at DESC, strategy_seq DESC LIMIT 1), 0) AS last,
           coalesce((SELECT strategy_seq FROM unified_orders
                      WHERE strategy_id = $2 AND created_at <= now() - interval '1 minute'
                      ORDER BY created_at DESC, strategy_seq DESC LIMIT 1), 0) AS a_minute_ago
), account AS (
    SELECT clock_timestamp() AS now,
           (SELECT running FROM trading_state) AS trading,
           (SELECT last FROM numbered) AS strategy_seq,
           (SELECT last - a_minute_ago FROM numbered) AS orders,
           (SELECT coalesce(sum(value), 0) FROM live)
           + (SELECT coalesce(sum(abs(p.quantity) * i.multiplier * CASE WHEN i.inverse THEN 1
                      ELSE coalesce((q.bid + q.ask) / 2, p.avg_px, 0) END), 0)
                FROM unified_positions p JOIN instruments i USING (instrument_id)
                LEFT JOIN quotes q
                       ON q.instrument_id = p.instrument_id AND q.bid > 0 AND q.ask > 0
               WHERE p.quantity <> 0
                     AND (i.expires_at IS NULL OR i.expires_at > clock_timestamp())) AS exposure
)
SELECT c.instrument_id AS candidate, a.now, a.trading, a.strategy_seq, a.orders, a.exposure,
       (SELECT coalesce(sum(quantity), 0) FROM unified_positions
         WHERE instrument_id = c.instrument_id) AS position,
       (SELECT coalesce(sum(leaves), 0) FROM live
         WHERE instrument_id = c.instrument_id AND side = 'BUY') AS open_buys,
       (SELECT coalesce(sum(leaves), 0) FROM live
         WHERE instrument_id = c.instrument_id AND side = 'SELL') AS open_sells,
       {column_list(QUOTE_COLUMNS, "q.")}
FROM account a
LEFT JOIN unnest($1::text[]) AS c(instrument_id) ON true
LEFT JOIN quotes q ON q.instrument_id = c.instrument_id
"""


async def read_facts(
    connection: Connection,
    strategy_id: str,
    candidates: Sequence[str],
    *,
    without: str | None = None,
) -> AdmissionFacts:
    """Facts about each candidate instrument. There may be none: then only the account's.

    `without`: an order that does not count, because it is the one to decide on.
    """
    rows = await connection.fetch(_FACTS, list(candidates), strategy_id, without)
    first = rows[0]
    return AdmissionFacts(
        now=first["now"],
        trading=first["trading"],
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
            )
            for row in rows
            if row["candidate"] is not None
        },
    )
