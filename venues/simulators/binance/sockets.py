"""The WebSocket face of a product: stream sockets and the WebSocket API."""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import WSMessage, WSMsgType, web

from venues.simulators.binance.errors import INVALID_LISTEN_KEY
from venues.simulators.binance.front import Front
from venues.simulators.binance.limits import RateLimiter, Window
from venues.simulators.binance.listen_keys import ListenKeys
from venues.simulators.binance.market_streams import MarketStreams
from venues.simulators.binance.stream_socket import StreamSocket
from venues.simulators.binance.subscribers import Subscriber, Subscribers
from venues.simulators.binance.user_streams import UserStreams
from venues.simulators.binance.ws_api import Session, WsMethods
from venues.simulators.cuts import Cut
from venues.simulators.fault_kinds import FaultKind
from venues.simulators.faults import Faults
from venues.simulators.outbox import Outbox

# The futures venue serves the same streams under routes by purpose as well.
_STREAM_PATH = re.compile(r"(?:/(?:public|market|private))?/(ws|stream)(?:/(.+))?/?")
# A host name of the venue may stand in front: ccxt.pro knows spot by "/stream" in the address.
_HOST = re.compile(r"^/[a-z0-9-]+\.binance\.com(?=/)")
MOST_TEXT_BYTES = 1 << 20

type OnText = Callable[[str], Awaitable[None]]


@dataclass(slots=True)
class Serving:
    """How one socket is served: who answers it, who is told of its end, and what it may send."""

    on_text: OnText
    on_end: Callable[[], None]
    is_limited: bool
    heard: Window = field(default_factory=Window)


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """What the stream sockets of a product share."""

    subscribers: Subscribers
    markets: MarketStreams
    users: UserStreams
    listen_keys: ListenKeys


class Sockets:
    """Serves upgrades. Frames are answered in order; pushed events go through the same outbox."""

    def __init__(
        self,
        front: Front,
        faults: Faults,
        limiter: RateLimiter,
        streams: Streams,
        methods: WsMethods,
        api_path: str,
        ping_s: float,
    ) -> None:
        self._front = front
        self._faults = faults
        self._limiter = limiter
        self._streams = streams
        self._methods = methods
        self._api_path = api_path
        self._ping_s = ping_s
        self._open: dict[web.WebSocketResponse, Outbox] = {}

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Upgrade a request and serve the socket until it ends."""
        if self._faults.in_maintenance(self._front.venue):
            return _unavailable()
        if not self._limiter.use_connection(self._front.now_ms()):
            return web.Response(status=429, text="Too many connection attempts from IP")
        path = _HOST.sub("", request.path)
        if path.rstrip("/") == self._api_path:
            return await self._serve_api(request)
        found = _STREAM_PATH.fullmatch(path)
        if found is None:
            return web.json_response({"code": -1099, "msg": f"Not found: {path}"}, status=404)
        kind, tail = found.groups()
        return await self._serve_streams(request, tail or "", combined=kind == "stream")

    def cut(self, cut: Cut) -> int:
        """End sockets that are open; returns how many."""
        private = self._streams.users.outboxes()
        public = [outbox for outbox in self._open.values() if outbox not in private]
        return self._streams.users.cut(cut) + cut.of(public, private=False)

    def beat(self) -> None:
        """What armed faults do to the open sockets."""
        venue = self._front.venue
        if self._faults.in_maintenance(venue):
            for outbox in self._open.values():
                outbox.abort()
        elif self._open and (fault := self._faults.strike(FaultKind.ERROR_FRAME, venue)):
            error = {"code": fault.param("code") or -1000, "msg": fault.param("msg")}
            for outbox in self._open.values():
                outbox.send(json.dumps({"id": None, "status": 400, "error": error}))

    async def close(self) -> None:
        """Close every socket: the venue is going down."""
        for socket in list(self._open):
            await socket.close(code=1001)

    async def _serve_api(self, request: web.BaseRequest) -> web.StreamResponse:
        if not self._streams.users.accepting():
            return _unavailable()

        def start(outbox: Outbox) -> Serving:
            session = Session(self._front, self._methods, outbox)
            return Serving(session.on_text, session.close, is_limited=False)

        return await self._run(request, start)

    async def _serve_streams(
        self, request: web.BaseRequest, tail: str, *, combined: bool
    ) -> web.StreamResponse:
        """A socket of market and user streams: those that its path names, and what it asks for."""
        streams, listen_key = self._streams, request.query.get("listenKey")
        if listen_key and not streams.listen_keys.is_valid(listen_key, self._front.now_ms()):
            code, text = INVALID_LISTEN_KEY
            return web.json_response({"code": code, "msg": text}, status=400)
        named = request.query.get("streams", tail) if combined else tail
        names = [name for name in (*named.split("/"), listen_key) if name]
        if not streams.users.lets_in(names):
            return _unavailable()

        def start(outbox: Outbox) -> Serving:
            subscriber = Subscriber(outbox, combined=combined)
            socket = StreamSocket(subscriber, streams.subscribers, self._begin)
            self._begin(subscriber, names)

            def end() -> None:
                streams.subscribers.remove(subscriber, subscriber.names)

            return Serving(socket.on_text, end, is_limited=True)

        return await self._run(request, start)

    def _begin(self, subscriber: Subscriber, names: list[str]) -> None:
        """Let a socket listen to streams.

        The end of a listen key is told first: who comes after it hears nothing of that key.
        """
        streams = self._streams
        streams.users.announce_expired(self._front.now_ms())
        streams.subscribers.add(subscriber, names)
        if streams.users.lets_in(names):
            streams.markets.begin(subscriber, names, self._front.now_ns())
        else:
            subscriber.outbox.abort()

    async def _run(
        self, request: web.BaseRequest, start: Callable[[Outbox], Serving]
    ) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoping=False, max_msg_size=MOST_TEXT_BYTES)
        await socket.prepare(request)
        opened_ns = time.time_ns()

        def half_open() -> bool:
            return self._faults.half_open(self._front.venue, opened_ns)

        outbox = Outbox(socket, request, half_open)
        serving = start(outbox)
        tasks = [asyncio.create_task(outbox.run()), asyncio.create_task(outbox.ping(self._ping_s))]
        self._open[socket] = outbox
        try:
            async for message in socket:
                if not outbox.half_open:
                    await self._receive(message, outbox, serving)
        finally:
            del self._open[socket]
            serving.on_end()
            for task in tasks:
                task.cancel()
            for task in tasks:
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        return socket

    async def _receive(self, message: WSMessage, outbox: Outbox, serving: Serving) -> None:
        outbox.hear()
        limit = self._limiter.limits.messages
        heard = serving.heard.add(self._front.now_ms(), limit.window_ms, 1)
        if serving.is_limited and heard > limit.limit:
            outbox.close()
            return
        match message.type:
            case WSMsgType.TEXT:
                await serving.on_text(message.data)
            case WSMsgType.BINARY:
                await serving.on_text(message.data.decode("utf-8", errors="replace"))
            case WSMsgType.PING:
                await outbox.pong(message.data)


def _unavailable() -> web.Response:
    return web.Response(status=503, text="user streams are refused by an armed fault")
