"""One API connection: the handshake, what is read from it, and what is written to it."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from itertools import batched

from venues.simulators.ib.errors import ApiError
from venues.simulators.ib.wire_format import Malformed, Message, encode, read_fields, read_greeting

LOWEST, HIGHEST = 157, 178
"""The server versions that are spoken; from 201 on the real protocol is another one."""

_MOST_UNREAD = 8 << 20
_BATCH = 50
_WINDOW_S = 1.0


class Connection:
    """A client that is connected. ``client_id`` is -1 until it has started the API.

    ``deaf`` while what is sent must not arrive; ``is_dead`` says that the line is half open.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        is_dead: Callable[[], bool],
    ) -> None:
        self.is_dead = is_dead
        self._reader = reader
        self._writer = writer
        self._held: list[bytes] | None = None
        self._received: deque[float] = deque()
        self.version = 0
        self.client_id = -1
        self.deaf = False
        self.violations = 0

    async def greet(self, clock: Callable[[], str]) -> None:
        """Agree on a version, and tell the time on the clock of the login. Raises Malformed where
        there is no version that both speak."""
        greeting = await read_greeting(self._reader)
        lowest, _, highest = greeting.split(" ")[0].removeprefix("v").partition("..")
        if not (lowest.isdigit() and (highest or lowest).isdigit()):
            raise Malformed(f"versions {greeting!r}")
        self.version = min(HIGHEST, int(highest or lowest))
        if self.version < max(LOWEST, int(lowest)):
            raise Malformed(f"versions {greeting!r}, spoken are {LOWEST} to {HIGHEST}")
        self.send((self.version, clock()))

    async def read(self) -> list[str]:
        """The next message. Raises IncompleteReadError and ConnectionError at the end."""
        return await read_fields(self._reader)

    def rate(self) -> int:
        """Count a message; how many came within the last second."""
        now = time.monotonic()
        self._received.append(now)
        while self._received[0] <= now - _WINDOW_S:
            self._received.popleft()
        return len(self._received)

    async def stream(self, messages: Iterable[Message]) -> None:
        """Write an answer, however long: some messages at a time, as fast as they are read, while
        the other connections go on."""
        for batch in batched(messages, _BATCH):
            for message in batch:
                self.send(message)
            if len(batch) == _BATCH:
                await self._writer.drain()
                await asyncio.sleep(0)

    def send(self, fields: Message) -> None:
        """Write a message; a client that does not read is cut off. To one that has left nothing is
        said, and what it asked for goes on."""
        if self.deaf or self.is_dead() or self._writer.is_closing():
            return
        message = encode(fields)
        if self._held is not None:
            self._held.append(message)
            return
        self._writer.write(message)
        if self._writer.transport.get_write_buffer_size() > _MOST_UNREAD:
            self.abort()

    def error(self, request_id: int, error: ApiError) -> None:
        """Write an error message; -1 is for those that concern no request."""
        fields: Message = (4, 2, request_id, error.code, error.text)
        self.send((*fields, "") if self.version >= 166 else fields)

    def hold(self, delay_s: float) -> None:
        """Write nothing for a while; what is sent meanwhile follows then."""
        if self._held is None:
            self._held = []
            asyncio.get_running_loop().call_later(delay_s, self._release)

    def abort(self) -> None:
        """Cut the connection without a farewell."""
        self._writer.transport.abort()

    def close(self) -> None:
        """Write what is pending and close."""
        self._release()
        self._writer.close()

    async def closed(self) -> None:
        """Close, and wait for it."""
        self.close()
        try:
            await self._writer.wait_closed()
        except ConnectionError:
            return

    def _release(self) -> None:
        held, self._held = self._held or [], None
        if self._writer.is_closing():
            return
        for message in held:
            self._writer.write(message)
