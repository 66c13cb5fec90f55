"""Connections: how many an address may have, and how long one that only carries requests lives.

Source: docs.deribit.com, "Connection Management": 32 of an address, WebSockets and plain ones
together; a further one is answered with HTTP 429. A plain one lives for 15 minutes.
"""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import islice

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

MOST_CONNECTIONS = 32
PLAIN_LIFE_S = 15 * 60.0

type Handle = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Door(web.Server):
    """A server that turns away the connections that are too many, and ends those that are old."""

    def __init__(self, handle: Handle) -> None:
        super().__init__(self._let_in, access_log=None)
        self._handle = handle
        # In the order in which they came: who came first stays.
        self._opened: dict[RequestHandler, tuple[str, float]] = {}

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        """A connection begins."""
        super().connection_made(handler, transport)
        peer = transport.get_extra_info("peername")
        address = str(peer[0]) if peer else ""
        self._opened[handler] = (address, asyncio.get_running_loop().time())

    def connection_lost(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        """A connection is gone."""
        self._opened.pop(handler, None)
        super().connection_lost(handler, exc)

    async def _let_in(self, request: web.BaseRequest) -> web.StreamResponse:
        if self._is_too_many(request.protocol):
            refused = web.Response(status=429, text="too many connections")
            refused.force_close()
            return refused
        response = await self._handle(request)
        if self._is_old(request.protocol) and not response.prepared:
            response.force_close()
        return response

    def _is_too_many(self, handler: RequestHandler) -> bool:
        address, _ = self._opened[handler]
        of_address = (other for other, (from_, _) in self._opened.items() if from_ == address)
        return handler not in islice(of_address, MOST_CONNECTIONS)

    def _is_old(self, handler: RequestHandler) -> bool:
        if handler not in self._opened:
            return False
        _, since = self._opened[handler]
        return asyncio.get_running_loop().time() - since > PLAIN_LIFE_S
