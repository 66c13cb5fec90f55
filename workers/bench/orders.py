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
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp

from console.cli.errors import CliError, ExitCode
from domain.identifiers import venue_client_id
from domain.orders import OrderStatus
from workers.bench.load import Road, Sent, at_rate
from workers.bench.report import FIRST_LEG, Cancels, Report, failures, make_report
from workers.bench.terms import Terms, bench_terms

STRATEGY = "bench"

_WARM_UP = 10
_SETTLE_S = 30.0
_PATIENCE_S = 30.0
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


async def run(
    target: Target, rate: float, count: int, *, bare: bool, cancels: bool
) -> tuple[Report, list[CliError]]:
    """Load the stack and report; and what failed. Needs the paper stack with its simulators."""
    run_id = secrets.token_hex(4)
    terms = [await bench_terms(target.dsn, name) for name in target.instruments]
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(_PATIENCE_S)
    ) as session:
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
            durable, bare_sent = both[0::2], both[1::2]
        else:
            durable, bare_sent = await at_rate(rate, durable_calls), []
        elapsed_s = time.perf_counter() - start
        canceled = Cancels()
        if cancels:
            resting = min(count, _CANCELS_MAX)
            canceled = await _cancels(session, target, durable_road, terms[0], run_id, resting)
        unfinished = await _unfinished(durable_road, durable)
        at_venue = await _orders_at_venue(session, target)
    report = make_report(
        target.venue, rate, elapsed_s, durable, bare_sent, canceled, unfinished, at_venue
    )
    return report, failures(durable, canceled)


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


async def _cancels(
    session: aiohttp.ClientSession,
    target: Target,
    road: Road,
    terms: Terms,
    run_id: str,
    count: int,
) -> Cancels:
    """From the POST of each cancel to its arrival at the venue's wire."""
    placed = [
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
    failed = [sent.failure for sent in placed if sent.failure]
    resting = [sent.order_id for sent in placed if not sent.failure]
    asked = await at_rate(_CANCELS_PER_S, [partial(road.cancel, order_id) for order_id in resting])
    await asyncio.sleep(1)
    received = {
        entry["client_order_id"]: entry["t_ns"]
        for entry in await _admin(session, target, "/wire?since=0")
        if entry["action"] == "cancel"
    }
    took_ms = []
    for order_id, cancel in zip(resting, asked, strict=True):
        received_ns = received.get(venue_client_id(order_id, FIRST_LEG))
        if cancel.failure is not None:
            failed.append(cancel.failure)
        elif received_ns is None:
            failed.append(CliError("A cancel did not reach the venue.", ExitCode.UNAVAILABLE))
        else:
            took_ms.append((received_ns - cancel.sent_ns) / 1e6)
    return Cancels(took_ms, failed)


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
