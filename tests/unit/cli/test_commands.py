"""What the commands ask of the API, and what they show of its answers."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.scripted_api import ScriptedApi
from tests.unit.cli.conftest import Odum

ORDERS = "/api/live/orders"
SPOT = "BTCUSDT.BINANCE_SPOT"


def order(status: str = "FILLED", events: int = 2) -> dict[str, Any]:
    names = ("OrderReceived", "OrderRouted", "VenueAccepted", "FillBooked")
    return {
        "order_id": "o1",
        "strategy_id": "demo",
        "client_order_id": "c1",
        "instrument_id": SPOT,
        "venue": "BINANCE_SPOT",
        "side": "BUY",
        "order_type": "LIMIT",
        "quantity": "0.01",
        "price": "50000",
        "time_in_force": "GTC",
        "post_only": False,
        "reduce_only": False,
        "status": status,
        "filled_qty": "0.01",
        "avg_px": "49999.5",
        "reason": None,
        "fills": [],
        "events": [
            {
                "version": n + 1,
                "name": names[n],
                "detail": {"instrument_id": SPOT, "bid": None, "fill": {"fee": "0.1"}},
                "at": f"2026-01-02T03:04:05.67890{n}+00:00",
            }
            for n in range(events)
        ],
    }


def test_submit_sends_what_was_said(odum: Odum, api: ScriptedApi) -> None:
    api.answers[f"POST {ORDERS}"] = (201, order())
    outcome = odum(
        *("order", "submit", SPOT, "sell", "0.01", "--price", "50000", "--tif", "ioc"),
        *("--reduce-only", "--id", "c1", "--strategy", "s1", "--send-within-ms", "500"),
        *("--wait-ms", "100", "--url", api.url, "--api-key", "k1"),
    )
    assert outcome.code == 0
    asked = api.asked[0]
    assert asked.query == {"wait_ms": "100"}
    assert asked.api_key == "k1"
    assert asked.body == {
        "strategy_id": "s1",
        "client_order_id": "c1",
        "instrument_id": SPOT,
        "side": "SELL",
        "order_type": "LIMIT",
        "quantity": "0.01",
        "price": "50000",
        "time_in_force": "IOC",
        "reduce_only": True,
        "send_within_ms": 500,
    }


def test_a_pair_goes_to_the_best_venue_at_the_market(odum: Odum, api: ScriptedApi) -> None:
    api.answers[f"POST {ORDERS}"] = (201, order())
    odum("order", "submit", "BTC/USDT", "BUY", "1", "--url", api.url)
    odum("order", "submit", "BTC/USDT", "BUY", "1", "--url", api.url)
    first, second = (asked.body for asked in api.asked)
    assert first["pair"] == "BTC/USDT"
    assert "instrument_id" not in first
    assert first["order_type"] == "MARKET"
    # Two commands are two orders; only --id makes the second the same one.
    assert first["client_order_id"] != second["client_order_id"]


def test_show_prints_the_order_and_its_life(odum: Odum, api: ScriptedApi) -> None:
    api.answers[f"GET {ORDERS}/o1"] = (200, order())
    lines = odum("order", "show", "o1", "--url", api.url).out.splitlines()
    assert lines[0].split(None, 1) == ["order", f"BUY 0.01 {SPOT} LIMIT 50000 GTC"]
    assert any(line.split() == ["status", "FILLED"] for line in lines)
    assert lines[-1] == "03:04:05.678  OrderRouted  fee=0.1"


def test_an_id_is_one_segment_of_the_path(odum: Odum, api: ScriptedApi) -> None:
    odum("order", "show", "../status?x=1", "--url", api.url)
    assert api.asked[0].path == f"{ORDERS}/..%2Fstatus%3Fx%3D1"


def test_list_passes_filters_and_shows_the_way_on(odum: Odum, api: ScriptedApi) -> None:
    api.answers[f"GET {ORDERS}"] = (200, {"orders": [order()], "next_cursor": "abc"})
    words = ("order", "list", "--status", "filled", "--venue", "BINANCE_SPOT", "--cursor", "x")
    outcome = odum(*words, "--attention", "--limit", "1", "--url", api.url)
    assert api.asked[0].query == {
        "status": "FILLED",
        "venue": "BINANCE_SPOT",
        "limit": "1",
        "attention": "true",
        "cursor": "x",
    }
    assert outcome.out.splitlines()[-1] == "more: --cursor abc"


def test_watch_prints_each_event_once_until_the_end(odum: Odum, api: ScriptedApi) -> None:
    api.answers[f"GET {ORDERS}/o1"] = [
        (200, order("SUBMITTING", 1)),
        (200, order("ACCEPTED", 3)),
        (200, order("ACCEPTED", 3)),
        (200, order("FILLED", 4)),
    ]
    outcome = odum("order", "watch", "o1", "--json", "--url", api.url)
    versions = [json.loads(line)["version"] for line in outcome.out.splitlines()]
    assert versions == [1, 2, 3, 4]


def test_cancel_and_resolve(odum: Odum, api: ScriptedApi) -> None:
    api.answers[f"POST {ORDERS}/o1/cancel"] = (202, order("ACCEPTED"))
    api.answers[f"POST {ORDERS}/o1/resolve"] = (204, b"")
    assert odum("order", "cancel", "o1", "--url", api.url).code == 0
    assert odum("order", "resolve", "o1", "retry", "--reason", "up", "--url", api.url).code == 0
    assert api.asked[1].body == {"decision": "retry", "reason": "up"}


def test_an_anomaly_is_settled_with_a_reason(odum: Odum, api: ScriptedApi) -> None:
    api.answers[f"POST {ORDERS}/o1/acknowledge"] = (200, order("CANCELED"))
    asked = odum("order", "acknowledge", "o1", "--reason", "booked by hand", "--url", api.url)
    assert asked.code == 0
    assert api.asked[0].body == {"reason": "booked by hand"}


def test_positions(odum: Odum, api: ScriptedApi) -> None:
    position = {
        "instrument_id": SPOT,
        "account_id": "BINANCE_SPOT-main",
        "quantity": "0.01",
        "avg_px": None,
        "realized": "0",
        "fees": {"USDT": "0.1"},
        "fill_count": 1,
    }
    api.answers[f"GET /api/live/positions/{SPOT}"] = (200, {"positions": [position]})
    outcome = odum("positions", SPOT, "--url", api.url)
    header, row = outcome.out.splitlines()
    assert header.split()[0] == "instrument_id"
    assert row.split(None, 4)[:4] == [SPOT, "BINANCE_SPOT-main", "0.01", "-"]

    position["avg_px"] = "190.1783333333333333333333333"
    assert odum("positions", SPOT, "--url", api.url).out.splitlines()[1].split()[3] == (
        "190.178333333"
    )
    assert odum("positions", SPOT, "--json", "--url", api.url).document == {"positions": [position]}


def test_trading_stop_needs_a_reason(odum: Odum, api: ScriptedApi) -> None:
    assert odum("trading", "stop", "--url", api.url).code == 2
    api.answers["POST /api/live/stop"] = (200, {"running": False, "reason": "storm"})
    outcome = odum("trading", "stop", "storm", "--url", api.url)
    assert api.asked[0].body == {"reason": "storm"}
    assert "storm" in outcome.out


def test_address_and_key_come_from_the_running_stack(
    odum: Odum, api: ScriptedApi, home: Path
) -> None:
    (home / "run").mkdir()
    (home / "run" / "stack.json").write_text(json.dumps({"urls": {"api": api.url}}))
    (home / "api_key").write_text("generated-key\n")
    api.answers[f"GET {ORDERS}/o1"] = (200, order())
    assert odum("order", "show", "o1").code == 0
    assert api.asked[0].api_key == "generated-key"


def test_the_environment_comes_before_the_running_stack(
    odum: Odum, api: ScriptedApi, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "api_key").write_text("generated-key\n")
    monkeypatch.setenv("ODUM_URL", api.url)
    monkeypatch.setenv("ODUM_API_KEY", "my-key")
    api.answers[f"GET {ORDERS}/o1"] = (200, order())
    assert odum("order", "show", "o1").code == 0
    assert api.asked[0].api_key == "my-key"


def test_status_of_an_api_elsewhere(odum: Odum, api: ScriptedApi) -> None:
    venue = {"venue": "BINANCE_SPOT", "account_id": "a", "connected": True}
    answer = {"mode": "paper", "trading": {"running": True}, "venues": [venue]}
    api.answers["GET /api/live/status"] = (200, answer)
    outcome = odum("status", "--url", api.url)
    assert outcome.code == 0
    assert "trading.running  yes" in outcome.out
    assert odum("status", "--url", api.url, "--json").document["processes"] == []


def test_the_prices_say_what_kind_of_order_it_is(odum: Odum, api: ScriptedApi) -> None:
    api.answers[f"POST {ORDERS}"] = (201, order())
    said = {
        "STOP_MARKET": ("--trigger", "95"),
        "STOP_LIMIT": ("--trigger", "95", "--price", "94"),
        "TRAILING_STOP_MARKET": ("--trail", "2"),
        "TAKE_PROFIT_MARKET": ("--type", "take_profit_market", "--trigger", "105"),
    }
    for words in said.values():
        assert odum("order", "submit", SPOT, "sell", "1", *words, "--url", api.url).code == 0

    assert [asked.body["order_type"] for asked in api.asked] == list(said)
    assert api.asked[2].body["trailing_offset_type"] == "PRICE"


def test_an_order_that_ends_at_a_time_is_good_till_date(odum: Odum, api: ScriptedApi) -> None:
    api.answers[f"POST {ORDERS}"] = (201, order())
    words = ("--price", "9", "--expire-at", "2030-01-01T00:00:00Z", "--display", "0.1")
    odum("order", "submit", SPOT, "sell", "1", *words, "--url", api.url)

    body = api.asked[0].body
    assert (body["time_in_force"], body["display_qty"]) == ("GTD", "0.1")


def test_amend_sends_only_the_new_terms(odum: Odum, api: ScriptedApi) -> None:
    answer = {"amend_id": "a1", "outcome": "TAKEN", "order": order("ACCEPTED")}
    api.answers[f"POST {ORDERS}/o1/amend"] = (200, answer)
    outcome = odum("order", "amend", "o1", "--price", "9", "--id", "a1", "--url", api.url)

    assert api.asked[0].body == {"amend_id": "a1", "price": "9"}
    assert outcome.code == 0
    assert "TAKEN" in outcome.out


def test_cancel_all_sends_its_scope_and_counts(odum: Odum, api: ScriptedApi) -> None:
    canceled = {"order_id": "o1", "status": "ACCEPTED", "strategy_id": "s", "instrument_id": SPOT}
    answer = {"orders": [canceled], "order_lists": ["l1"]}
    api.answers[f"POST {ORDERS}/cancel-all"] = (202, answer)
    outcome = odum("order", "cancel-all", "--strategy", "s", "--url", api.url)
    odum("order", "cancel-all", "--all", "--url", api.url)
    scope = ("--venue", "binance_spot", "--instrument", SPOT.lower())
    odum("order", "cancel-all", *scope, "--url", api.url)

    assert [asked.body for asked in api.asked] == [
        {"strategy_id": "s"},
        {"all": True},
        {"venue": "BINANCE_SPOT", "instrument_id": SPOT},
    ]
    assert "1 orders, 1 order lists" in outcome.out


def test_a_bracket_is_said_leg_by_leg(odum: Odum, api: ScriptedApi) -> None:
    known = {"list_id": "l1", "kind": "BRACKET", "status": "RECEIVED", "notes": []}
    api.answers["POST /api/live/order-lists"] = (201, known)
    outcome = odum(
        *("order-list", "submit", SPOT, "buy", "1", "--entry", "LIMIT price=100", "--id", "b1"),
        *("--take-profit", "limit price=103", "--stop-loss", "STOP_MARKET trigger_price=98"),
        *("--url", api.url),
    )
    assert outcome.code == 0
    assert api.asked[0].body == {
        "strategy_id": "demo",
        "client_list_id": "b1",
        "kind": "BRACKET",
        "instrument_id": SPOT,
        "side": "BUY",
        "quantity": "1",
        "entry": {"order_type": "LIMIT", "price": "100"},
        "take_profit": {"order_type": "LIMIT", "price": "103"},
        "stop_loss": {"order_type": "STOP_MARKET", "trigger_price": "98"},
    }


def test_a_leg_that_is_not_said_as_terms_is_refused(odum: Odum, api: ScriptedApi) -> None:
    legs = ("--take-profit", "LIMIT 103", "--stop-loss", "STOP_MARKET trigger_price=98")
    outcome = odum("order-list", "submit", SPOT, "sell", "1", *legs, "--url", api.url)

    assert outcome.code == 2
    assert not api.asked
