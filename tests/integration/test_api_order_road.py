"""Orders through the API over real PostgreSQL and real Temporal, to a venue and back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from api.intake import Intake
from db.migrate import migrate
from domain.identifiers import order_id_for, workflow_id_for
from tests.support.api_road import ORDERS, Road, api_road
from tests.support.engines import embedded_postgres, embedded_temporal
from tests.support.live_api import DEMO, DEMO_OPERATOR, order_body


@pytest.fixture(scope="module")
def postgres_dsn() -> Iterator[str]:
    with embedded_postgres() as server:
        asyncio.run(migrate(server.dsn))
        yield server.dsn


@pytest.fixture(scope="module")
def temporal_address() -> Iterator[str]:
    with embedded_temporal() as server:
        yield server.address


@pytest.fixture
async def road(postgres_dsn: str, temporal_address: str) -> AsyncIterator[Road]:
    async with api_road(postgres_dsn, temporal_address) as opened:
        yield opened


async def test_an_order_is_answered_when_its_venue_has_it(road: Road) -> None:
    body = order_body()

    answer = await road.place(body)

    order = answer.json()
    assert (answer.status_code, order["status"]) == (201, "ACCEPTED")
    assert answer.headers["location"] == f"{ORDERS}/{order['order_id']}"
    assert order["venue_order_id"] == f"venue-{order['venue_client_id']}"
    assert road.venue.sent[order["venue_client_id"]] == 1


async def test_temporal_shows_what_the_order_is(road: Road) -> None:
    body = order_body()
    order = (await road.place(body)).json()

    handle = road.temporal.get_workflow_handle(workflow_id_for("demo", body["client_order_id"]))
    found = await handle.describe()

    assert (
        await found.static_summary() == "BUY 0.1 BTCUSDT.BINANCE_SPOT LIMIT at 100.5 GTC for demo"
    )
    attributes = {pair.key.name: pair.value for pair in found.typed_search_attributes}
    assert attributes["OrderId"] == order["order_id"]
    assert attributes["ClientOrderId"] == body["client_order_id"]
    assert attributes["StrategyId"] == "demo"
    assert attributes["Instrument"] == "BTCUSDT.BINANCE_SPOT"
    assert attributes["Venue"] == "BINANCE_SPOT"
    assert attributes["Stuck"] is False


async def test_twenty_equal_requests_at_once_are_one_order(road: Road) -> None:
    body = order_body()

    answers = await asyncio.gather(*(road.place(body) for _ in range(20)))

    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["order_id"] for answer in answers}) == 1
    assert road.venue.sent[answers[0].json()["venue_client_id"]] == 1


async def test_different_requests_under_one_id_at_once_are_one_order(road: Road) -> None:
    bodies = [order_body(client_order_id="same-id", quantity=f"0.{n}") for n in range(1, 9)]

    answers = await asyncio.gather(*map(road.place, bodies))

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201] + [409] * 7
    placed = next(answer.json() for answer in answers if answer.status_code == 201)
    assert road.venue.sent[placed["venue_client_id"]] == 1


async def test_a_slow_venue_gives_202_and_the_order_goes_on(road: Road) -> None:
    road.venue.delay_s = 0.6
    body = order_body()

    first = await road.place(body, "?wait_ms=300")
    again = await road.place(body)

    assert (first.status_code, first.json()["status"]) == (202, "SUBMITTING")
    assert (again.status_code, again.json()["order_id"]) == (200, first.json()["order_id"])
    order = await road.until(first.json()["order_id"], lambda o: bool(o["status"] == "ACCEPTED"))
    assert road.venue.sent[order["venue_client_id"]] == 1


async def test_without_waiting_the_order_is_safe_all_the_same(road: Road) -> None:
    answer = await road.place(order_body(), "?wait_ms=0")

    assert answer.status_code == 202
    await road.until(answer.json()["order_id"], lambda order: bool(order["status"] == "ACCEPTED"))


async def test_a_denied_order_is_never_sent(road: Road) -> None:
    body = order_body(quantity="60")

    first, again = await road.place(body), await road.place(body)

    assert (first.status_code, first.json()["code"]) == (422, "risk_denied")
    assert first.json()["rule"] == again.json()["rule"]
    assert (first.json()["limit"], first.json()["value"]) == ("50", "60")
    assert not road.venue.sent
    order = (await road.api.http.get(f"{ORDERS}/{first.json()['order_id']}")).json()
    assert order["status"] == "DENIED"


async def test_fills_reach_the_order_and_the_position(road: Road) -> None:
    order = (await road.place(order_body(quantity="0.2"))).json()

    road.venue.fill(order["order_id"], "0.05", "100")
    road.venue.fill(order["order_id"], "0.15", "102")
    filled = await road.until(order["order_id"], lambda o: bool(o["status"] == "FILLED"))

    assert (filled["filled_qty"], filled["leaves_qty"], filled["avg_px"]) == ("0.2", "0", "101.5")
    assert [fill["quantity"] for fill in filled["fills"]] == ["0.05", "0.15"]
    answer = await road.api.http.get("/api/live/positions/BTCUSDT.BINANCE_SPOT")
    (position,) = answer.json()["positions"]
    assert (position["quantity"], position["avg_px"]) == ("0.2", "101.5")
    assert position["fees"] == {"USDT": "0.02"}


async def test_a_working_order_is_canceled_at_its_venue(road: Road) -> None:
    order = (await road.place(order_body())).json()

    answer = await road.api.http.post(f"{ORDERS}/{order['order_id']}/cancel")

    assert (answer.status_code, answer.json()["status"]) == (202, "ACCEPTED")
    assert answer.json()["cancel_requested_at"] is not None
    await road.until(order["order_id"], lambda o: bool(o["status"] == "CANCELED"))
    again = await road.api.http.post(f"{ORDERS}/{order['order_id']}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "order_finished")


async def test_a_strategy_may_not_cancel_for_another(road: Road) -> None:
    order = (await road.place(order_body(strategy_id="bench"))).json()

    answer = await road.api.http.post(
        f"{ORDERS}/{order['order_id']}/cancel", headers={"X-API-Key": DEMO}
    )

    assert answer.status_code == 404
    kept = (await road.api.http.get(f"{ORDERS}/{order['order_id']}")).json()
    assert (kept["status"], kept["cancel_requested_at"]) == ("ACCEPTED", None)


async def test_losing_the_database_after_the_start_is_no_refusal(road: Road) -> None:
    road.venue.delay_s = 0.6
    body = order_body()

    placing = asyncio.create_task(road.place(body, "?wait_ms=400"))
    await asyncio.sleep(0.2)
    await road.api.pool.close()
    answer = await placing

    assert (answer.status_code, answer.json()["status"]) == (202, "RECEIVED")
    order_id = order_id_for("demo", body["client_order_id"])
    assert answer.json()["order_id"] == order_id
    assert road.venue.sent[f"{order_id}01"] == 1


async def test_an_order_that_ended_without_a_record_is_not_awaited_for_ever(road: Road) -> None:
    body = order_body()
    await road.api.pool.execute("ALTER TABLE quotes RENAME TO lost")  # only admissions read it
    try:
        first = await road.place(body, "?wait_ms=100")
        waiting = await road.place(body, "?wait_ms=100")
        workflow_id = workflow_id_for("demo", body["client_order_id"])
        await road.temporal.get_workflow_handle(workflow_id).terminate("test")
        await asyncio.sleep(2.5)  # until the worker knows: its step is at work, and would record it
    finally:
        await road.api.pool.execute("ALTER TABLE lost RENAME TO quotes")
    ended = await road.place(body, "?wait_ms=100")

    assert (first.status_code, waiting.status_code) == (202, 202)
    assert (ended.status_code, ended.json()["code"]) == (409, "order_ended_unrecorded")
    assert not road.venue.sent


async def test_a_different_request_is_refused_although_the_first_is_not_on_record_yet(
    road: Road,
) -> None:
    body = order_body()
    await road.api.pool.execute("ALTER TABLE quotes RENAME TO lost")  # only admissions read it
    try:
        first = await road.place(body, "?wait_ms=0")
        again = await road.place(body, "?wait_ms=0")
        other = await road.place(body | {"quantity": "0.3"}, "?wait_ms=0")
    finally:
        await road.api.pool.execute("ALTER TABLE lost RENAME TO quotes")

    assert (first.status_code, again.status_code) == (202, 202)
    assert (other.status_code, other.json()["code"]) == (409, "client_order_id_reused")
    order = await road.until(first.json()["order_id"], lambda o: bool(o["status"] == "ACCEPTED"))
    assert order["quantity"] == body["quantity"]


async def test_too_many_orders_are_refused_early_although_no_client_waits(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    orchestrator = road.api.services.orchestrator
    monkeypatch.setattr(orchestrator, "_intake", Intake(road.api.feed, waiting_max=3))
    await road.api.pool.execute("ALTER TABLE quotes RENAME TO lost")  # only admissions read it
    try:
        taken = [await road.place(order_body(), "?wait_ms=0") for _ in range(3)]
        refused = await road.place(order_body(), "?wait_ms=0")
    finally:
        await road.api.pool.execute("ALTER TABLE lost RENAME TO quotes")

    assert [answer.status_code for answer in taken] == [202] * 3
    assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
    for answer in taken:
        await road.until(answer.json()["order_id"], lambda o: bool(o["status"] == "ACCEPTED"))
    assert (await road.place(order_body())).status_code == 201


async def test_only_what_is_stuck_can_be_resolved(road: Road) -> None:
    working = (await road.place(order_body())).json()["order_id"]
    ended = (await road.place(order_body(quantity="60"))).json()["order_id"]

    async def resolve(order_id: str) -> tuple[int, str]:
        answer = await road.api.http.post(
            f"{ORDERS}/{order_id}/resolve", json={"decision": "retry"}
        )
        return answer.status_code, answer.json()["code"]

    assert await resolve(working) == (409, "not_stuck")
    assert await resolve(ended) == (409, "not_stuck")
    assert await resolve("o" + "2" * 23) == (404, "order_not_found")


async def test_an_operator_decides_the_orders_of_its_own_strategies_only(road: Road) -> None:
    own = (await road.place(order_body())).json()["order_id"]
    others = (await road.place(order_body(strategy_id="bench"))).json()["order_id"]
    unrecorded = "o" + "2" * 23
    road.api.http.headers["X-API-Key"] = DEMO_OPERATOR

    async def resolve(order_id: str) -> str:
        answer = await road.api.http.post(
            f"{ORDERS}/{order_id}/resolve", json={"decision": "abort"}
        )
        code: str = answer.json()["code"]
        return code

    # The code says who was asked: `not_stuck` is the word of the order's workflow.
    assert await resolve(own) == "not_stuck"
    assert await resolve(others) == "order_not_found"
    assert await resolve(unrecorded) == "order_not_found"


@pytest.mark.slow
async def test_an_order_stuck_before_its_record_is_found_and_resolved(road: Road) -> None:
    async def resolve(decision: str) -> httpx.Response:
        return await road.api.http.post(f"{ORDERS}/{order_id}/resolve", json={"decision": decision})

    await road.api.pool.execute("ALTER TABLE quotes RENAME TO lost")  # only admissions read it
    try:
        answer = await road.place(order_body(send_within_ms=60_000), "?wait_ms=100")
        assert (answer.status_code, answer.json()["status"]) == (202, "RECEIVED")
        order_id = answer.json()["order_id"]
        async with asyncio.timeout(50):
            stuck = f"OrderId = '{order_id}' AND Stuck = true"
            while not [found async for found in road.temporal.list_workflows(stuck)]:
                await asyncio.sleep(0.2)
        refused = await resolve("skip")
    finally:
        await road.api.pool.execute("ALTER TABLE lost RENAME TO quotes")

    assert (refused.status_code, refused.json()["code"]) == (409, "not_stuck")
    assert "choose retry, abort" in refused.json()["detail"]
    assert (await resolve("retry")).status_code in (200, 202)  # recorded by now, or in a moment
    await road.until(order_id, lambda o: bool(o["status"] == "ACCEPTED"))
