"""`odum` on the running stack: what a person or a script on this machine does with it."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from console.cli.errors import ExitCode
from tests.support.engines import free_port
from tests.support.stack import BENCH_KEY, ODUM, PaperStack

SPOT = "BTCUSDT.BINANCE_SPOT"
NO_SUCH_ORDER = "o" + "2" * 23


def answered(stack: PaperStack, *words: str, exit_code: ExitCode = ExitCode.OK) -> Any:
    """The JSON that the command prints, when it ends with this exit code."""
    done = stack.odum(*words, "--json")
    assert done.returncode == exit_code, f"{words}: {done.stdout}{done.stderr}"
    return json.loads(done.stdout)


def printed(stack: PaperStack, *words: str) -> str:
    """What the command prints for people."""
    done = stack.odum(*words)
    assert done.returncode == ExitCode.OK, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout


def working_order(stack: PaperStack) -> str:
    order = answered(stack, "order", "submit", SPOT, "buy", "0.02", "--price", "99000")
    assert order["status"] == "ACCEPTED"
    order_id: str = order["order_id"]
    return order_id


def test_an_order_is_submitted_shown_listed_and_canceled(stack: PaperStack) -> None:
    order_id = working_order(stack)

    shown = answered(stack, "order", "show", order_id)
    listed = answered(stack, "order", "list", "--status", "accepted", "--venue", "BINANCE_SPOT")
    canceled = answered(stack, "order", "cancel", order_id)

    assert (shown["order_id"], shown["price"]) == (order_id, "99000")
    assert order_id in [order["order_id"] for order in listed["orders"]]
    assert canceled["cancel_requested_at"] is not None


def test_watch_tells_each_event_as_it_happens_until_the_end(stack: PaperStack) -> None:
    order_id = working_order(stack)

    with subprocess.Popen(
        [ODUM, "order", "watch", order_id, "--json"],
        env=stack.env,
        stdout=subprocess.PIPE,
        text=True,
    ) as watching:
        assert watching.stdout is not None
        names = [next_event(watching.stdout) for _ in range(5)]
        assert names[-1] == "VenueAccepted"
        answered(stack, "order", "cancel", order_id)
        names = [json.loads(line)["name"] for line in watching.stdout]

    assert names[0] == "CancelRequested"
    assert "VenueCanceled" in names
    assert watching.returncode == ExitCode.OK


def next_event(lines: Any) -> str:
    name: str = json.loads(next(lines))["name"]
    return name


def test_an_order_for_the_best_venue_is_shown_with_its_fills(stack: PaperStack) -> None:
    order = answered(stack, "order", "submit", "BTC/USDT", "sell", "0.02")

    said = printed(stack, "order", "watch", order["order_id"])

    assert "RiskApproved" in said
    assert f"SELL 0.02 {SPOT} MARKET" in said
    assert "FILLED" in said
    assert "fills" in said


def test_positions_are_those_of_the_api(stack: PaperStack) -> None:
    (position,) = answered(stack, "positions", SPOT)["positions"]

    table = printed(stack, "positions")

    row = next(line for line in table.splitlines() if line.startswith(SPOT))
    assert row.split()[:3] == [SPOT, "BINANCE_SPOT-main", position["quantity"]]


def test_status_shows_processes_and_venues(stack: PaperStack) -> None:
    status = answered(stack, "status")

    assert status["problem"] is None
    assert all(venue["connected"] for venue in status["api"]["venues"])
    assert {row["name"]: row["state"] for row in status["processes"]} == {
        "supervisor": "running",
        **dict.fromkeys(("postgres", "temporal", "simulators", "gateway", "nautilus"), "ready"),
    }
    assert "BINANCE_FUTURES" in printed(stack, "status")


def test_doctor_finds_nothing_wrong(stack: PaperStack) -> None:
    report = answered(stack, "doctor")

    assert report["ok"]
    assert {"database", "temporal", "api"} <= {f["subject"] for f in report["findings"]}
    assert "PROBLEM" not in printed(stack, "doctor")


@pytest.mark.parametrize(
    ("words", "exit_code", "code"),
    [
        (("order", "submit", SPOT, "buy", "0"), ExitCode.BAD_INPUT, "not_positive"),
        (("order", "show", NO_SUCH_ORDER), ExitCode.NOT_FOUND, "order_not_found"),
        (
            ("order", "submit", "ETHUSDT.BINANCE_SPOT", "buy", "51"),
            ExitCode.REFUSED_BY_RISK,
            "risk_denied",
        ),
        (
            ("positions", "--api-key", "not-a-key-0123456789"),
            ExitCode.NOT_AUTHENTICATED,
            "invalid_api_key",
        ),
        (
            ("trading", "stop", "no", "--api-key", BENCH_KEY),
            ExitCode.NOT_AUTHENTICATED,
            "operator_only",
        ),
    ],
)
def test_failures_end_with_the_exit_code_of_their_class(
    stack: PaperStack, words: tuple[str, ...], exit_code: ExitCode, code: str
) -> None:
    problem = answered(stack, *words, exit_code=exit_code)

    assert (problem["code"], problem["exit_code"]) == (code, exit_code)
    assert problem["detail"]


def test_a_finished_order_cannot_be_canceled(stack: PaperStack) -> None:
    order = answered(stack, "order", "submit", SPOT, "buy", "0.02")
    printed(stack, "order", "watch", order["order_id"])

    problem = answered(stack, "order", "cancel", order["order_id"], exit_code=ExitCode.CONFLICT)

    assert problem["code"] == "order_finished"


def test_an_api_that_is_not_there_is_unavailable(stack: PaperStack) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"

    said = stack.odum("positions", "--url", nowhere)

    assert said.returncode == ExitCode.UNAVAILABLE
    assert nowhere in said.stderr
