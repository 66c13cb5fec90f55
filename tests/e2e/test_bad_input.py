"""Bad input gets a clear 4xx with a stable code. Nothing is sent, and nothing is written but the
audit of the refusal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest

from tests.support.faults import SimulatorAdmin
from tests.support.stack import BENCH_KEY, EXPIRED_KEY, PaperStack
from tests.support.trader import ORDERS, Trader, order_body

SPOT, FUTURES = "BTCUSDT.BINANCE_SPOT", "BTCUSDT-PERP.BINANCE_FUTURES"
LIMIT = {"order_type": "LIMIT", "price": "99000"}

_WRITTEN = """
SELECT (SELECT count(*) FROM unified_orders) AS orders,
       (SELECT count(*) FROM order_events) AS events,
       (SELECT count(*) FROM fills) AS fills,
       (SELECT count(*) FROM refusals) AS refusals
"""


class Books:
    """What is on record and on the wire."""

    def __init__(
        self, connection: asyncpg.Connection[asyncpg.Record], venues: SimulatorAdmin
    ) -> None:
        self._connection = connection
        self._venues = venues

    async def state(self) -> dict[str, int]:
        row = await self._connection.fetchrow(_WRITTEN)
        assert row is not None
        return {**row, "commands": len(await self._venues.commands())}

    async def last_refusal(self) -> tuple[str, str]:
        row = await self._connection.fetchrow(
            "SELECT principal, code FROM refusals ORDER BY seq DESC LIMIT 1"
        )
        assert row is not None
        return row["principal"], row["code"]


@pytest.fixture
async def books(stack: PaperStack, venues: SimulatorAdmin) -> AsyncIterator[Books]:
    connection = await asyncpg.connect(stack.postgres_dsn)
    yield Books(connection, venues)
    await connection.close()


def assert_problem(answer: httpx.Response, status: int, code: str) -> None:
    """A problem document that says what happened, to programs and to people."""
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"instrument_id": "DOGEUSDT.BINANCE_SPOT"}, "unknown_instrument"),
        ({"instrument_id": "BTCUSDT.KRAKEN"}, "unknown_venue"),
        ({"instrument_id": None, "pair": "DOGE/USDT"}, "unknown_instrument"),
        ({"strategy_id": "ghost"}, "unknown_strategy"),
        ({"quantity": "0.020001"}, "quantity_off_lot"),
        ({"instrument_id": FUTURES, "quantity": "0.0205"}, "quantity_off_lot"),
        ({**LIMIT, "price": "99000.001"}, "price_off_tick"),
        ({**LIMIT, "instrument_id": FUTURES, "price": "99000.05"}, "price_off_tick"),
        ({**LIMIT, "quantity": "0.00001"}, "notional_below_minimum"),
        ({"quantity": "9001"}, "quantity_above_maximum"),
        ({"quantity": "1" + "0" * 20}, "too_many_digits"),
        ({"quantity": "1e30"}, "invalid_decimal"),
        ({"quantity": "-0.02"}, "not_positive"),
        ({"quantity": "0"}, "not_positive"),
        ({"quantity": "NaN"}, "invalid_decimal"),
        ({"quantity": "Infinity"}, "invalid_decimal"),
        ({"quantity": 0.02}, "invalid_decimal"),
        ({"quantity": True}, "wrong_type"),
        ({"quantity": ["0.02"]}, "wrong_type"),
        ({"quantity": None}, "wrong_type"),
        ({**LIMIT, "price": "-99000"}, "not_positive"),
        ({"order_type": "LIMIT"}, "price_required"),
        ({"price": "99000"}, "price_not_allowed"),
        ({"side": "HOLD"}, "unknown_value"),
        ({"order_type": "ICEBERG"}, "unknown_value"),
        ({"time_in_force": "DAY"}, "unknown_value"),
        ({"post_only": True}, "post_only_not_allowed"),
        ({**LIMIT, "time_in_force": "IOC", "post_only": True}, "post_only_not_allowed"),
        ({"reduce_only": True}, "reduce_only_not_allowed"),
        ({"pair": "BTC/USDT"}, "instrument_or_pair"),
        ({"instrument_id": None}, "instrument_or_pair"),
        ({"send_within_ms": 60_001}, "out_of_range"),
        ({"quantitty": "0.02"}, "unknown_field"),
        ({"client_order_id": "заказ-1"}, "malformed_value"),
        ({"client_order_id": "two words"}, "malformed_value"),
        ({"client_order_id": "x" * 65}, "malformed_value"),
        ({"client_order_id": "nul\x00"}, "malformed_value"),
        ({"strategy_id": "démo"}, "malformed_value"),
        ({"instrument_id": "BTCUSD\u0422.BINANCE_SPOT"}, "unknown_instrument"),
    ],
)
async def test_a_bad_order_is_refused_and_only_the_refusal_is_written(
    trader: Trader, books: Books, changes: dict[str, Any], code: str
) -> None:
    before = await books.state()

    answer = await trader.place(order_body(SPOT, "BUY", "0.02") | changes)

    assert_problem(answer, 422, code)
    assert await books.state() == before | {"refusals": before["refusals"] + 1}
    assert await books.last_refusal() == ("operator", code)


@pytest.mark.parametrize(
    ("content", "content_type", "status", "code"),
    [
        (b"{" + b" " * 17_000 + b"}", "application/json", 413, "body_too_large"),
        (b'{"strategy_id": "demo"}', "text/plain", 415, "unsupported_media_type"),
        (b"strategy_id=demo", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b'{"quantity": NaN}', "application/json", 400, "invalid_json"),
        (b'{"strategy_id": "d\xff"}', "application/json", 400, "invalid_json"),
        (b'{"strategy_id": "demo"', "application/json", 400, "invalid_json"),
        (b'["strategy_id", "demo"]', "application/json", 422, "wrong_type"),
        (b'{"strategy_id": "demo"}', "application/json", 422, "missing_field"),
        (b"", "application/json", 422, "missing_field"),
    ],
)
async def test_a_bad_body_is_refused(
    trader: Trader, books: Books, content: bytes, content_type: str, status: int, code: str
) -> None:
    before = await books.state()

    answer = await trader.http.post(ORDERS, content=content, headers={"Content-Type": content_type})

    assert_problem(answer, status, code)
    assert await books.state() == before | {"refusals": before["refusals"] + 1}


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", "missing_api_key"),
        ("not-a-key-0123456789", "invalid_api_key"),
        ("schl\u00fcssel-0123456789", "invalid_api_key"),
        (EXPIRED_KEY, "expired_api_key"),
    ],
)
async def test_without_a_good_key_nothing_is_looked_at(
    stack: PaperStack, books: Books, key: str, code: str
) -> None:
    before = await books.state()

    async with stack.client(key) as stranger:
        answers = [
            await stranger.post(ORDERS, json=order_body(SPOT, "BUY", "0.02")),
            await stranger.get(ORDERS),
            await stranger.post("/api/live/stop"),
        ]

    for answer in answers:
        assert_problem(answer, 401, code)
    assert await books.state() == before


async def test_a_strategys_key_opens_only_its_own_doors(
    stack: PaperStack, trader: Trader, books: Books
) -> None:
    body = order_body(SPOT, "BUY", "0.02", price="99000")
    order_id = (await trader.placed(body))["order_id"]
    before = await books.state()

    async with stack.client(BENCH_KEY) as http:
        other = Trader(http)
        placed = await other.place(order_body(SPOT, "BUY", "0.02"))
        assert_problem(placed, 403, "strategy_not_allowed")
        assert_problem(await other.cancel(order_id), 404, "order_not_found")
        assert_problem(await http.get(f"{ORDERS}/{order_id}"), 404, "order_not_found")
        assert_problem(await other.resolve(order_id, "abort"), 403, "operator_only")
        assert_problem(await http.post("/api/live/stop"), 403, "operator_only")
        assert order_id not in {order["order_id"] for order in await other.listed()}

    assert await books.state() == before | {"refusals": before["refusals"] + 1}
    assert (await trader.order(order_id))["cancel_requested_at"] is None
    await trader.cancel(order_id)
    await trader.ended(order_id)


@pytest.mark.parametrize("order_id", ["o" + "2" * 23, "42", "o" * 500, "заказ", "%00", "..%2Fstop"])
async def test_an_unknown_order_cannot_be_canceled(
    trader: Trader, books: Books, order_id: str
) -> None:
    before = await books.state()

    answer = await trader.cancel(order_id)

    assert answer.status_code == 404
    assert answer.json()["code"] in ("order_not_found", "no_such_route")
    assert await books.state() == before


async def test_a_finished_order_cannot_be_canceled(trader: Trader, books: Books) -> None:
    order = await trader.ended((await trader.placed(order_body(SPOT, "BUY", "0.02")))["order_id"])
    before = await books.state()

    assert_problem(await trader.cancel(order["order_id"]), 409, "order_finished")

    assert await books.state() == before
