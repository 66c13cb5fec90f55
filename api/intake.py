"""How many new orders may wait for their record at once.

Beyond it an order would only make the ones before it later, until steps time out and are done
twice: a system that is asked too much must say so early. The strategy sends the same request again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from domain.errors import OdumError

WAITING_MAX = 64


class Overloaded(OdumError):
    code = "overloaded"
    status = 503
    retryable = True

    def __init__(self, waiting: int) -> None:
        super().__init__(
            f"{waiting} new orders wait for their record already; this one was not taken. Send the "
            "same request again in a moment."
        )


class Intake:
    def __init__(self, waiting_max: int = WAITING_MAX) -> None:
        self._waiting_max = waiting_max
        self._waiting = 0

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Raises Overloaded, before anything was started."""
        if self._waiting >= self._waiting_max:
            raise Overloaded(self._waiting)
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1
