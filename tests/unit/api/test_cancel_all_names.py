"""Cancel-all is for emergencies: a name that means nothing must not look like work done."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from api.app import create_app
from tests.support.live_api import OPERATOR, LiveApi, order_body

CANCEL_ALL = "/api/live/orders/cancel-all"
SPOT = "BTCUSDT.BINANCE_SPOT"


@pytest.mark.parametrize(
    ("scope", "code", "path"),
    [
        ({"venue": "BINANCE_SPOTT"}, "unknown_venue", "venue"),
        ({"venue": "binance_spot"}, "unknown_venue", "venue"),
        ({"strategy_id": "dmeo"}, "unknown_strategy", "strategy_id"),
        ({"instrument_id": "BTCUSDT"}, "unknown_instrument", "instrument_id"),
        ({"instrument_id": "BTCUSDT.BINANCE_SPOTT"}, "unknown_instrument", "instrument_id"),
        ({"strategy_id": "demo", "venue": "OKXX"}, "unknown_venue", "venue"),
        ({"venue": "A\x00"}, "malformed_value", "venue"),
        ({"instrument_id": "A\x00"}, "malformed_value", "instrument_id"),
    ],
)
async def test_a_name_that_is_nobodys_is_refused(
    api: LiveApi, scope: dict[str, str], code: str, path: str
) -> None:
    order = await api.admit(order_body())

    answer = await api.http.post(CANCEL_ALL, json=scope)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["path"] == path
    found = await api.services.oms.order(order.order_id)
    assert found is not None
    assert found.cancel_requested_at is None


@pytest.mark.parametrize(
    "scope",
    [
        {"venue": "BINANCE_FUTURES"},
        {"strategy_id": "bench"},
        {"instrument_id": "ETHUSDT.BINANCE_SPOT"},
    ],
)
async def test_a_name_of_ours_without_orders_is_done(api: LiveApi, scope: dict[str, str]) -> None:
    await _cancel(api.http, all=True)
    assert await _cancel(api.http, **scope) == []


async def test_what_the_configuration_has_lost_is_still_canceled(api: LiveApi) -> None:
    """A venue or a strategy is taken out of the profile while an order of it lives."""
    order = await api.admit(order_body(strategy_id="bench"))
    lost = replace(api.services, venues={"OKX": "OKX-main"}, strategies=frozenset({"demo"}))
    transport = httpx.ASGITransport(create_app(lost))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://odum", headers={"X-API-Key": OPERATOR}
    ) as http:
        canceled = await _cancel(http, strategy_id="bench", venue="BINANCE_SPOT")
        again = await http.post(CANCEL_ALL, json={"venue": "BINANCE_SPOT"})

    assert [one["order_id"] for one in canceled] == [order.order_id]
    assert again.json()["code"] == "unknown_venue"


async def _cancel(http: httpx.AsyncClient, **scope: Any) -> list[dict[str, Any]]:
    answer = await http.post(CANCEL_ALL, json=scope)
    assert answer.status_code == 202, answer.text
    orders: list[dict[str, Any]] = answer.json()["orders"]
    return orders
