"""`odum bench orders`: from POST to the venue's acknowledgement, and what durability costs.

Durable orders go through the API at the given rate. Between them, in the same run, go the same
orders over the bare road (see `bare_road`), so the ratio of the two holds on any machine. A second
part cancels resting orders and measures when each cancel reached the venue's wire. At the end the
venue's own ledger says whether any order was lost or doubled.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import aiohttp

from domain.identifiers import venue_client_id
from domain.orders import OrderStatus
from workers.bench.load import HTTP_CREATED, Road, Sent, at_rate, percentile
from workers.bench.terms import Terms, bench_terms

STRATEGY = "bench"

_WARM_UP = 10
_FIRST_LEG = 1
_SETTLE_S = 30.0
_CANCELS_PER_S = 10
_CANCELS_MAX = 100
_TERMINAL = frozenset(status for status in OrderStatus if status.is_terminal)


@dataclass(frozen=True, slots=True)
class Target:
    """The running stack."""

    api_url: str
    bare_url: str
    admin_url: str
    dsn: str
    key: str
    venue: str
    instruments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Milliseconds from POST to the answer that carries the venue's acknowledgement.

    `drift` is the median of the last quarter over that of the first: above 1.5 a queue grows.
    `lost` were answered with 2xx and are not in the venue's ledger, `doubled` are in it twice.
    """

    venue: str
    rate: float
    achieved_rate: float
    sent: int
    errors: int
    lost: int
    doubled: int
    unfinished: int
    p50_ms: float
    p99_ms: float
    bare_p50_ms: float | None
    bare_p99_ms: float | None
    ratio_p50: float | None
    ratio_p99: float | None
    drift: float
    cancel_p50_ms: float | None
    cancel_p99_ms: float | None
    cancel_ratio_p50: float | None


async def run(target: Target, rate: float, count: int, *, bare: bool, cancels: bool) -> Report:
    """Load the stack and report. Needs the paper stack with its simulators."""
    run_id = secrets.token_hex(4)
    terms = [await bench_terms(target.dsn, name) for name in target.instruments]
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        durable_road = Road(session, target.api_url, target.key)
        bare_road = Road(session, target.bare_url, target.key)
        for road, name in ((durable_road, "wd"), (bare_road, "wb")):
            await at_rate(10, _calls(road, terms, f"{run_id}-{name}", _WARM_UP))
        durable_calls = _calls(durable_road, terms, f"{run_id}-d", count)
        start = time.perf_counter()
        if bare:
            bare_calls = _calls(bare_road, terms, f"{run_id}-b", count)
            turns = [call for pair in zip(durable_calls, bare_calls, strict=True) for call in pair]
            both = await at_rate(2 * rate, turns)
            durable_sent, bare_sent = both[0::2], both[1::2]
        else:
            durable_sent, bare_sent = await at_rate(rate, durable_calls), []
        elapsed = time.perf_counter() - start
        cancel_ms = (
            await _cancel_times(
                session, target, durable_road, terms[0], run_id, min(count, _CANCELS_MAX)
            )
            if cancels
            else []
        )
        unfinished = await _unfinished(durable_road, durable_sent)
        at_venue = await _orders_at_venue(session, target)
    return _report(target, rate, elapsed, durable_sent, bare_sent, cancel_ms, unfinished, at_venue)


def _report(
    target: Target,
    rate: float,
    elapsed: float,
    durable: Sequence[Sent],
    bare: Sequence[Sent],
    cancel_ms: Sequence[float],
    unfinished: int,
    at_venue: Counter[str],
) -> Report:
    acked = [sent.took_ms for sent in durable if sent.status == HTTP_CREATED]
    bare_acked = [sent.took_ms for sent in bare if sent.status == HTTP_CREATED]
    counts = [
        at_venue[venue_client_id(sent.order_id, _FIRST_LEG)]
        for sent in durable
        if sent.status == HTTP_CREATED
    ]
    quarter = max(1, len(acked) // 4)
    p50, p99 = percentile(acked, 0.5), percentile(acked, 0.99)
    bare_p50 = percentile(bare_acked, 0.5) if bare_acked else None
    bare_p99 = percentile(bare_acked, 0.99) if bare_acked else None
    cancel_p50 = percentile(cancel_ms, 0.5) if cancel_ms else None
    return Report(
        venue=target.venue,
        rate=rate,
        achieved_rate=round(len(durable) / elapsed, 2),
        sent=len(durable),
        errors=sum(sent.status != HTTP_CREATED for sent in durable),
        lost=sum(count == 0 for count in counts),
        doubled=sum(count > 1 for count in counts),
        unfinished=unfinished,
        p50_ms=round(p50, 2),
        p99_ms=round(p99, 2),
        bare_p50_ms=_rounded(bare_p50),
        bare_p99_ms=_rounded(bare_p99),
        ratio_p50=_rounded(p50 / bare_p50 if bare_p50 else None),
        ratio_p99=_rounded(p99 / bare_p99 if bare_p99 else None),
        drift=round(percentile(acked[-quarter:], 0.5) / percentile(acked[:quarter], 0.5), 2),
        cancel_p50_ms=_rounded(cancel_p50),
        cancel_p99_ms=_rounded(percentile(cancel_ms, 0.99) if cancel_ms else None),
        cancel_ratio_p50=_rounded(cancel_p50 / p50 if cancel_p50 else None),
    )


def _calls(
    road: Road, terms: Sequence[Terms], prefix: str, count: int
) -> list[Callable[[], Awaitable[Sent]]]:
    """Market orders, buy and sell in turn, so that the positions stay flat.

    In pairs over the instruments, because some venues limit the orders of each.
    """
    turns = [terms[number // 2 % len(terms)] for number in range(count)]
    return [
        partial(
            road.place,
            {
                "strategy_id": STRATEGY,
                "client_order_id": f"{prefix}{number}",
                "instrument_id": turn.instrument,
                "side": "BUY" if number % 2 == 0 else "SELL",
                "order_type": "MARKET",
                "quantity": turn.quantity,
            },
        )
        for number, turn in enumerate(turns)
    ]


async def _cancel_times(
    session: aiohttp.ClientSession,
    target: Target,
    road: Road,
    terms: Terms,
    run_id: str,
    count: int,
) -> list[float]:
    """Milliseconds from the POST of each cancel to its arrival at the venue's wire."""
    resting = [
        await road.place(
            {
                "strategy_id": STRATEGY,
                "client_order_id": f"{run_id}-c{number}",
                "instrument_id": terms.instrument,
                "side": "BUY",
                "order_type": "LIMIT",
                "quantity": terms.quantity,
                "price": terms.passive_price,
            }
        )
        for number in range(count)
    ]
    asked = await at_rate(_CANCELS_PER_S, [partial(road.cancel, sent.order_id) for sent in resting])
    await asyncio.sleep(1)
    received = {
        entry["client_order_id"]: entry["t_ns"]
        for entry in await _admin(session, target, "/wire?since=0")
        if entry["action"] == "cancel"
    }
    return [
        (received[venue_client_id(sent.order_id, _FIRST_LEG)] - asked_ns) / 1e6
        for sent, asked_ns in zip(resting, asked, strict=True)
    ]


async def _unfinished(road: Road, sent: Sequence[Sent]) -> int:
    """Orders that have not ended within the settling time; a market order ends by itself."""
    waiting = {one.order_id for one in sent if one.order_id}
    deadline = time.monotonic() + _SETTLE_S
    while waiting and time.monotonic() < deadline:
        for order_id in sorted(waiting):
            if await road.status(order_id) in _TERMINAL:
                waiting.discard(order_id)
        await asyncio.sleep(0.2 if waiting else 0)
    return len(waiting)


async def _orders_at_venue(session: aiohttp.ClientSession, target: Target) -> Counter[str]:
    """How many orders the venue's ledger has under each client order id."""
    records = await _admin(session, target, "/ledger?event=accepted")
    return Counter(record["client_order_id"] for record in records)


async def _admin(session: aiohttp.ClientSession, target: Target, path: str) -> Any:
    async with session.get(f"{target.admin_url}{path}") as response:
        response.raise_for_status()
        return await response.json()


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def as_document(report: Report) -> dict[str, Any]:
    return asdict(report)
