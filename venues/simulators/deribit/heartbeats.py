"""Heartbeats of one WebSocket: the venue asks for a sign of life and hangs up without one.

What the real venue does with an interval of 10 s: a ``test_request`` every interval, beside it a
``heartbeat`` if nothing else was sent meanwhile; a client that has not sent ``public/test`` by the
next one loses its connection, with the close code 4000.
"""

import asyncio
from collections.abc import Callable

from venues.simulators.deribit.wire_format import encoded

NO_SIGN_OF_LIFE = 4000
GOODBYE = "heartbeat close"


class Heartbeats:
    """Beats from ``begin`` to ``stop``. ``hang_up`` gets a close code and a reason."""

    def __init__(self, send: Callable[[str], None], hang_up: Callable[[int, str], None]) -> None:
        self._send = send
        self._hang_up = hang_up
        self._beating: asyncio.Task[None] | None = None
        self._awaits_test = False
        self._sent = False

    @property
    def are_on(self) -> bool:
        """Whether the client asked for them."""
        return self._beating is not None

    def begin(self, seconds: float) -> None:
        """Beat at this interval from now on."""
        self.stop()
        self._beating = asyncio.create_task(self._beat(seconds))

    def stop(self) -> None:
        """Beat no more."""
        if self._beating is not None:
            self._beating.cancel()
            self._beating = None
        self._awaits_test = False

    def tested(self) -> None:
        """The client sent ``public/test``: it lives."""
        self._awaits_test = False

    def sent(self) -> None:
        """Something else was sent: that is as good as a heartbeat."""
        self._sent = True

    async def _beat(self, seconds: float) -> None:
        while True:
            self._sent = False
            await asyncio.sleep(seconds)
            if self._awaits_test:
                self._hang_up(NO_SIGN_OF_LIFE, GOODBYE)
                return
            if not self._sent:
                self._send(_message("heartbeat"))
            self._awaits_test = True
            self._send(_message("test_request"))


def _message(kind: str) -> str:
    return encoded({"jsonrpc": "2.0", "method": "heartbeat", "params": {"type": kind}})
