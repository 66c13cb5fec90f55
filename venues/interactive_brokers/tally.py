"""How many commands went out in the last minute, and how many of them came to nothing."""

from __future__ import annotations

import time
from collections import deque

_MINUTE_S = 60.0


class Tally:
    def __init__(self) -> None:
        self._commands: deque[tuple[float, bool]] = deque()

    def count(self, *, failed: bool) -> None:
        """A command, and whether it got no answer or ran into a limit."""
        self._commands.append((time.monotonic(), failed))
        self._forget()

    @property
    def commands(self) -> int:
        self._forget()
        return len(self._commands)

    @property
    def errors(self) -> int:
        self._forget()
        return sum(failed for _, failed in self._commands)

    def _forget(self) -> None:
        before = time.monotonic() - _MINUTE_S
        while self._commands and self._commands[0][0] < before:
            self._commands.popleft()
