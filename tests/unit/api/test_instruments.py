"""One registry over all venues."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from db.market import MarketData
from domain.instruments import InstrumentKind
from tests.support.live_api import INSTRUMENTS, LiveApi, instrument

PATH = "/api/live/instruments"
BITCOIN, ETHER, PERPETUAL = INSTRUMENTS
ELSEWHERE = replace(
    instrument("BTC-USDT.OKX", InstrumentKind.SPOT, "BTC"), symbol="BTC-USDT", tick=Decimal("0.1")
)
DATED = replace(
    instrument("BTC-27DEC30.DERIBIT", InstrumentKind.FUTURE, "BTC"),
    quote="USD",
    settlement="BTC",
    inverse=True,
    expires_at=datetime.now(UTC) + timedelta(days=400),
)
OVER = replace(
    DATED,
    instrument_id="BTC-27DEC19.DERIBIT",
    expires_at=datetime(2019, 12, 27, 8, tzinfo=UTC),
)
STOCK = replace(
    instrument("AAPL.IB", InstrumentKind.STOCK, "AAPL"),
    quote="USD",
    settlement="USD",
    trading_hours="US/Eastern 20301227:0930-20301227:1600",
)
LISTED = (*INSTRUMENTS, ELSEWHERE, DATED, OVER, STOCK)


@pytest.fixture(autouse=True)
async def _listed(api: LiveApi) -> AsyncIterator[None]:
    """These and no others; the database is everybody's, so they go away again."""
    await api.pool.execute("DELETE FROM instruments")
    await MarketData(api.pool).save_instruments(LISTED)
    yield
    await api.pool.execute("DELETE FROM instruments")


async def ids(api: LiveApi, **query: Any) -> list[str]:
    answer = await api.http.get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    return [one["instrument_id"] for one in answer.json()["instruments"]]


async def test_all_venues_are_in_one_list_without_what_has_expired(api: LiveApi) -> None:
    wanted = sorted(one.instrument_id for one in LISTED if one is not OVER)
    assert await ids(api) == wanted


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"venue": "BINANCE_SPOT"}, [BITCOIN, ETHER]),
        ({"kind": "SPOT", "pair": "BTC/USDT"}, [ELSEWHERE, BITCOIN]),
        ({"base": "ETH"}, [ETHER]),
        ({"quote": "USD"}, [STOCK, DATED]),
        ({"kind": "PERPETUAL", "base": "BTC", "quote": "USDT"}, [PERPETUAL]),
        ({"venue": "NOWHERE"}, []),
    ],
)
async def test_filters_narrow_the_list(
    api: LiveApi, query: dict[str, str], wanted: list[Any]
) -> None:
    assert await ids(api, **query) == [one.instrument_id for one in wanted]


async def test_pages_follow_each_other_without_gap_or_repetition(api: LiveApi) -> None:
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await api.http.get(PATH, params=query)).json()
        seen += [one["instrument_id"] for one in page["instruments"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == await ids(api)


async def test_an_instrument_says_what_an_order_must_keep_to(api: LiveApi) -> None:
    dated = (await api.http.get(f"{PATH}/{DATED.instrument_id}")).json()
    stock = (await api.http.get(f"{PATH}/{STOCK.instrument_id}")).json()
    spot = (await api.http.get(f"{PATH}/{ELSEWHERE.instrument_id}")).json()

    assert DATED.expires_at is not None
    assert datetime.fromisoformat(dated.pop("expires_at")) == DATED.expires_at
    assert dated == {
        "instrument_id": "BTC-27DEC30.DERIBIT",
        "venue": "DERIBIT",
        "symbol": "BTC-27DEC30",
        "kind": "FUTURE",
        "pair": "BTC/USD",
        "base": "BTC",
        "quote": "USD",
        "settlement": "BTC",
        "inverse": True,
        "multiplier": "1",
        "tick": "0.01",
        "lot": "0.00001",
        "min_qty": "0.00001",
        "max_qty": "9000",
        "min_notional": "5",
        "taker_fee": "0.001",
        "buy_fee_currency": "BTC",
        "sell_fee_currency": "BTC",
        "trading_hours": None,
    }
    assert stock["trading_hours"] == STOCK.trading_hours
    assert (spot["pair"], spot["tick"]) == ("BTC/USDT", "0.1")
    assert (spot["buy_fee_currency"], spot["sell_fee_currency"]) == ("BTC", "USDT")


async def test_what_a_venue_changes_is_seen(api: LiveApi) -> None:
    assert await ids(api, venue="OKX") == ["BTC-USDT.OKX"]
    await MarketData(api.pool).save_instruments([replace(ELSEWHERE, tick=Decimal("0.5"))])
    api.services.instruments._loaded_at -= 60

    known = (await api.http.get(f"{PATH}/BTC-USDT.OKX")).json()
    assert known["tick"] == "0.5"


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "CFD"},
        {"limit": 0},
        {"limit": 1001},
        {"pair": "BTCUSDT"},
        {"venue": "a b"},
        {"cursor": "é"},
        {"cursor": "/w=="},
    ],
)
async def test_a_filter_that_means_nothing_is_refused(api: LiveApi, query: dict[str, Any]) -> None:
    answer = await api.http.get(PATH, params=query)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_an_unknown_instrument_is_no_instrument(api: LiveApi) -> None:
    answer = await api.http.get(f"{PATH}/NOTHING.OKX")
    assert (answer.status_code, answer.json()["code"]) == (404, "instrument_not_found")


async def test_the_registry_is_for_callers_with_a_key(api: LiveApi) -> None:
    answer = await api.http.get(PATH, headers={"X-API-Key": "wrong"})
    assert answer.status_code == 401
