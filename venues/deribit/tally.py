"""How commands went in the last minute."""

from __future__ import annotations

import time
from collections import deque
from typing import TypeVar

from domain.outcomes import AmendOutcome, CancelOutcome, SubmitOutcome, Unknown

_SPAN_S = 60.0
_T = TypeVar("_T", bound=SubmitOutcome | CancelOutcome | AmendOutcome)


class Tally:
    """A command went wrong if it got no answer, a rate-limit or a server error: Unknown."""

    def __init__(self) -> None:
        self._commands: deque[tuple[float, bool]] = deque()

    def counted(self, outcome: _T) -> _T:
        """Count the command that came to this."""
        self._commands.append((time.monotonic(), isinstance(outcome, Unknown)))
        self._drop_old()
        return outcome

    def of_last_minute(self) -> tuple[int, int]:
        """Commands, and those of them that went wrong."""
        self._drop_old()
        return len(self._commands), sum(failed for _, failed in self._commands)

    def _drop_old(self) -> None:
        horizon = time.monotonic() - _SPAN_S
        while self._commands and self._commands[0][0] < horizon:
            self._commands.popleft()
