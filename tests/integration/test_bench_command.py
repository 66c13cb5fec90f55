"""`odum bench orders` on a stack that fails: it goes on, reports, and ends with one sentence."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from db.market import MarketData
from db.pool import open_pool
from domain.identifiers import order_id_for, venue_client_id
from tests.support.orders import a_quote, an_instrument
from tests.support.stack import ODUM
from workers.home import PROJECT_ROOT
from workers.stack.plan import bare_road_of
from workers.stack.stack_file import RunningProcess, Stack, write_stack

INSTRUMENT = "BTCUSDT.BINANCE_SPOT"


@dataclass
class FailingStack:
    """An API and a simulators' admin port of our own. `answer(n)` is what the nth order of the run
    gets: a status, or None for a connection that is cut; the same for cancels."""

    answer: Callable[[int], int | None] = lambda _: 201
    cancel_answer: Callable[[int], int | None] = lambda _: 202
    placed: list[str] = field(default_factory=list)
    canceled: list[str] = field(default_factory=list)

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/api/live/orders", self._place)
        app.router.add_post("/api/live/orders/{order_id}/cancel", self._cancel)
        app.router.add_get("/api/live/orders/{order_id}", self._status)
        app.router.add_get("/wire", self._wire)
        app.router.add_get("/ledger", self._ledger)
        return app

    async def _place(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        order_id = order_id_for(body["strategy_id"], body["client_order_id"])
        warming_up = body["client_order_id"].rpartition("-")[2].startswith("w")
        if not warming_up:
            self.placed.append(order_id)
        status = 201 if warming_up else self.answer(len(self.placed))
        return self._answered(request, status, {"order_id": order_id, "status": "FILLED"})

    async def _cancel(self, request: web.Request) -> web.StreamResponse:
        order_id = request.match_info["order_id"]
        self.canceled.append(order_id)
        return self._answered(request, self.cancel_answer(len(self.canceled)), {})

    async def _status(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"status": "FILLED"})

    async def _wire(self, _: web.Request) -> web.StreamResponse:
        sent = [
            {"client_order_id": venue_client_id(one, 1), "t_ns": 2**62, "action": "cancel"}
            for one in self.canceled
        ]
        return web.json_response(sent)

    async def _ledger(self, _: web.Request) -> web.StreamResponse:
        return web.json_response(
            [{"client_order_id": venue_client_id(one, 1)} for one in self.placed]
        )

    def _answered(
        self, request: web.Request, status: int | None, document: dict[str, str]
    ) -> web.StreamResponse:
        if status is None:
            assert request.transport is not None
            request.transport.abort()
        if status is not None and status >= 400:
            document = {"code": "overloaded", "detail": "Too many orders at once."}
        return web.json_response(document, status=status or 200)


@pytest.fixture
def failing() -> FailingStack:
    return FailingStack()


@pytest.fixture
async def quoted(database: str) -> str:
    pool = await open_pool(database, size=1)
    market = MarketData(pool)
    await market.save_instruments([an_instrument(instrument_id=INSTRUMENT)])
    await market.save_quotes([a_quote(instrument_id=INSTRUMENT)])
    await pool.close()
    return database


async def bench(
    failing: FailingStack, dsn: str, home: Path, *words: str
) -> tuple[int, dict[str, Any] | None, str]:
    """Exit code, the report, and what it says of failures."""
    runner = web.AppRunner(failing.app())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    urls = {"api": url, bare_road_of("nautilus"): url, "simulators_admin": url}
    me = RunningProcess("supervisor", os.getpid(), 0.0, 15)
    write_stack(home, Stack("paper", me, urls))
    (home / "api_key").write_text("a-key-0123456789\n")
    env = {
        **os.environ,
        "ODUM_HOME": str(home),
        "ODUM_POSTGRES_PORT": dsn.rpartition(":")[2].partition("/")[0],
    }
    env.pop("ODUM_CONFIG", None)
    try:
        process = await asyncio.create_subprocess_exec(
            ODUM,
            "bench",
            "orders",
            "--rate",
            "200",
            "--instrument",
            INSTRUMENT,
            "--json",
            *words,
            cwd=PROJECT_ROOT,
            env=env,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
    finally:
        await runner.cleanup()
    assert process.returncode is not None
    return process.returncode, json.loads(out) if out else None, err.decode().strip()


async def test_a_good_run_ends_well(failing: FailingStack, quoted: str, tmp_path: Path) -> None:
    code, report, said = await bench(failing, quoted, tmp_path, "--count", "4")

    assert (code, said) == (0, "")
    assert report is not None
    assert (report["errors"], report["cancel_errors"], report["first_error"]) == (0, 0, None)
    assert (report["lost"], report["doubled"]) == (0, 0)


async def test_orders_and_cancels_that_fail_are_counted_and_the_run_goes_on(
    failing: FailingStack, quoted: str, tmp_path: Path
) -> None:
    failing.answer = lambda n: {1: 503, 2: None}.get(n, 201)
    failing.cancel_answer = lambda n: {1: 409, 2: None}.get(n, 202)

    code, report, said = await bench(failing, quoted, tmp_path, "--count", "6", "--no-bare")

    assert code == 7
    assert report is not None
    assert (report["sent"], report["errors"], report["cancel_errors"]) == (6, 2, 2)
    assert report["p50_ms"] > 0
    assert "\n" not in said
    assert said.startswith("4 of the requests failed; the first: Too many orders at once.")


async def test_nothing_acknowledged_is_a_report_too(
    failing: FailingStack, quoted: str, tmp_path: Path
) -> None:
    failing.answer = lambda _: None

    code, report, said = await bench(failing, quoted, tmp_path, "--count", "4", "--no-cancels")

    assert code == 7
    assert report is not None
    assert (report["errors"], report["p50_ms"], report["drift"]) == (4, None, None)
    assert "was not answered" in said


async def test_what_the_venue_does_not_have_is_one_sentence(
    failing: FailingStack, quoted: str, tmp_path: Path
) -> None:
    code, document, said = await bench(
        failing, quoted, tmp_path, "--instrument", "ETHUSDT.BINANCE_SPOT"
    )

    assert (code, said) == (7, "")
    assert document is not None
    assert "not quoted" in document["detail"]


async def test_a_database_that_is_gone_is_one_sentence(
    failing: FailingStack, tmp_path: Path
) -> None:
    code, document, _ = await bench(failing, "postgresql://odum:odum@127.0.0.1:1/odum", tmp_path)

    assert code == 7
    assert document is not None
    assert "does not answer" in document["detail"]
