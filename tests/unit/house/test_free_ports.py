"""The ports that tests give to their servers, which listen on them a while later."""

import socket
import subprocess
import sys

from tests.support.engines import free_port

_TAKE = "from tests.support import engines; engines._PORTS = {}; print(engines.free_port())"


def test_a_port_is_given_to_nobody_else_here_or_in_another_process() -> None:
    ours = {free_port() for _ in range(50)}
    assert len(ours) == 50
    taken = subprocess.run(
        [sys.executable, "-c", _TAKE.format(sorted(ours))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "every port for tests is taken" in taken.stderr


def test_no_connection_is_given_one_of_them() -> None:
    with socket.socket() as client:
        client.bind(("127.0.0.1", 0))
        assert client.getsockname()[1] > free_port()
