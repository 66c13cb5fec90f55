"""Who logged in, and who tried."""

from collections import deque
from collections.abc import Callable
from typing import Any

KEPT = 1000

type Hear = Callable[[dict[str, Any]], None]


class AccessLog:
    """The latest logins. ``hear`` is told of each as it happens."""

    def __init__(self) -> None:
        self.hear: Hear = lambda entry: None
        self._entries: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._next_id = 1

    def note(self, log: str, address: str, now_ms: int) -> None:
        """A login, as a success or a failure."""
        entry: dict[str, Any] = {
            "id": self._next_id,
            "timestamp": now_ms,
            "log": log,
            "ip": address,
            "country": "",
            "city": "",
        }
        self._next_id += 1
        self._entries.append(entry)
        self.hear(entry)

    def newest_first(self) -> list[dict[str, Any]]:
        """All that is kept."""
        return list(reversed(self._entries))
