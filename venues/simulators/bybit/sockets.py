"""The WebSocket face: public, private and trade sockets, one kind a path."""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Awaitable, Callable

from aiohttp import WSMsgType, web

from venues.simulators.bybit.desk import Desk
from venues.simulators.bybit.instruments import Category
from venues.simulators.bybit.line import Line
from venues.simulators.bybit.market_streams import MarketStreams
from venues.simulators.bybit.private_socket import PrivateSocket
from venues.simulators.bybit.private_streams import PrivateStreams
from venues.simulators.bybit.public_socket import PublicSocket
from venues.simulators.bybit.signing import ApiKey
from venues.simulators.bybit.trade_socket import TradeMethods, TradeSocket
from venues.simulators.cuts import Cut
from venues.simulators.fault_kinds import FaultKind
from venues.simulators.outbox import Outbox

PUBLIC = "/v5/public/"
IDLE_S = 600.0
MOST_TEXT_BYTES = 1 << 20

type OnText = Callable[[str], Awaitable[None]]


class Sockets:
    """Serves upgrades. Who says nothing for ten minutes is cut off: clients send pings."""

    def __init__(
        self,
        desk: Desk,
        key: ApiKey,
        markets: MarketStreams,
        users: PrivateStreams,
        methods: TradeMethods,
    ) -> None:
        self._desk = desk
        self._key = key
        self._markets = markets
        self._users = users
        self._methods = methods
        self._open: dict[web.WebSocketResponse, Line] = {}

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Upgrade a request and serve the socket until it ends."""
        path = request.path.rstrip("/")
        if self._desk.faults.in_maintenance(self._desk.venue):
            return web.Response(status=503, text="maintenance")
        if path.startswith(PUBLIC) and path.removeprefix(PUBLIC) in set(Category):
            category = Category(path.removeprefix(PUBLIC))
            return await self._run(
                request,
                lambda line: PublicSocket(line, category, self._markets, self._desk).on_text,
            )
        if path not in ("/v5/private", "/v5/trade"):
            return web.Response(status=404, text=f"no such stream: {path}")
        if path == "/v5/private" and not self._users.accepting():
            return web.Response(status=503, text="user streams are refused by an armed fault")

        def start(line: Line) -> OnText:
            if path == "/v5/private":
                return PrivateSocket(line, self._key, self._users, self._desk).on_text
            return TradeSocket(line, self._key, self._users, self._desk, self._methods).on_text

        return await self._run(request, start)

    def beat(self) -> None:
        """What armed faults do to open sockets: an error frame, or their end by maintenance."""
        fault = self._desk.faults.strike(FaultKind.ERROR_FRAME, self._desk.venue)
        if fault is not None:
            for line in self._open.values():
                line.refuse("", None, str(fault.param("msg")), int(fault.param("code") or 10016))
        if self._desk.faults.in_maintenance(self._desk.venue):
            for line in self._open.values():
                line.outbox.abort()

    def cut(self, cut: Cut) -> int:
        """End sockets, those with a login or others; returns how many."""
        private = self._users.outboxes()
        public = [line.outbox for line in self._open.values() if line.outbox not in private]
        return self._users.cut(cut) + cut.of(public, private=False)

    async def close(self) -> None:
        """Close every socket: the venue is going down."""
        for socket in list(self._open):
            await socket.close(code=1001)

    async def _run(
        self, request: web.BaseRequest, start: Callable[[Line], OnText]
    ) -> web.WebSocketResponse:
        faults, venue, opened_ns = self._desk.faults, self._desk.venue, time.time_ns()

        # Pings of the protocol are answered here, so that a dead socket can leave them unanswered.
        socket = web.WebSocketResponse(
            autoping=False, max_msg_size=MOST_TEXT_BYTES, receive_timeout=IDLE_S
        )
        await socket.prepare(request)
        outbox = Outbox(socket, request, lambda: faults.half_open(venue, opened_ns))
        line = Line(outbox, str(uuid.uuid4()))
        on_text = start(line)
        writer = asyncio.create_task(outbox.run())
        self._open[socket] = line
        try:
            async for message in socket:
                if outbox.half_open:
                    continue
                if message.type is WSMsgType.TEXT:
                    await on_text(message.data)
                elif message.type is WSMsgType.PING:
                    await outbox.pong(message.data)
        except TimeoutError:
            outbox.abort()
        finally:
            del self._open[socket]
            self._users.discard(outbox)
            self._markets.unsubscribe(outbox)
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writer
        return socket
