"""The WebSocket face of the venue, at /ws/api/v2."""

import asyncio
import contextlib
from collections.abc import Callable

from aiohttp import WSMsgType, web

from venues.simulators.cuts import Cut
from venues.simulators.deribit.sessions import Session
from venues.simulators.outbox import Outbox

PATH = "/ws/api/v2"
MOST_TEXT_BYTES = 1 << 20

type MakeSession = Callable[[Outbox, str], Session]


class Sockets:
    """Serves upgrades. Frames are answered in order; notifications go through the same outbox."""

    def __init__(self, make_session: MakeSession, cancel: Callable[[set[int]], None]) -> None:
        self._make_session = make_session
        self._cancel = cancel
        self._open: dict[Session, web.WebSocketResponse] = {}
        self._outboxes: dict[Session, Outbox] = {}
        self._refused_until = 0.0

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Upgrade a request and serve the socket until it ends."""
        if request.path.rstrip("/") != PATH:
            return web.Response(status=404)
        if asyncio.get_running_loop().time() < self._refused_until:
            return web.Response(status=503)
        # Pings are answered by hand, so that a dead connection can leave them unanswered.
        socket = web.WebSocketResponse(autoping=False, max_msg_size=MOST_TEXT_BYTES)
        await socket.prepare(request)
        outbox = Outbox(socket, request)
        session = self._make_session(outbox, request.remote or "")
        writer = asyncio.create_task(outbox.run())
        self._open[session], self._outboxes[session] = socket, outbox
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await session.on_text(message.data)
                elif message.type is WSMsgType.PING and not session.is_dead:
                    await socket.pong(message.data)
        finally:
            del self._open[session], self._outboxes[session]
            session.ended(self._cancel)
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writer
        return socket

    def cut(self, cut: Cut) -> int:
        """End connections, those that are logged in or others; let none in for a while."""
        self._refused_until = asyncio.get_running_loop().time() + cut.refuse_s
        outboxes: dict[bool, list[Outbox]] = {True: [], False: []}
        for session, outbox in self._outboxes.items():
            outboxes[session.account is not None].append(outbox)
        return sum(cut.of(those, private=private) for private, those in outboxes.items())

    def drop_all(self) -> None:
        """Abort every connection, as a venue that goes down for maintenance."""
        for outbox in list(self._outboxes.values()):
            outbox.abort()

    def sessions(self) -> list[Session]:
        return list(self._open)

    async def close(self) -> None:
        """Close every socket: the venue is going down."""
        for socket in list(self._open.values()):
            await socket.close(code=1001)
