"""The ports of a stack: all of them free, or one sentence that says which is not and why."""

import errno
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psutil

from workers.stack.errors import PortInUse, StackError


@dataclass(frozen=True, slots=True)
class Port:
    """A port that the stack listens on, for whom, and the variable that moves it."""

    number: int
    purpose: str
    variable: str
    host: str = "127.0.0.1"


def require_free(ports: Iterable[Port]) -> None:
    """Raises PortInUse for the first port that cannot be listened on, StackError for a host."""
    taken_by: dict[int, Port] = {}
    for port in ports:
        if other := taken_by.get(port.number):
            raise PortInUse(
                f"Port {port.number} is given to both {other.purpose} and {port.purpose}; set "
                f"{port.variable} to another port."
            )
        taken_by[port.number] = port
        if not _is_free(port):
            raise PortInUse(
                f"Port {port.number}, which {port.purpose} needs, is in use{_holder(port.number)}; "
                f"stop that process, or set {port.variable} to a free port."
            )


def _is_free(port: Port) -> bool:
    """Whether every address of the port's host can be listened on. Raises StackError for a host
    that is none of this machine's."""
    try:
        addresses = socket.getaddrinfo(port.host, port.number, type=socket.SOCK_STREAM)
        return all(_can_listen(family, address) for family, _, _, _, address in addresses)
    except OSError as error:
        raise StackError(
            f"{port.purpose} cannot listen on {port.host!r} ({error.strerror}); correct the host "
            "in the profile to an address of this machine."
        ) from None


def _can_listen(family: socket.AddressFamily, address: tuple[Any, ...]) -> bool:
    with socket.socket(family) as probe:
        # As our servers do: a port that only remembers closed connections counts as free, and an
        # address of IPv6 is no address of IPv4.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family is socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def _holder(number: int) -> str:
    """Who listens on the port, as far as this user may know."""
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status != psutil.CONN_LISTEN or not connection.laddr:
                continue
            if connection.laddr.port == number and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except psutil.Error:
        return ""
    return ""
