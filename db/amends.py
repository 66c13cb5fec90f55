"""Amends: recorded with their risk approval before anything is sent, sent once, followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import asyncpg

from db.admission_facts import BEGIN_UNDER_RISK_LOCK, read_facts
from db.order_folding import fold, locked
from db.order_queries import OrderQueries
from db.order_writes import AMENDS_CHANNEL, update_order
from db.pool import Connection, transaction
from db.records import ORDER_COLUMNS, column_list, order_of
from domain.admission import OrderAdmission
from domain.amendment import AmendFacts, AmendWish, next_step
from domain.capabilities import Capabilities
from domain.errors import ConflictingAmend, LeaseLost, UnknownOrder
from domain.instruments import Instrument
from domain.order_events import AmendDenied, AmendStarted
from domain.orders import UnifiedOrder

_SAID_BEFORE = """
SELECT name, detail FROM order_events
WHERE order_id = $1 AND name IN ('AmendRequested', 'AmendDenied') AND detail ->> 'amend_id' = $2
"""

LOCKED_BY_OWNER = f"""
SELECT {column_list(ORDER_COLUMNS, "o.")}, clock_timestamp() AS now, t.running AS trading,
       EXISTS (SELECT 1 FROM venue_leases l WHERE l.account_id = o.account_id AND l.token = $2
                  AND l.expires_at > clock_timestamp()) AS owned
FROM unified_orders o CROSS JOIN trading_state t WHERE o.order_id = $1 FOR UPDATE OF o
"""


@dataclass(frozen=True, slots=True)
class Amended:
    """The order with its amend on record; `denied` by risk, or None."""

    order: UnifiedOrder
    denied: AmendDenied | None = None


@dataclass(frozen=True, slots=True)
class Amending:
    """`send` is True exactly once an amend: the caller must now call the venue."""

    order: UnifiedOrder
    send: bool


class Amends(OrderQueries):
    async def request_amend(
        self,
        order_id: str,
        wish: AmendWish,
        admission: OrderAdmission,
        instrument: Instrument,
        capabilities: Capabilities | None,
    ) -> Amended:
        """Record the wish with risk's word on it and nudge the venue's worker.

        The same wish again gives the same answer and nudges again. Limits hold: the risk lock
        orders amends with admissions. Raises UnknownOrder, ConflictingAmend, and what
        `domain.amendment.decide` raises.
        """
        async with transaction(self._pool, BEGIN_UNDER_RISK_LOCK) as connection:
            order, now = await locked(connection, order_id)
            said = await connection.fetchrow(_SAID_BEFORE, order_id, wish.amend_id)
            if said is not None:
                return await self._again(connection, order, wish, said)
            facts = await read_facts(
                connection,
                order.strategy_id,
                [order.instrument_id],
                admission.par_currencies,
                without=order_id,
            )
            amend_facts = AmendFacts(
                now,
                facts.trading,
                instrument,
                facts.quotes.get(order.instrument_id),
                facts.per_instrument[order.instrument_id],
                capabilities,
            )
            events = admission.amend(order, wish, amend_facts)
            changed, links = fold(order, events, now)
            denied = events[0] if isinstance(events[0], AmendDenied) else None
            await update_order(
                connection,
                changed,
                links,
                tell_workflow=denied is None,  # it sees the amend through
                nudge=None if denied else AMENDS_CHANNEL,
            )
            return Amended(changed, denied)

    async def begin_amend(self, order_id: str, lease_token: int) -> Amending:
        """Write that the amend is sent before the venue is called, or drop it unsent.

        Raises LeaseLost if this process does not own the venue account, UnknownOrder.
        """
        async with transaction(self._pool) as connection:
            row = await connection.fetchrow(LOCKED_BY_OWNER, order_id, lease_token)
            if row is None:
                raise UnknownOrder(order_id)
            order = order_of(row)
            if not row["owned"]:
                raise LeaseLost(f"another process owns the account {order.account_id}")
            event = next_step(order, row["now"], trading=row["trading"])
            if event is None:
                return Amending(order, send=False)
            changed, links = fold(order, (event,), row["now"])
            await update_order(connection, changed, links, tell_workflow=True)
            return Amending(changed, send=isinstance(event, AmendStarted))

    @staticmethod
    async def _again(
        connection: Connection, order: UnifiedOrder, wish: AmendWish, said: asyncpg.Record
    ) -> Amended:
        detail = said["detail"]
        if _terms(detail) != wish.terms:
            raise ConflictingAmend(wish.amend_id)
        if said["name"] == AmendDenied.__name__:
            given = {name: detail[name] for name in ("rule", "limit", "value", "message")}
            return Amended(order, AmendDenied(wish.amend_id, *wish.terms, **given))
        if order.amend_id == wish.amend_id:
            await update_order(connection, order, (), nudge=AMENDS_CHANNEL)
        return Amended(order)


def _terms(detail: Mapping[str, Any]) -> tuple[Decimal | None, ...]:
    values = (detail[name] for name in ("quantity", "price", "trigger_price"))
    return tuple(None if value is None else Decimal(value) for value in values)
