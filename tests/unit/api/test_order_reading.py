"""Orders can be looked up, listed page by page and cancelled by those whom they concern."""

from datetime import datetime
from decimal import Decimal

import pytest

from domain.order_events import ContradictedByVenue
from tests.support.live_api import DEMO, LiveApi, order_body

_NOBODYS = "o" + "2" * 23
_MALFORMED = ["o1", "%00", "ø", "o" * 500, "..."]


async def test_an_order_comes_with_its_fills_and_its_audit_trail(api: LiveApi) -> None:
    order = await api.admit(order_body(quantity="0.10", price="100.50"))

    answer = await api.http.get(f"/api/live/orders/{order.order_id}")

    seen = answer.json()
    assert answer.status_code == 200
    assert (seen["quantity"], seen["price"], seen["leaves_qty"]) == ("0.1", "100.5", "0.1")
    assert (seen["status"], seen["avg_px"], seen["fills"]) == ("APPROVED", None, [])
    assert datetime.fromisoformat(seen["created_at"]) == order.created_at
    assert seen["created_at"].endswith("Z")
    assert [event["name"] for event in seen["events"]][-1] == "RiskApproved"
    assert seen["events"][-1]["hash"] == order.last_hash


@pytest.mark.parametrize(("method", "rest"), [("GET", ""), ("POST", "/cancel")])
@pytest.mark.parametrize("order_id", [_NOBODYS, *_MALFORMED])
async def test_an_unknown_order_is_not_found(
    api: LiveApi, order_id: str, method: str, rest: str
) -> None:
    answer = await api.http.request(method, f"/api/live/orders/{order_id}{rest}")

    assert (answer.status_code, answer.json()["code"]) == (404, "order_not_found")


@pytest.mark.parametrize("order_id", _MALFORMED)
async def test_nobody_is_asked_about_an_id_that_is_none(api: LiveApi, order_id: str) -> None:
    answer = await api.http.post(f"/api/live/orders/{order_id}/resolve", json={"decision": "retry"})

    assert (answer.status_code, answer.json()["code"]) == (404, "order_not_found")


@pytest.mark.parametrize(("method", "rest"), [("GET", ""), ("POST", "/cancel")])
async def test_a_foreign_order_looks_like_an_unknown_one(
    api: LiveApi, method: str, rest: str
) -> None:
    order = await api.admit(order_body(strategy_id="bench"))
    api.http.headers["X-API-Key"] = DEMO

    answer = await api.http.request(method, f"/api/live/orders/{order.order_id}{rest}")

    assert (answer.status_code, answer.json()["code"]) == (404, "order_not_found")
    kept = await api.services.oms.order(order.order_id)
    assert kept is not None
    assert kept.cancel_requested_at is None


async def test_an_unsent_order_is_canceled_at_once_and_only_once(api: LiveApi) -> None:
    order = await api.admit(order_body())
    path = f"/api/live/orders/{order.order_id}/cancel"

    first, second = await api.http.post(path), await api.http.post(path)

    assert (first.status_code, first.json()["status"]) == (200, "CANCELED")
    assert first.json()["leaves_qty"] == "0"
    assert (second.status_code, second.json()["code"]) == (409, "order_finished")


async def test_cancels_work_while_trading_is_stopped(api: LiveApi) -> None:
    order = await api.admit(order_body())
    await api.http.post("/api/live/stop")

    answer = await api.http.post(f"/api/live/orders/{order.order_id}/cancel")

    assert answer.status_code == 200


async def test_pages_show_every_order_once_newest_first(api: LiveApi) -> None:
    placed = [await api.admit(order_body(strategy_id="demo")) for _ in range(5)]
    api.http.headers["X-API-Key"] = DEMO
    seen: list[str] = []
    cursor: str | None = ""

    while cursor is not None and len(seen) < len(placed):
        page = (await api.http.get(f"/api/live/orders?limit=2&cursor={cursor}")).json()
        assert len(page["orders"]) <= 2
        seen += [order["order_id"] for order in page["orders"]]
        cursor = page["next_cursor"]
        await api.admit(order_body(strategy_id="demo"))  # shifts no later page

    assert seen[:5] == [order.order_id for order in reversed(placed)]


async def test_the_last_page_has_no_cursor(api: LiveApi) -> None:
    await api.admit(order_body(instrument_id="BTCUSDT-PERP.BINANCE_FUTURES", quantity="0.25"))

    page = (await api.http.get("/api/live/orders?venue=BINANCE_FUTURES&limit=500")).json()

    assert Decimal(page["orders"][0]["quantity"]) == Decimal("0.25")
    assert page["next_cursor"] is None


async def test_filters_narrow_the_list(api: LiveApi) -> None:
    denied = await api.admit(order_body(quantity="60", instrument_id="ETHUSDT.BINANCE_SPOT"))

    for query, expected in [
        ("status=DENIED&instrument_id=ETHUSDT.BINANCE_SPOT", True),
        ("status=FILLED", False),
        ("instrument_id=BTCUSDT.BINANCE_SPOT", False),
        ("strategy_id=bench", False),
        ("attention=true", False),
    ]:
        page = (await api.http.get(f"/api/live/orders?limit=500&{query}")).json()
        listed = denied.order_id in [order["order_id"] for order in page["orders"]]
        assert listed is expected, query


async def test_a_strategy_sees_its_own_orders_only(api: LiveApi) -> None:
    foreign = await api.admit(order_body(strategy_id="bench"))
    api.http.headers["X-API-Key"] = DEMO

    page = (await api.http.get("/api/live/orders?limit=500")).json()
    asked = await api.http.get("/api/live/orders?strategy_id=bench")

    assert foreign.order_id not in [order["order_id"] for order in page["orders"]]
    assert (asked.status_code, asked.json()["code"]) == (403, "strategy_not_allowed")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=501",
        "limit=ten",
        "status=DONE",
        "cursor=xyz",
        "cursor=MjAyNg==",
        "cursor=%C3%A9",
        "instrument_id=%00",
        "strategy_id=%00",
        "venue=a%20b",
        "attention=maybe",
    ],
)
async def test_a_bad_query_is_refused(api: LiveApi, query: str) -> None:
    answer = await api.http.get(f"/api/live/orders?{query}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == query.partition("=")[0]


async def test_an_anomaly_needs_a_person_until_one_has_settled_it(api: LiveApi) -> None:
    order = await api.admit(order_body())
    contradiction = ContradictedByVenue("two orders under one label")
    await api.services.oms.apply(order.order_id, contradiction)
    path = f"/api/live/orders/{order.order_id}/acknowledge"

    async def attention() -> set[str]:
        page = (await api.http.get("/api/live/orders?attention=true&limit=500")).json()
        return {one["order_id"] for one in page["orders"]}

    assert order.order_id in await attention()
    silent = await api.http.post(path, json={"reason": ""})
    settled = await api.http.post(path, json={"reason": "one of them was canceled by hand"})
    again = await api.http.post(path, json={"reason": "twice"})

    assert (silent.status_code, settled.status_code) == (422, 200)
    assert settled.json()["anomaly"] is None
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_acknowledge")
    assert order.order_id not in await attention()
    events = await api.services.oms.events(order.order_id)
    assert events[-1].name == "AnomalyAcknowledged"
    assert events[-1].detail == {"by": "boss", "reason": "one of them was canceled by hand"}


async def test_a_strategy_settles_no_anomaly(api: LiveApi) -> None:
    order = await api.admit(order_body())
    await api.services.oms.apply(order.order_id, ContradictedByVenue("a riddle"))
    api.http.headers["X-API-Key"] = DEMO

    path = f"/api/live/orders/{order.order_id}/acknowledge"
    answer = await api.http.post(path, json={"reason": "never mind"})

    assert (answer.status_code, answer.json()["code"]) == (403, "operator_only")
