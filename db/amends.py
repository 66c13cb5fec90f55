"""Amends: recorded with their risk approval before anything is sent, sent once, followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import asyncpg

from db.admission_facts import read_facts
from db.order_folding import fold, read
from db.order_queries import OrderQueries
from db.order_writes import AMENDS_CHANNEL, Guard, change_order
from db.pool import LostUpdate, fetch_row, until_written
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

_OWNED = f"""
SELECT {column_list(ORDER_COLUMNS, "o.")}, clock_timestamp() AS now, t.running AS trading,
       EXISTS (SELECT 1 FROM venue_leases l WHERE l.account_id = o.account_id AND l.token = $2
                  AND l.expires_at > clock_timestamp()) AS owned
FROM unified_orders o CROSS JOIN trading_state t WHERE o.order_id = $1
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

        The same wish again gives the same answer and nudges again. Limits hold: the risk clock
        orders amends with admissions. Raises UnknownOrder, ConflictingAmend, and what
        `domain.amendment.decide` raises.
        """

        async def attempt() -> Amended:
            order, now = await read(self._pool, order_id)
            said = await fetch_row(self._pool, _SAID_BEFORE, order_id, wish.amend_id)
            if said is not None:
                return await self._again(order, wish, said)
            facts = await read_facts(
                self._pool,
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
            if not await change_order(
                self._pool,
                order,
                changed,
                links,
                tell_workflow=denied is None,  # it sees the amend through
                nudge=None if denied else AMENDS_CHANNEL,
                guard=Guard(turn=facts.turn),
            ):
                raise LostUpdate(order_id)
            return Amended(changed, denied)

        return await until_written(attempt)

    async def begin_amend(self, order_id: str, lease_token: int) -> Amending:
        """Write that the amend is sent before the venue is called, or drop it unsent.

        Raises LeaseLost if this process does not own the venue account, UnknownOrder.
        """

        async def attempt() -> Amending:
            order, facts = await self._owned(order_id, lease_token)
            event = next_step(order, facts["now"], trading=facts["trading"])
            if event is None:
                return Amending(order, send=False)
            send = isinstance(event, AmendStarted)
            changed, links = fold(order, (event,), facts["now"])
            if not await change_order(
                self._pool,
                order,
                changed,
                links,
                tell_workflow=True,
                guard=Guard(lease_token, while_trading=send and facts["trading"]),
            ):
                raise LostUpdate(order_id)
            return Amending(changed, send=send)

        return await until_written(attempt)

    async def _owned(self, order_id: str, lease_token: int) -> tuple[UnifiedOrder, asyncpg.Record]:
        """The order with `now` and `trading`. Raises LeaseLost, UnknownOrder."""
        row = await fetch_row(self._pool, _OWNED, order_id, lease_token)
        if row is None:
            raise UnknownOrder(order_id)
        order = order_of(row)
        if not row["owned"]:
            raise LeaseLost(f"another process owns the account {order.account_id}")
        return order, row

    async def _again(self, order: UnifiedOrder, wish: AmendWish, said: asyncpg.Record) -> Amended:
        detail = said["detail"]
        if _terms(detail) != wish.terms:
            raise ConflictingAmend(wish.amend_id)
        if said["name"] == AmendDenied.__name__:
            given = {name: detail[name] for name in ("rule", "limit", "value", "message")}
            return Amended(order, AmendDenied(wish.amend_id, *wish.terms, **given))
        if order.amend_id == wish.amend_id:
            await change_order(self._pool, order, order, (), nudge=AMENDS_CHANNEL)
        return Amended(order)


def _terms(detail: Mapping[str, Any]) -> tuple[Decimal | None, ...]:
    values = (detail[name] for name in ("quantity", "price", "trigger_price"))
    return tuple(None if value is None else Decimal(value) for value in values)
