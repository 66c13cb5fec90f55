"""Stands before a venue's REST API and has it say what a test wants: an account in another mode, a
word that nobody knows, an instrument that has changed. Everything else passes as it is."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Self

import aiohttp
from aiohttp import web
from yarl import URL

_HOST = "127.0.0.1"
_OWN_HEADERS = {"content-length", "content-encoding", "transfer-encoding", "connection", "date"}

Rewrite = Callable[[Any, Mapping[str, str]], Any]
"""The JSON of a reply and the query of its request: what is answered instead."""


class ReplyProxy:
    """`asked` are all requests that came by, as "GET /path?query"."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._rewrites: dict[str, Rewrite] = {}
        self._target = ""
        self._url = ""
        self._client: aiohttp.ClientSession | None = None
        self._runner: web.ServerRunner | None = None

    async def __aenter__(self) -> Self:
        self._client = aiohttp.ClientSession(auto_decompress=True)
        self._runner = web.ServerRunner(web.Server(self._handle))
        await self._runner.setup()
        site = web.TCPSite(self._runner, _HOST, 0)
        await site.start()
        self._url = f"http://{_HOST}:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._client is not None, "it was entered"
        assert self._runner is not None, "it was entered"
        await self._client.close()
        await self._runner.cleanup()

    def before(self, urls: Mapping[str, str]) -> Mapping[str, str]:
        """The urls of a venue with this in the place of its REST API."""
        self._target = urls["http"]
        return {**urls, "http": self._url}

    def rewrite(self, path: str, rewrite: Rewrite) -> None:
        """Answer requests to this path so, until `clear`."""
        self._rewrites[path] = rewrite

    def clear(self) -> None:
        self._rewrites.clear()
        self.asked.clear()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        assert self._client is not None, "it was entered"
        self.asked.append(f"{request.method} {request.raw_path}")
        headers = {name: value for name, value in request.headers.items() if name != "Host"}
        url = URL(self._target + request.raw_path, encoded=True)
        try:
            async with self._client.request(
                request.method, url, headers=headers, data=await request.read() or None
            ) as reply:
                body, status = await reply.read(), reply.status
                passed = {k: v for k, v in reply.headers.items() if k.lower() not in _OWN_HEADERS}
        except (TimeoutError, aiohttp.ClientError):
            request.transport.abort()  # type: ignore[union-attr]
            return web.Response(status=502)
        rewrite = self._rewrites.get(request.path)
        if rewrite is not None and status == 200:
            body = json.dumps(rewrite(json.loads(body), dict(request.query))).encode()
        return web.Response(body=body, status=status, headers=passed)
