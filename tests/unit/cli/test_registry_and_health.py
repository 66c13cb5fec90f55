"""`odum instruments` and the venues of `odum status`."""

from typing import Any

from tests.support.scripted_api import ScriptedApi
from tests.unit.cli.conftest import Odum

INSTRUMENTS = "/api/live/instruments"

SPOT = {
    "instrument_id": "BTC-USDT.OKX",
    "kind": "SPOT",
    "pair": "BTC/USDT",
    "settlement": "USDT",
    "tick": "0.1",
    "lot": "0.00000001",
    "min_qty": "0.00001",
    "min_notional": "0",
    "multiplier": "1",
    "inverse": False,
    "taker_fee": "0.001",
    "expires_at": None,
}


def venue(**changes: Any) -> dict[str, Any]:
    return {
        "venue": "OKX",
        "account_id": "OKX-main",
        "connected": True,
        "holder": "host:7",
        "last_message_age_ms": 20,
        "clock_offset_ms": -3.5,
        "rate_limits": [
            {"name": "weight", "used": 1, "limit": 6000, "per_s": 60.0},
            {"name": "orders", "used": 30, "limit": 60, "per_s": 2.0},
        ],
        "commands": 120,
        "errors": 2,
        "error_rate": 0.0167,
        "problems": [],
    } | changes


def test_instruments_are_listed_with_their_filters_and_the_way_on(
    odum: Odum, api: ScriptedApi
) -> None:
    api.answers[f"GET {INSTRUMENTS}"] = (200, {"instruments": [SPOT], "next_cursor": "abc"})
    words = ("instruments", "btc/usdt", "--kind", "spot", "--venue", "okx", "--limit", "1")
    lines = odum(*words, "--url", api.url).out.splitlines()

    assert api.asked[0].query == {
        "pair": "BTC/USDT",
        "kind": "SPOT",
        "venue": "OKX",
        "limit": "1",
    }
    assert lines[1].split()[:5] == ["BTC-USDT.OKX", "SPOT", "BTC/USDT", "USDT", "0.1"]
    assert lines[-1] == "more: --cursor abc"


def test_instruments_as_json_are_the_answer(odum: Odum, api: ScriptedApi) -> None:
    page = {"instruments": [SPOT], "next_cursor": None}
    api.answers[f"GET {INSTRUMENTS}"] = (200, page)
    assert odum("instruments", "--json", "--url", api.url).document == page


def test_status_shows_the_tightest_limit_and_the_errors_of_each_venue(
    odum: Odum, api: ScriptedApi
) -> None:
    venues = [venue(), venue(venue="IB", rate_limits=[], commands=0, errors=0, holder=None)]
    api.answers["GET /api/live/status"] = (200, {"mode": "paper", "venues": venues})
    lines = odum("status", "--url", api.url).out.splitlines()

    okx = next(line for line in lines if line.startswith("OKX"))
    assert okx.split() == ["OKX", "yes", "host:7", "20", "-3.5", "orders", "30/60", "2/120"]
    quiet = next(line for line in lines if line.startswith("IB"))
    assert quiet.split() == ["IB", "yes", "-", "20", "-3.5", "-", "-"]


def test_status_says_what_a_person_should_know_of_a_venue(odum: Odum, api: ScriptedApi) -> None:
    venues = [venue(problems=["OKX keeps long and short positions apart."]), venue(venue="IB")]
    api.answers["GET /api/live/status"] = (200, {"mode": "paper", "venues": venues})
    answer = odum("status", "--url", api.url)
    assert "OKX keeps long and short positions apart." in answer.err
