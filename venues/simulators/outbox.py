"""The sending half of one WebSocket: texts leave in order, without anybody waiting for them."""

import asyncio

from aiohttp import web

# A client that is this far behind is not reading: it is cut off, as real venues do.
MOST_PENDING = 20_000


class Outbox:
    """A queue of texts for one socket. ``send`` never blocks; ``run`` does the sending."""

    def __init__(self, socket: web.WebSocketResponse, request: web.BaseRequest) -> None:
        self._socket = socket
        self._request = request
        self._queue: asyncio.Queue[str] = asyncio.Queue(MOST_PENDING)

    def send(self, text: str) -> None:
        """Queue a text; a client that does not keep up loses its connection."""
        try:
            self._queue.put_nowait(text)
        except asyncio.QueueFull:
            self.abort()

    async def run(self) -> None:
        """Send what is queued until the socket breaks."""
        while True:
            text = await self._queue.get()
            try:
                await self._socket.send_str(text)
            except ConnectionError:
                return

    def abort(self) -> None:
        """Cut the connection without a close frame."""
        if self._request.transport is not None:
            self._request.transport.abort()
