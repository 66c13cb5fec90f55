"""Nobody gets in without a key, and each key opens only its own doors."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from api.auth import OPEN_PATHS, ApiKey, ApiKeys, ExpiredApiKey, Role
from tests.support.live_api import DEMO, EXPIRED, OPERATOR, LiveApi, order_body


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "missing_api_key"),
        ("", "missing_api_key"),
        (OPERATOR + "x", "invalid_api_key"),
        (OPERATOR[:-1], "invalid_api_key"),
        ("schlüssel", "invalid_api_key"),
        (EXPIRED, "expired_api_key"),
    ],
)
async def test_a_bad_key_is_told_what_is_wrong(api: LiveApi, key: str | None, code: str) -> None:
    answer = await _as(api, key).get("/api/live/orders")

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert "www-authenticate" in answer.headers
    assert answer.json()["code"] == code


async def test_every_documented_route_is_closed_without_a_key(api: LiveApi) -> None:
    paths = (await api.http.get("/openapi.json")).json()["paths"]
    stranger = _as(api, None)

    closed = 0
    for path, operations in paths.items():
        for method in operations:
            answer = await stranger.request(method, path)
            if path in OPEN_PATHS:
                assert answer.status_code == 200, path
            else:
                assert answer.status_code == 401, path
                closed += 1
    assert closed >= 10


async def test_an_unknown_path_is_closed_too(api: LiveApi) -> None:
    assert (await _as(api, None).get("/metrics")).status_code == 401


async def test_a_key_expires_to_the_moment() -> None:
    end = datetime(2026, 1, 1, tzinfo=UTC)
    key = ApiKey.from_secret("bot", "a-long-enough-key", ("demo",), Role.STRATEGY, end)
    clock = [end - timedelta(microseconds=1)]
    keys = ApiKeys([key], now=lambda: clock[0])

    assert keys.authenticate(b"a-long-enough-key") is key
    clock[0] = end
    with pytest.raises(ExpiredApiKey):
        keys.authenticate(b"a-long-enough-key")


def test_a_key_does_not_show_its_digest() -> None:
    key = ApiKey.from_secret("bot", "a-long-enough-key", ("demo",), Role.STRATEGY)

    assert "digest" not in repr(key)


async def test_a_strategy_may_not_act_for_another(api: LiveApi) -> None:
    answer = await _as(api, DEMO).post("/api/live/orders", json=order_body(strategy_id="bench"))

    assert (answer.status_code, answer.json()["code"]) == (403, "strategy_not_allowed")
    assert (await api.refusals())[-1] == ("demo-bot", "strategy_not_allowed")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/live/stop", {}),
        ("/api/live/start", {}),
        ("/api/live/orders/o22222222222222222222222/resolve", {"decision": "retry"}),
    ],
)
async def test_only_operators_pull_the_levers(
    api: LiveApi, path: str, body: dict[str, str]
) -> None:
    answer = await _as(api, DEMO).post(path, json=body)

    assert (answer.status_code, answer.json()["code"]) == (403, "operator_only")
    assert (await api.services.trading.state()).running


def _as(api: LiveApi, key: str | None) -> httpx.AsyncClient:
    sent = [] if key is None else [(b"X-API-Key", key.encode("latin-1"))]
    api.http.headers = httpx.Headers(sent)
    return api.http
