"""Order types, amends, cancel-all and order lists through the API, over real engines."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from api.schemas.order_lists import OrderListSubmission
from db.migrate import migrate
from tests.support.api_road import ORDERS, Road, api_road
from tests.support.engines import embedded_postgres, embedded_temporal
from tests.support.live_api import DEMO, order_body

LISTS = "/api/live/order-lists"
STOP = {"order_type": "STOP_MARKET", "price": ..., "trigger_price": "103"}
TAKE_PROFIT = {"order_type": "TAKE_PROFIT_MARKET", "price": ..., "trigger_price": "98"}


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


async def working(road: Road, **terms: Any) -> str:
    """The id of an order that works at the venue."""
    answer = await road.place(order_body(**terms))
    assert answer.status_code == 201, answer.text
    assert answer.json()["status"] == "ACCEPTED"
    order_id: str = answer.json()["order_id"]
    return order_id


async def amend(road: Road, order_id: str, **body: Any) -> tuple[int, dict[str, Any]]:
    body = {"amend_id": "a1"} | body
    answer = await road.api.http.post(f"{ORDERS}/{order_id}/amend", json=body)
    return answer.status_code, answer.json()


async def test_a_stop_order_reaches_the_venue_with_its_terms(road: Road) -> None:
    order_id = await working(road, **STOP, trigger_type="MARK")

    order = (await road.api.http.get(f"{ORDERS}/{order_id}")).json()
    assert (order["order_type"], order["trigger_price"]) == ("STOP_MARKET", "103")
    assert (order["trigger_type"], order["reference_price"]) == ("MARK", "103")


@pytest.mark.parametrize(
    ("terms", "code", "path"),
    [
        ({"order_type": "STOP_LIMIT"}, "trigger_price_required", "trigger_price"),
        ({"time_in_force": "GTD"}, "expire_at_required", "expire_at"),
        ({"display_qty": "0.2"}, "display_qty_out_of_range", "display_qty"),
        (STOP | {"trigger_price": "103.001"}, "trigger_price_off_tick", "trigger_price"),
        (
            {"time_in_force": "GTD", "expire_at": "2020-01-01T00:00:00Z"},
            "expire_at_passed",
            "expire_at",
        ),
        (
            {
                "order_type": "TRAILING_STOP_MARKET",
                "price": ...,
                "trailing_offset": "1",
                "trailing_offset_type": "PRICE",
            },
            "not_supported_by_venue",
            "order_type",
        ),
    ],
)
async def test_terms_that_cannot_be_served_are_refused_before_anything_is_started(
    road: Road, terms: dict[str, Any], code: str, path: str
) -> None:
    body = order_body(**terms)
    answer = await road.place(body)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["path"] == path
    assert (await road.api.refusals())[-1] == ("boss", code)


async def test_the_refusal_says_what_the_venue_has(road: Road) -> None:
    trail = {"trailing_offset": "1", "trailing_offset_type": "PRICE", "price": ...}
    answer = await road.place(order_body(order_type="TRAILING_STOP_MARKET", **trail))

    assert "it has LIMIT, MARKET, STOP_LIMIT" in answer.json()["detail"]


async def test_a_trigger_on_the_wrong_side_is_denied_by_risk(road: Road) -> None:
    answer = await road.place(order_body(**STOP | {"trigger_price": "99"}))

    assert (answer.status_code, answer.json()["rule"]) == (422, "trigger_side")


async def test_an_order_is_amended(road: Road) -> None:
    order_id = await working(road)

    status, answer = await amend(road, order_id, price="99.5", quantity="0.2")
    again = await amend(road, order_id, price="99.5", quantity="0.20")

    assert (status, answer["outcome"]) == (200, "TAKEN")
    assert (answer["order"]["price"], answer["order"]["quantity"]) == ("99.5", "0.2")
    assert again[1]["outcome"] == "TAKEN"
    assert (await amend(road, order_id, price="98"))[1]["code"] == "amend_id_reused"


async def test_what_cannot_be_amended_in_place_is_replaced_on_request(road: Road) -> None:
    order_id = await working(road, **TAKE_PROFIT)

    refused = await amend(road, order_id, quantity="0.2")
    status, answer = await amend(road, order_id, quantity="0.2", replace=True)

    assert (refused[0], refused[1]["code"]) == (409, "not_amendable")
    assert "replace=true" in refused[1]["detail"]
    assert (status, answer["outcome"]) == (200, "REPLACED")
    order = await road.until(order_id, lambda o: o["status"] == "ACCEPTED" and o["leg"] == 2)
    assert order["quantity"] == "0.2"
    assert road.venue.sent[order["venue_client_id"]] == 1


async def test_amends_that_cannot_be_are_refused_with_their_reason(road: Road) -> None:
    order_id = await working(road)

    assert (await amend(road, order_id))[1]["code"] == "nothing_to_amend"
    assert (await amend(road, order_id, trigger_price="99"))[1]["code"] == (
        "trigger_price_not_allowed"
    )
    denied = await amend(road, order_id, quantity="60")
    assert (denied[0], denied[1]["rule"]) == (422, "max_order_size")
    await road.api.http.post(f"{ORDERS}/{order_id}/cancel")
    await road.until(order_id, lambda order: order["status"] == "CANCELED")
    finished = await amend(road, order_id, amend_id="a2", quantity="0.2")
    assert (finished[0], finished[1]["code"]) == (409, "order_finished")
    assert (await amend(road, "o" + "2" * 23, quantity="1"))[0] == 404


async def test_a_strategy_amends_only_its_own_orders(road: Road) -> None:
    order_id = await working(road, strategy_id="bench")
    road.api.http.headers["X-API-Key"] = DEMO

    assert (await amend(road, order_id, price="99"))[0] == 404


async def test_cancel_all_has_exactly_its_scope(road: Road) -> None:
    await _cancel_all(road, {"all": True})
    mine = [await working(road, strategy_id="demo") for _ in range(3)]
    other = await working(road, strategy_id="bench")
    eth = await working(road, strategy_id="demo", instrument_id="ETHUSDT.BINANCE_SPOT")

    scope = {"strategy_id": "demo", "instrument_id": "BTCUSDT.BINANCE_SPOT"}
    status, answer = await _cancel_all(road, scope)

    assert status == 202
    assert {order["order_id"] for order in answer["orders"]} == set(mine)
    for order_id in mine:
        await road.until(order_id, lambda order: order["status"] == "CANCELED")
    for order_id in (other, eth):
        order = (await road.api.http.get(f"{ORDERS}/{order_id}")).json()
        assert (order["status"], order["cancel_requested_at"]) == ("ACCEPTED", None)


async def test_cancel_all_of_a_venue_works_while_trading_is_stopped(road: Road) -> None:
    order_id = await working(road)
    await road.api.http.post("/api/live/stop", json={"reason": "fire drill"})
    try:
        status, answer = await _cancel_all(road, {"venue": "BINANCE_SPOT"})
        await road.until(order_id, lambda order: order["status"] == "CANCELED")
    finally:
        await road.api.http.post("/api/live/start", json={})

    assert status == 202
    assert order_id in {order["order_id"] for order in answer["orders"]}


async def test_a_strategys_key_cancels_no_other_strategys_orders(road: Road) -> None:
    mine, other = await working(road), await working(road, strategy_id="bench")
    road.api.http.headers["X-API-Key"] = DEMO

    _, answer = await _cancel_all(road, {"venue": "BINANCE_SPOT"})

    asked = {order["order_id"] for order in answer["orders"]}
    assert mine in asked
    assert other not in asked
    assert (await _cancel_all(road, {"strategy_id": "bench"}))[0] == 403
    assert (await _cancel_all(road, {"all": True}))[1]["code"] == "operator_only"


@pytest.mark.parametrize("body", [{}, {"all": True, "venue": "BINANCE_SPOT"}, {"all": False}])
async def test_cancel_all_says_what_it_means(road: Road, body: dict[str, Any]) -> None:
    status, answer = await _cancel_all(road, body)

    assert (status, answer["code"]) == (422, "scope_or_all")


def list_body(**changes: Any) -> dict[str, Any]:
    return {
        "strategy_id": "demo",
        "client_list_id": f"list-{secrets.token_hex(6)}",
        "kind": "BRACKET",
        "instrument_id": "BTCUSDT.BINANCE_SPOT",
        "side": "BUY",
        "quantity": "1",
        "entry": {"order_type": "LIMIT", "price": "100"},
        "take_profit": {"order_type": "LIMIT", "price": "103"},
        "stop_loss": {"order_type": "STOP_MARKET", "trigger_price": "97"},
    } | changes


async def test_a_bracket_goes_its_way_and_is_canceled(road: Road) -> None:
    body = list_body()
    placed = await road.api.http.post(LISTS, json=body)
    again = await road.api.http.post(LISTS, json=body)
    other = await road.api.http.post(LISTS, json=body | {"quantity": "2"})

    assert (placed.status_code, again.status_code) == (201, 200)
    assert (other.status_code, other.json()["code"]) == (409, "client_list_id_reused")
    list_id = placed.json()["list_id"]
    shown = await road.until(
        list_id,
        lambda found: [leg["order"]["status"] for leg in found["legs"]] == ["ACCEPTED"],
        LISTS,
    )
    assert (shown["status"], shown["legs"][0]["role"]) == ("WORKING", "ENTRY")
    road.venue.fill(shown["legs"][0]["order"]["order_id"], "1", "100")
    shown = await road.until(list_id, lambda found: len(found["legs"]) == 3, LISTS)
    assert {leg["order"]["order_list_id"] for leg in shown["legs"]} == {list_id}

    canceled = await road.api.http.post(f"{LISTS}/{list_id}/cancel")
    ended = await road.until(list_id, lambda found: found["status"] == "CANCELED", LISTS)

    assert canceled.status_code == 202
    assert ended["attention"]  # the position has no exit any more
    finished = await road.api.http.post(f"{LISTS}/{list_id}/cancel")
    assert (finished.status_code, finished.json()["code"]) == (409, "order_list_finished")


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"kind": "OCO"}, "leg_not_allowed", "entry"),
        ({"entry": None}, "leg_required", "entry"),
        (
            {"stop_loss": {"order_type": "LIMIT", "price": "97"}},
            "order_type_not_allowed",
            "stop_loss.order_type",
        ),
        (
            {"take_profit": {"order_type": "LIMIT"}},
            "price_required",
            "take_profit.price",
        ),
        (
            {"take_profit": {"order_type": "LIMIT", "price": "103.001"}},
            "price_off_tick",
            "take_profit.price",
        ),
        ({"instrument_id": "NOPE.BINANCE_SPOT"}, "unknown_instrument", "entry.instrument_id"),
    ],
)
async def test_a_list_that_cannot_be_is_refused_whole(
    road: Road, changes: dict[str, Any], code: str, path: str
) -> None:
    answer = await road.api.http.post(LISTS, json=list_body(**changes))

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["path"] == path


async def test_cancel_all_ends_the_lists_of_its_scope(road: Road) -> None:
    placed = (await road.api.http.post(LISTS, json=list_body())).json()["list_id"]
    await road.until(placed, lambda found: len(found["legs"]) == 1, LISTS)

    _, answer = await _cancel_all(road, {"strategy_id": "demo"})

    assert placed in answer["order_lists"]
    await road.until(placed, lambda found: found["status"] == "CANCELED", LISTS)


async def test_a_list_whose_placing_died_halfway_can_be_canceled(road: Road) -> None:
    submission = OrderListSubmission(**list_body())
    record = await road.api.services.lists._lists.open(submission.request())

    await road.api.http.post(f"{LISTS}/{record.list_id}/cancel")

    ended = await road.until(record.list_id, lambda found: found["status"] == "CANCELED", LISTS)
    assert ended["legs"] == []


async def test_lists_that_need_a_person_can_be_found(road: Road) -> None:
    fine = (await road.api.http.post(LISTS, json=list_body())).json()["list_id"]
    bad = (await road.api.http.post(LISTS, json=list_body())).json()["list_id"]
    await road.api.pool.execute("UPDATE order_lists SET attention = list_id = $1", bad)

    async def found(**query: Any) -> list[str]:
        answer = await road.api.http.get(LISTS, params=query)
        return [one["list_id"] for one in answer.json()["order_lists"]]

    assert (await found())[:2] == [bad, fine]
    assert await found(attention=True) == [bad]
    assert await found(strategy_id="bench") == []
    await _cancel_all(road, {"strategy_id": "demo"})


async def test_an_unknown_list_is_not_found(road: Road) -> None:
    for list_id in ("l" + "2" * 23, "nonsense"):
        answer = await road.api.http.get(f"{LISTS}/{list_id}")
        assert (answer.status_code, answer.json()["code"]) == (404, "order_list_not_found")


async def _cancel_all(road: Road, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answer = await road.api.http.post(f"{ORDERS}/cancel-all", json=body)
    return answer.status_code, answer.json()
