"""A plain client of Bybit v5: signed requests and sockets, nothing clever."""

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp
from yarl import URL

KEY, SECRET = "bybit-test-key", "bybit-test-secret"
NEWS_TIMEOUT_S = 3.0


def sign(payload: str, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Reply:
    status: int
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def code(self) -> int:
        return int(self.body["retCode"])

    @property
    def message(self) -> str:
        return str(self.body["retMsg"])

    @property
    def result(self) -> dict[str, Any]:
        assert self.code == 0, self.body
        result: dict[str, Any] = self.body["result"]
        return result

    @property
    def rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.result["list"]
        return rows


class BybitSocket:
    """A socket whose messages are kept until they are waited for."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.heard: list[dict[str, Any]] = []

    async def send(self, **message: Any) -> None:
        await self.socket.send_json(message)

    async def next(self, **wanted: Any) -> dict[str, Any]:
        """The next message with these values; what comes before it is kept in `heard`."""
        async with asyncio.timeout(NEWS_TIMEOUT_S):
            while True:
                message: dict[str, Any] = await self.socket.receive_json()
                self.heard.append(message)
                if all(message.get(name) == value for name, value in wanted.items()):
                    return message

    async def log_in(self, key: str = KEY, secret: str = SECRET, ahead_ms: int = 5000) -> Any:
        expires = now_ms() + ahead_ms
        await self.send(op="auth", args=[key, expires, sign(f"GET/realtime{expires}", secret)])
        return await self.next(op="auth")

    async def call(self, op: str, *orders: Any, request_id: str = "r1", **header: Any) -> Any:
        """A command on a trade socket, and its reply."""
        stamped = {"X-BAPI-TIMESTAMP": str(now_ms())} | header
        await self.send(reqId=request_id, op=op, header=stamped, args=list(orders))
        return await self.next(reqId=request_id)

    async def subscribe(self, *topics: str) -> Any:
        await self.send(op="subscribe", args=list(topics), req_id="s")
        return await self.next(op="subscribe")


class BybitClient:
    def __init__(self, session: aiohttp.ClientSession, port: int) -> None:
        self._session = session
        self._port = port

    async def get(self, path: str, **params: Any) -> Reply:
        query = urlencode(params)
        return await self._request("GET", f"{path}?{query}" if query else path, query, "")

    async def post(self, path: str, **body: Any) -> Reply:
        text = json.dumps(body)
        return await self._request("POST", path, text, text)

    async def request(self, method: str, target: str, headers: dict[str, str]) -> Reply:
        """With headers of the test's own making."""
        url = f"http://127.0.0.1:{self._port}{target}"
        async with self._session.request(method, url, headers=headers) as answer:
            return Reply(answer.status, await answer.json(), dict(answer.headers))

    async def socket(self, path: str) -> BybitSocket:
        url = f"ws://127.0.0.1:{self._port}{path}"
        return BybitSocket(await self._session.ws_connect(url))

    async def private(self, *topics: str) -> BybitSocket:
        socket = await self.socket("/v5/private")
        assert (await socket.log_in())["success"] is True
        assert (await socket.subscribe(*topics))["success"] is True
        return socket

    async def trade(self) -> BybitSocket:
        socket = await self.socket("/v5/trade")
        assert (await socket.log_in())["retCode"] == 0
        return socket

    async def _request(self, method: str, target: str, signed: str, body: str) -> Reply:
        stamp, window = str(now_ms()), "5000"
        headers = {
            "X-BAPI-API-KEY": KEY,
            "X-BAPI-TIMESTAMP": stamp,
            "X-BAPI-RECV-WINDOW": window,
            "X-BAPI-SIGN": sign(stamp + KEY + window + signed),
            "Content-Type": "application/json",
        }
        # The address is sent as it was signed: a comma unquoted would be another text.
        url = URL(f"http://127.0.0.1:{self._port}{target}", encoded=True)
        async with self._session.request(method, url, headers=headers, data=body or None) as answer:
            return Reply(answer.status, await answer.json(), dict(answer.headers))
