"""One client_order_id names one order for ever, whatever happens to the parts behind the API."""

from dataclasses import replace
from decimal import Decimal

from db.market import MarketData
from tests.support.live_api import INSTRUMENTS, LiveApi, order_body


async def test_the_same_request_again_gives_the_same_order(api: LiveApi) -> None:
    body = order_body()
    order = await api.admit(body)

    answer = await api.http.post("/api/live/orders", json=body)

    assert answer.status_code == 200
    assert answer.json()["order_id"] == order.order_id
    assert answer.headers["location"] == f"/api/live/orders/{order.order_id}"


async def test_the_same_terms_in_other_words_are_the_same_request(api: LiveApi) -> None:
    body = order_body(quantity="1", price="100.50")
    await api.admit(body)

    answer = await api.http.post("/api/live/orders", json=body | {"quantity": 1, "price": "100.5"})

    assert answer.status_code == 200


async def test_another_request_under_the_same_id_is_a_conflict(api: LiveApi) -> None:
    body = order_body()
    await api.admit(body)

    answer = await api.http.post("/api/live/orders", json=body | {"quantity": "0.2"})

    assert (answer.status_code, answer.json()["code"]) == (409, "client_order_id_reused")
    assert (await api.refusals())[-1] == ("boss", "client_order_id_reused")


async def test_a_placed_order_is_answered_though_its_terms_are_no_longer_offered(
    api: LiveApi,
) -> None:
    body = order_body(price="100.5")
    await api.admit(body)
    market, listed = MarketData(api.pool), INSTRUMENTS[0]
    await market.save_instruments([replace(listed, tick=Decimal(1))])
    try:
        again = await api.http.post("/api/live/orders", json=body)
        new = await api.http.post("/api/live/orders", json=order_body(price="100.5"))
    finally:
        await market.save_instruments([listed])

    assert again.status_code == 200
    assert (new.status_code, new.json()["code"]) == (422, "price_off_tick")


async def test_a_denied_order_names_rule_limit_and_value_every_time(api: LiveApi) -> None:
    body = order_body(quantity="60")
    order = await api.admit(body)
    refusals = await api.refusals()

    for _ in range(2):
        answer = await api.http.post("/api/live/orders", json=body)
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "risk_denied")
        assert problem["order_id"] == order.order_id
        assert problem["rule"] == order.reason_code
        assert problem["limit"] == "50"
        assert problem["value"] == "60"
        assert problem["detail"] == order.reason
    assert await api.refusals() == refusals, "the order's own audit trail has it already"


async def test_an_order_denied_because_trading_stopped_says_so(api: LiveApi) -> None:
    body = order_body()
    await api.services.trading.set(running=False, by="test", reason="")
    await api.admit(body)
    await api.services.trading.set(running=True, by="test", reason="")

    answer = await api.http.post("/api/live/orders", json=body)

    assert (answer.status_code, answer.json()["code"]) == (409, "trading_stopped")


async def test_silence_of_temporal_is_no_refusal(api: LiveApi) -> None:
    body = order_body()
    refusals = await api.refusals()

    answer = await api.http.post("/api/live/orders", json=body)

    assert (answer.status_code, answer.json()["code"]) == (503, "temporal_unavailable")
    assert "unknown" in answer.json()["detail"]
    assert body["client_order_id"] in answer.json()["detail"]
    assert answer.headers["retry-after"] == "1"
    assert await api.refusals() == refusals


async def test_without_the_database_nothing_is_started(api: LiveApi) -> None:
    await api.pool.close()

    answer = await api.http.post("/api/live/orders", json=order_body())

    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert "This request has started no order; send" in answer.json()["detail"]


async def test_before_the_venues_have_spoken_the_client_is_asked_to_wait(api: LiveApi) -> None:
    await api.pool.execute("DELETE FROM instruments")

    answer = await api.http.post("/api/live/orders", json=order_body())

    assert (answer.status_code, answer.json()["code"]) == (503, "instruments_unavailable")
