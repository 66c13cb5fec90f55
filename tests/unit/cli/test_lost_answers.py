"""An answer that did not arrive: the order may live, and the way on must not be a second one."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.engines import free_port
from tests.support.scripted_api import ScriptedApi
from tests.unit.cli.conftest import Odum
from workers.home import PROJECT_ROOT

SPOT = "BTCUSDT.BINANCE_SPOT"
ORDERS = "/api/live/orders"
LEGS = ("--take-profit", "LIMIT price=103", "--stop-loss", "STOP_MARKET trigger_price=98")
SENT = {
    "client_order_id": ("order", "submit", SPOT, "buy", "1"),
    "amend_id": ("order", "amend", "o1", "--price", "9"),
    "client_list_id": ("order-list", "submit", SPOT, "sell", "1", *LEGS),
}


@contextmanager
def hears_and_hangs_up() -> Iterator[tuple[str, list[bytes]]]:
    """An API that dies between the request and its answer: its URL, and what it heard."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    heard.append(whole_request(connection))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", heard
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def whole_request(connection: socket.socket) -> bytes:
    request = b""
    while not request.endswith(b"}"):  # the end of its JSON
        request += connection.recv(65536)
    return request


def sent_ids(heard: list[bytes], id_field: str) -> list[str]:
    return [json.loads(request.partition(b"\r\n\r\n")[2])[id_field] for request in heard]


@pytest.mark.parametrize("id_field", SENT)
def test_the_error_names_the_id_under_which_to_ask_again(odum: Odum, id_field: str) -> None:
    with hears_and_hangs_up() as (url, heard):
        lost = odum(*SENT[id_field], "--url", url)
        named = re.search(r"--id (cli-\w+)", lost.err)
        assert named is not None, lost.err
        again = odum(*SENT[id_field], "--url", url, "--id", named[1])

    assert (lost.code, again.code) == (7, 7)
    assert "may have been taken" in lost.err
    assert "odum up" not in lost.err
    assert set(sent_ids(heard, id_field)) == {named[1]}


@pytest.mark.parametrize("id_field", SENT)
def test_programs_get_the_id_in_the_document(odum: Odum, id_field: str) -> None:
    with hears_and_hangs_up() as (url, heard):
        document = odum(*SENT[id_field], "--url", url, "--json").document

    assert document["outcome"] == "unknown"
    assert document["exit_code"] == 7
    assert [document[id_field]] == sent_ids(heard, id_field)


@pytest.mark.parametrize(
    ("status", "answer", "code"),
    [
        (502, b"<html>Bad Gateway</html>", 7),
        (504, b"", 7),
        (500, {"code": "internal_error", "detail": "Something unforeseen happened."}, 1),
        (503, {"code": "temporal_unavailable", "detail": "Send the same request again."}, 7),
    ],
)
def test_an_answer_that_says_nothing_of_the_order_is_as_good_as_none(
    odum: Odum, api: ScriptedApi, status: int, answer: object, code: int
) -> None:
    api.answers[f"POST {ORDERS}"] = (status, answer)
    outcome = odum("order", "submit", SPOT, "buy", "1", "--url", api.url)

    assert outcome.code == code
    assert f"--id {api.asked[0].body['client_order_id']}" in outcome.err


@pytest.mark.parametrize(
    ("status", "problem"),
    [(422, {"code": "quantity_off_lot"}), (409, {"code": "trading_stopped"})],
)
def test_a_refusal_is_certain(
    odum: Odum, api: ScriptedApi, status: int, problem: dict[str, str]
) -> None:
    api.answers[f"POST {ORDERS}"] = (status, {"detail": "No.", **problem})
    assert "--id" not in odum("order", "submit", SPOT, "buy", "1", "--url", api.url).err


def test_what_was_never_sent_is_certain_too(odum: Odum) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    outcome = odum("order", "submit", SPOT, "buy", "1", "--url", url)
    assert outcome.code == 7
    assert "--id" not in outcome.err


def test_who_waits_no_longer_is_told_the_id(tmp_path: Path) -> None:
    """Ctrl-C while the API is silent."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        # Whoever runs the tests in the background has SIGINT ignored, and children inherit that.
        script = (
            "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
            "from workers.cli import main; main()"
        )
        with subprocess.Popen(
            [sys.executable, "-c", script, "order", "submit", SPOT, "buy", "1", "--url", url],
            cwd=PROJECT_ROOT,
            env={**os.environ, "ODUM_HOME": str(tmp_path)},
            stderr=subprocess.PIPE,
            text=True,
        ) as waiting:
            connection, _ = silent.accept()
            with connection:
                request = whole_request(connection)
                # A signal just before the call that waits would be heard only after it.
                time.sleep(0.5)
                waiting.send_signal(signal.SIGINT)
                _, said = waiting.communicate(timeout=20)

    assert waiting.returncode == 130
    assert f"--id {sent_ids([request], 'client_order_id')[0]}" in said
