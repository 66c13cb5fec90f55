"""The WebSocket face of the venue, at /ws/api/v2."""

import asyncio
import contextlib
from collections.abc import Callable

from aiohttp import WSMsgType, web

from venues.simulators.cuts import Cut
from venues.simulators.deribit.sessions import Line, Session
from venues.simulators.outbox import Outbox

PATH = "/ws/api/v2"
MOST_TEXT_BYTES = 1 << 20

type MakeSession = Callable[[Line, str], Session]


class SocketLine:
    """What a session may do with its WebSocket."""

    def __init__(self, socket: web.WebSocketResponse, request: web.BaseRequest) -> None:
        self.outbox = Outbox(socket, request)
        self._socket = socket
        self._closing: asyncio.Task[bool] | None = None

    def send(self, text: str) -> None:
        self.outbox.send(text)

    def hang_up(self, code: int, reason: str) -> None:
        self._closing = asyncio.create_task(self._socket.close(code=code, message=reason.encode()))

    def abort(self) -> None:
        self.outbox.abort()

    def close(self) -> None:
        self.outbox.close()


class Sockets:
    """Serves upgrades. Frames are answered in order; notifications go through the same outbox."""

    def __init__(self, make_session: MakeSession, cancel: Callable[[set[int]], None]) -> None:
        self._make_session = make_session
        self._cancel = cancel
        self._open: dict[Session, tuple[web.WebSocketResponse, SocketLine]] = {}
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
        line = SocketLine(socket, request)
        session = self._make_session(line, request.remote or "")
        writer = asyncio.create_task(line.outbox.run())
        self._open[session] = socket, line
        try:
            async for message in socket:
                session.hear()
                if message.type is WSMsgType.TEXT:
                    await session.on_text(message.data)
                elif message.type is WSMsgType.PING and not session.is_dead:
                    await socket.pong(message.data)
        finally:
            del self._open[session]
            session.ended(self._cancel)
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writer
        return socket

    def beat(self) -> None:
        """Cut off the clients that the venue has given up; a dead connection stays as it is."""
        for session, (_, line) in list(self._open.items()):
            if not session.is_dead and session.is_given_up():
                line.abort()

    def cut(self, cut: Cut) -> int:
        """End connections, those that are logged in or others; let none in for a while."""
        self._refused_until = asyncio.get_running_loop().time() + cut.refuse_s
        lines: dict[bool, list[SocketLine]] = {True: [], False: []}
        for session, (_, line) in self._open.items():
            lines[session.account is not None].append(line)
        return sum(cut.of(those, private=private) for private, those in lines.items())

    def drop_all(self) -> None:
        """Abort every connection, as a venue that goes down for maintenance."""
        for _, line in list(self._open.values()):
            line.abort()

    def sessions(self) -> list[Session]:
        return list(self._open)

    async def close(self) -> None:
        """Close every socket: the venue is going down."""
        for socket, _ in list(self._open.values()):
            await socket.close(code=1001)
