"""A port in use is told in one sentence: which, for what, who holds it, how to move it."""

import os
import socket
from collections.abc import Iterator

import pytest

from tests.support.engines import free_port
from workers.stack.errors import PortInUse, StackError
from workers.stack.ports import Port, require_free


@pytest.fixture
def listening_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_free_ports_pass() -> None:
    require_free([Port(free_port(), "the API", "ODUM_API_PORT")])


def test_port_in_use_names_port_purpose_holder_and_variable(listening_port: int) -> None:
    with pytest.raises(PortInUse) as refused:
        require_free([Port(listening_port, "the API", "ODUM_API_PORT")])
    sentence = str(refused.value)
    assert f"Port {listening_port}" in sentence
    assert "the API" in sentence
    assert f"(pid {os.getpid()})" in sentence
    assert "set ODUM_API_PORT" in sentence
    assert "\n" not in sentence


def test_one_port_for_two_purposes_is_refused() -> None:
    number = free_port()
    with pytest.raises(PortInUse, match=r"both PostgreSQL and Temporal; set ODUM_TEMPORAL_PORT"):
        require_free(
            [
                Port(number, "PostgreSQL", "ODUM_POSTGRES_PORT"),
                Port(number, "Temporal", "ODUM_TEMPORAL_PORT"),
            ]
        )


def test_an_address_of_ipv6_is_looked_at_as_one() -> None:
    with socket.socket(socket.AF_INET6) as server:
        try:
            server.bind(("::1", 0))
        except OSError:
            pytest.skip("this machine speaks no IPv6")
        server.listen()
        number = server.getsockname()[1]
        with pytest.raises(PortInUse, match=f"Port {number}"):
            require_free([Port(number, "the API", "ODUM_API_PORT", "::1")])
        with pytest.raises(PortInUse, match=f"Port {number}"):
            require_free([Port(number, "the API", "ODUM_API_PORT", "::")])
        require_free([Port(number, "the API", "ODUM_API_PORT", "127.0.0.1")])


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_a_host_that_is_not_here_is_one_sentence(host: str) -> None:
    with pytest.raises(StackError, match=r"the API cannot listen on .* in the profile") as refused:
        require_free([Port(free_port(), "the API", "ODUM_API_PORT", host)])
    assert host in str(refused.value)


def test_a_port_that_was_just_closed_is_free() -> None:
    """After a restart the old connections linger in TIME_WAIT; they must not block the start."""
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", 0))
        server.listen()
        number = server.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", number))
        accepted, _ = server.accept()
        accepted.close()
        client.close()
    require_free([Port(number, "the API", "ODUM_API_PORT")])
