"""Scripts branch on exit codes; people read one sentence; programs read the problem document."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.engines import free_port
from tests.support.scripted_api import ScriptedApi
from tests.unit.cli.conftest import Odum
from workers.home import PROJECT_ROOT

SHOW = "GET /api/live/orders/o1"


@pytest.mark.parametrize(
    ("status", "problem", "code"),
    [
        (400, {"code": "malformed_body"}, 2),
        (422, {"code": "quantity_off_lot"}, 2),
        (413, {"code": "body_too_large"}, 2),
        (404, {"code": "order_not_found"}, 3),
        (422, {"code": "risk_denied", "rule": "max_order_size"}, 4),
        (409, {"code": "client_order_id_reused"}, 5),
        (401, {"code": "invalid_api_key"}, 6),
        (403, {"code": "operator_only"}, 6),
        (503, {"code": "temporal_unavailable"}, 7),
        (500, {"code": "internal_error"}, 1),
    ],
)
def test_each_class_of_failure_has_its_exit_code(
    odum: Odum, api: ScriptedApi, status: int, problem: dict[str, str], code: int
) -> None:
    document = {"detail": "It went wrong; do this.", **problem}
    api.answers[SHOW] = (status, document)
    outcome = odum("order", "show", "o1", "--url", api.url)
    assert outcome.code == code
    assert outcome.out == ""
    assert outcome.err.startswith("It went wrong; do this. (")
    assert problem["code"] in outcome.err


def test_a_refusal_by_risk_says_rule_limit_and_value(odum: Odum, api: ScriptedApi) -> None:
    problem = {
        "code": "risk_denied",
        "detail": "The order is too large.",
        "rule": "max_order_size",
        "limit": "50",
        "value": "51",
    }
    api.answers["POST /api/live/orders"] = (422, problem)
    outcome = odum("order", "submit", "BTCUSDT.BINANCE_SPOT", "buy", "51", "--url", api.url)
    assert outcome.code == 4
    assert outcome.err == (
        "The order is too large. (rule max_order_size, limit 50, value 51, code risk_denied)\n"
    )


def test_several_faults_are_all_told(odum: Odum, api: ScriptedApi) -> None:
    faults = [
        {"path": "quantity", "code": "not_positive", "message": "must be above zero"},
        {"path": "price", "code": "price_required", "message": "a LIMIT order needs a price"},
    ]
    problem = {"code": "not_positive", "detail": "quantity: must be above zero", "errors": faults}
    api.answers[SHOW] = (422, problem)
    lines = odum("order", "show", "o1", "--url", api.url).err.splitlines()
    assert lines[1:] == [
        "  quantity: must be above zero",
        "  price: a LIMIT order needs a price",
    ]


def test_with_json_the_problem_document_is_what_is_printed(odum: Odum, api: ScriptedApi) -> None:
    api.answers[SHOW] = (404, {"code": "order_not_found", "detail": "There is no such order."})
    outcome = odum("order", "show", "o1", "--url", api.url, "--json")
    assert outcome.code == 3
    assert outcome.document["code"] == "order_not_found"
    assert outcome.document["exit_code"] == 3
    assert outcome.err == ""


def test_no_api_at_the_address(odum: Odum) -> None:
    outcome = odum("positions", "--url", f"http://127.0.0.1:{free_port()}")
    assert outcome.code == 7
    assert "does not answer" in outcome.err
    assert "odum up" in outcome.err


def test_no_stack_on_this_machine(odum: Odum, home: Path) -> None:
    outcome = odum("order", "list")
    assert outcome.code == 7
    assert str(home) in outcome.err


@pytest.mark.parametrize(
    "words",
    [
        ("order", "submit"),
        ("order", "submit", "BTCUSDT.BINANCE_SPOT", "sideways", "1"),
        ("order", "resolve", "o1", "perhaps"),
        ("order", "list", "--limit", "0"),
        ("nonsense",),
        ("positions", "--url", "ftp://x"),
    ],
)
def test_wrong_usage_asks_nothing(odum: Odum, api: ScriptedApi, words: tuple[str, ...]) -> None:
    outcome = odum(*words)
    assert outcome.code == 2
    assert outcome.err
    assert api.asked == []


@pytest.mark.parametrize(
    "words",
    [
        ("order", "submit"),
        ("order", "submit", "BTCUSDT.BINANCE_SPOT", "sideways", "1"),
        ("order", "list", "--limit", "0"),
        ("nonsense",),
        ("order", "submit", "X.Y", "buy", "1", "--no-such-option"),
        ("positions", "--url", "http://[::1"),
        ("positions", "--url", "http://h:99999"),
        ("positions", "--url", "http://a b:1"),
        ("positions", "--url", "http://h:1/a b"),
        ("positions", "--url", "http://h:1/a\tb"),
        ("positions", "--url", "http://h:1/ü"),
        ("order", "show", "o\udcff1", "--url", "http://127.0.0.1:1"),
        ("order", "list", "--strategy", "s\udcff1", "--url", "http://127.0.0.1:1"),
        ("positions", "--url", "http://127.0.0.1:1", "--api-key", "a\nb"),
        ("positions", "--url", "http://127.0.0.1:1", "--api-key", "schlüssel-日本"),
        ("order-list", "submit", "X.Y", "buy", "1", "--take-profit", "", "--stop-loss", "x"),
    ],
)
def test_with_json_wrong_usage_is_a_document_too(odum: Odum, words: tuple[str, ...]) -> None:
    outcome = odum(*words, "--json")
    assert (outcome.code, outcome.document["exit_code"]) == (2, 2)
    assert outcome.document["detail"]
    assert outcome.err == ""


def test_a_host_that_cannot_be_one_is_not_reached(odum: Odum) -> None:
    outcome = odum("positions", "--url", f"http://{'ü' * 80}.example")
    assert outcome.code == 7
    assert "does not answer" in outcome.err


def test_a_key_file_of_other_bytes_is_no_key(odum: Odum, api: ScriptedApi, home: Path) -> None:
    (home / "api_key").write_bytes(b"\xff\xfe\x00")
    api.answers["GET /api/live/positions"] = (200, {"positions": []})
    assert odum("positions", "--url", api.url).code == 0
    assert api.asked[0].api_key is None


def test_what_nobody_foresaw_is_one_sentence(odum: Odum, api: ScriptedApi) -> None:
    api.answers["GET /api/live/positions"] = (200, {"positions": [7]})
    outcome = odum("positions", "--url", api.url)
    assert outcome.code == 1
    assert len(outcome.err.splitlines()) == 1
    assert "please report it" in outcome.err


def test_a_file_that_cannot_be_written_is_named(odum: Odum, home: Path) -> None:
    (home / "run").write_text("a file where a folder should be")
    outcome = odum("down", "--json")
    assert outcome.code == 1
    assert str(home / "run") in outcome.document["detail"]


def test_something_else_than_our_api(odum: Odum, api: ScriptedApi) -> None:
    api.answers[SHOW] = (200, b"<html>")
    outcome = odum("order", "show", "o1", "--url", api.url)
    assert outcome.code == 1
    assert "is this the API?" in outcome.err


def test_a_command_that_speaks_http_does_not_load_the_engines() -> None:
    """What makes `odum order show` quick."""
    script = (
        "import sys; from workers.cli import main; sys.argv = ['odum', 'order', '--help']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({name.split('.')[0] for name in sys.modules}))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(run.stdout.splitlines()[-1].replace("'", '"')))
    heavy = {"temporalio", "asyncpg", "sqlalchemy", "fastapi", "nautilus_trader", "httpx", "psutil"}
    assert not loaded & heavy
