"""The life of a process as the supervisor and an operator see it: files, codes, log lines."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from workers.home import PROJECT_ROOT, ready_file
from workers.log_records import MASK

SERVES_UNTIL_STOPPED = """
    ready()
    await stop.wait()
"""
CRASHES = """
    ready()
    raise ZeroDivisionError("the last words")
"""
FINDS_NO_KEY = """
    from workers.stack.errors import UnusableState
    raise UnusableState("The file is empty; remove it.")
"""
FINDS_ANOTHER_MODE = """
    from db.installation import WrongMode
    raise WrongMode("this database holds the orders of mode 'paper'")
"""
LOGS_ITS_PASSWORD = """
    import logging
    password = settings.database.postgres.password.get_secret_value()
    logging.getLogger("x").info("connecting with %s", password, extra={"dsn": f"pg://{password}@h"})
"""


@contextmanager
def process(home: Path, body: str, **env: str) -> Iterator[subprocess.Popen[str]]:
    script = (
        "from workers.lifecycle import run_process\n"
        f"async def main(settings, stop, ready):{body}\n"
        "run_process('probe', main)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=PROJECT_ROOT,
        env={"ODUM_HOME": str(home), **env},
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        yield running
        running.kill()


def wait_ready(home: Path) -> Path:
    file = ready_file(home, "probe")
    deadline = time.monotonic() + 20
    while not file.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return file


def records(running: subprocess.Popen[str]) -> list[dict[str, Any]]:
    assert running.stdout is not None
    return [json.loads(line) for line in running.stdout]


def test_it_is_ready_when_it_says_so_and_stops_when_asked(tmp_path: Path) -> None:
    with process(tmp_path, SERVES_UNTIL_STOPPED) as running:
        assert int(wait_ready(tmp_path).read_text()) == running.pid
        running.send_signal(signal.SIGTERM)
        assert running.wait(10) == 0
        assert not ready_file(tmp_path, "probe").exists()
        messages = [record["message"] for record in records(running)]
    assert messages[-2:] == ["probe is ready", "probe stopped"]


def test_a_crash_is_one_clear_record_and_exit_code_1(tmp_path: Path) -> None:
    with process(tmp_path, CRASHES) as running:
        assert running.wait(20) == 1
        crash = records(running)[-1]
    assert crash["message"] == "probe crashed"
    assert crash["level"] == "error"
    assert crash["time"].endswith("+00:00")
    assert "ZeroDivisionError: the last words" in crash["error"]
    assert not ready_file(tmp_path, "probe").exists()


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (FINDS_NO_KEY, "The file is empty; remove it."),
        (FINDS_ANOTHER_MODE, "this database holds the orders of mode 'paper'"),
    ],
)
def test_state_that_cannot_be_used_is_one_sentence_without_a_traceback(
    found: str, sentence: str, tmp_path: Path
) -> None:
    with process(tmp_path, found) as running:
        assert running.wait(20) == 1
        refusal = records(running)[-1]
    assert refusal["message"] == f"probe cannot go on: {sentence}"
    assert "error" not in refusal


def test_a_wrong_profile_is_refused_with_exit_code_2(tmp_path: Path) -> None:
    profile = tmp_path / "profile.json"
    profile.write_text('{"mode": "paper", "mood": "good"}')
    with process(tmp_path, SERVES_UNTIL_STOPPED, ODUM_CONFIG=str(profile)) as running:
        assert running.wait(20) == 2
        refusal = records(running)[-1]
    assert "mood" in refusal["message"]


def test_no_secret_reaches_the_log(tmp_path: Path) -> None:
    secret = 'se"cret-of-the-database'
    with process(tmp_path, LOGS_ITS_PASSWORD, ODUM_POSTGRES_PASSWORD=secret) as running:
        assert running.wait(20) == 0
        lines = [json.dumps(record) for record in records(running)]
    leaked = next(line for line in lines if "connecting with" in line)
    assert leaked.count(MASK) == 2
    assert not any("cret-of-the-database" in line for line in lines)
