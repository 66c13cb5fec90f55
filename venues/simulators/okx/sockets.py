"""The WebSocket face: public, private and business sockets, each with its own channels."""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from typing import Any

from aiohttp import WSMessage, WSMsgType, web

from venues.simulators.cuts import Cut
from venues.simulators.fault_kinds import FaultKind
from venues.simulators.faults import Faults
from venues.simulators.okx.feed import Feed
from venues.simulators.okx.front import Front
from venues.simulators.okx.market_streams import MarketStreams
from venues.simulators.okx.private_streams import PrivateStreams
from venues.simulators.okx.session import Session
from venues.simulators.okx.ws_orders import WsOrders
from venues.simulators.outbox import Outbox

PATHS = {f"/ws/v5/{kind}": kind for kind in ("public", "private", "business")}
MOST_TEXT_BYTES = 1 << 20
SILENCE_S = 30.0
"""A connection on which neither side says a word for so long is closed."""

UPGRADE_NOTICE_S = 1.0
"""How long after notice 64008 a connection ends; the real venue leaves a minute."""

_SILENT = (4004, b"No data received in 30s")


class _TimedOutbox(Outbox):
    """Knows when something was last sent."""

    sent_at = 0.0

    def send(self, text: str) -> None:
        self.sent_at = time.monotonic()
        super().send(text)

    @property
    def silent_for_s(self) -> float:
        return time.monotonic() - self.sent_at


class Sockets:
    """Serves upgrades. Frames are answered in order; pushed events go through the same outbox."""

    def __init__(
        self,
        front: Front,
        faults: Faults,
        markets: MarketStreams,
        private: PrivateStreams,
        orders: WsOrders,
        feed: Feed,
    ) -> None:
        self._front = front
        self._faults = faults
        self._markets = markets
        self._private = private
        self._orders = orders
        self._feed = feed
        self._open: dict[web.WebSocketResponse, tuple[Outbox, Session]] = {}
        self.silence_s = SILENCE_S

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Upgrade a request and serve the socket until it ends."""
        kind = PATHS.get(request.path.rstrip("/"))
        if kind is None:
            return web.Response(status=404, text=f"there is no {request.path}")
        refused = kind != "public" and not self._private.accepting()
        if refused or self._faults.in_maintenance(self._front.name):
            return web.Response(status=503, text="Service temporarily unavailable")
        socket = web.WebSocketResponse(autoping=False, max_msg_size=MOST_TEXT_BYTES)
        await socket.prepare(request)
        opened_ns = time.time_ns()

        def half_open() -> bool:
            return self._faults.half_open(self._front.name, opened_ns)

        outbox = _TimedOutbox(socket, request, half_open)
        session = Session(
            kind, outbox, self._front, self._markets, self._private, self._orders, self._feed
        )
        self._open[socket] = (outbox, session)
        writer = asyncio.create_task(outbox.run())
        try:
            await self._receive(socket, outbox, session)
        finally:
            del self._open[socket]
            self._private.discard(outbox)
            self._markets.discard(outbox)
            session.close()
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writer
        return socket

    def cut(self, cut: Cut) -> int:
        """End sockets, those with a login or others; returns how many."""
        private = self._private.outboxes()
        public = [outbox for outbox, _ in self._open.values() if outbox not in private]
        return self._private.cut(cut) + cut.of(public, private=False)

    async def close(self) -> None:
        """Close every socket: the venue is going down."""
        for socket in list(self._open):
            await socket.close(code=1001)

    def announce_upgrade(self) -> int:
        """Tell every socket that it will end (64008), and end it; returns how many."""
        loop = asyncio.get_running_loop()
        text = "The connection will soon be closed for a service upgrade. Please reconnect."
        for outbox, session in self._open.values():
            outbox.send(session.event("notice", code="64008", msg=text))
            loop.call_later(UPGRADE_NOTICE_S, outbox.abort)
        return len(self._open)

    def beat(self) -> None:
        """Error frames that are armed; nobody stays connected during maintenance."""
        if self._faults.in_maintenance(self._front.name):
            for outbox, _ in list(self._open.values()):
                outbox.abort()
        elif self._open:
            fault = self._faults.strike(FaultKind.ERROR_FRAME, self._front.name)
            if fault is not None:
                params: Mapping[str, Any] = fault.params
                code = str(params.get("code") or "63999")
                text = str(params.get("msg") or "Login failed due to internal error.")
                for outbox, session in self._open.values():
                    outbox.send(session.event("error", code=code, msg=text))

    async def _receive(
        self, socket: web.WebSocketResponse, outbox: _TimedOutbox, session: Session
    ) -> None:
        while not socket.closed:
            try:
                frame = await socket.receive(timeout=self.silence_s)
            except TimeoutError:
                if outbox.silent_for_s >= self.silence_s and not outbox.half_open:
                    await socket.close(code=_SILENT[0], message=_SILENT[1])
                continue
            if frame.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED):
                return
            if frame.type is WSMsgType.ERROR:
                return
            if not outbox.half_open:
                await _answer(frame, outbox, session)


async def _answer(frame: WSMessage, outbox: Outbox, session: Session) -> None:
    match frame.type:
        case WSMsgType.TEXT if frame.data == "ping":
            outbox.send("pong")
        case WSMsgType.TEXT:
            session.on_text(frame.data)
        case WSMsgType.PING:
            await outbox.pong(frame.data)
