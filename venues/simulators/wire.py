"""When order commands reached a simulated venue: a ring of receive times, for latency benches."""

from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Received:
    """One order command, stamped before anything was done with it (UTC nanoseconds)."""

    seq: int
    t_ns: int
    venue: str
    action: str
    client_order_id: str
    order_id: str


class WireLog:
    """The latest order commands that reached any venue."""

    def __init__(self) -> None:
        self._ring: deque[Received] = deque(maxlen=KEPT)
        self._seq = 0

    def add(self, t_ns: int, venue: str, action: str, client_order_id: str, order_id: str) -> None:
        """Note a command."""
        self._seq += 1
        self._ring.append(Received(self._seq, t_ns, venue, action, client_order_id, order_id))

    def since(self, seq: int) -> list[dict[str, Any]]:
        """Commands after ``seq``, oldest first."""
        return [asdict(received) for received in self._ring if received.seq > seq]
