"""The sending half of one WebSocket: texts leave in order, without anybody waiting for them."""

import asyncio
from collections.abc import Callable

from aiohttp import WSCloseCode, web

# A client that is this far behind is not reading: it is cut off, as real venues do.
MOST_PENDING = 20_000
# Pings in a row without a frame in between, before a client is taken for dead.
MOST_UNHEARD = 3


class Outbox:
    """A queue of texts for one socket. ``send`` never blocks; ``run`` does the sending.

    While ``half_open`` says so the socket is dead without anybody knowing: nothing is sent, pings
    are not answered, and its owner should throw away what it receives.
    """

    def __init__(
        self,
        socket: web.WebSocketResponse,
        request: web.BaseRequest,
        half_open: Callable[[], bool] = lambda: False,
    ) -> None:
        self._socket = socket
        self._request = request
        self._half_open = half_open
        # None ends the connection after what was sent before.
        self._queue: asyncio.Queue[str | None] = asyncio.Queue(MOST_PENDING)
        self._unheard = 0

    @property
    def half_open(self) -> bool:
        """Whether the socket is dead without anybody knowing."""
        return self._half_open()

    def send(self, text: str) -> None:
        """Queue a text; a client that does not keep up loses its connection."""
        self._put(text)

    def close(self) -> None:
        """End the connection with a close frame, after what was sent before."""
        self._put(None)

    async def run(self) -> None:
        """Send what is queued until the socket breaks."""
        while True:
            text = await self._queue.get()
            try:
                if text is None:
                    await self._socket.close(code=WSCloseCode.GOING_AWAY)
                    return
                await self._socket.send_str(text)
            except ConnectionError:
                return

    def hear(self) -> None:
        """Note that the client is alive: it sent a frame of any kind."""
        self._unheard = 0

    async def pong(self, payload: bytes) -> None:
        """Answer a ping. The socket must have been made with ``autoping=False``."""
        if not self.half_open:
            await self._socket.pong(payload)

    async def ping(self, every_s: float) -> None:
        """Ping the client at intervals; abort when some pass without a frame of it.

        It stands in for aiohttp's heartbeat, which would go on pinging from a half-open socket.
        """
        while True:
            if not self.half_open:
                try:
                    await self._socket.ping()
                except ConnectionError:
                    return
            self._unheard += 1
            await asyncio.sleep(every_s)
            if self._unheard >= MOST_UNHEARD and not self.half_open:
                self.abort()
                return

    def abort(self) -> None:
        """Cut the connection without a close frame."""
        if self._request.transport is not None:
            self._request.transport.abort()

    def _put(self, text: str | None) -> None:
        if self.half_open:
            return
        try:
            self._queue.put_nowait(text)
        except asyncio.QueueFull:
            self.abort()
