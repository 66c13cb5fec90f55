"""A plain client of OKX v5: signed requests and sockets, nothing clever."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import aiohttp
from yarl import URL

KEY, SECRET, PASSPHRASE = "okx-test-key", "okx-test-secret", "okx-test-passphrase"
NEWS_TIMEOUT_S = 3.0


def sign(payload: str, secret: str = SECRET) -> str:
    digest = hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def stamp(ahead_s: float = 0) -> str:
    """A timestamp as OKX writes it."""
    when = datetime.fromtimestamp(time.time() + ahead_s, UTC)
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}Z"


def headers_for(
    method: str,
    target: str,
    body: str,
    *,
    key: str = KEY,
    secret: str = SECRET,
    passphrase: str = PASSPHRASE,
    at: str | None = None,
) -> dict[str, str]:
    when = at or stamp()
    return {
        "OK-ACCESS-KEY": key,
        "OK-ACCESS-PASSPHRASE": passphrase,
        "OK-ACCESS-TIMESTAMP": when,
        "OK-ACCESS-SIGN": sign(f"{when}{method}{target}{body}", secret),
    }


@dataclass(frozen=True)
class Reply:
    status: int
    body: dict[str, Any]

    @property
    def code(self) -> str:
        return str(self.body["code"])

    @property
    def message(self) -> str:
        return str(self.body["msg"])

    @property
    def rows(self) -> list[Any]:
        assert self.code == "0", self.body
        rows: list[Any] = self.body["data"]
        return rows

    @property
    def row(self) -> dict[str, Any]:
        (row,) = self.rows
        assert isinstance(row, dict)
        return row

    @property
    def refusal(self) -> tuple[str, str]:
        """Code and text of the one order that was refused."""
        assert self.status == 200, self.body
        assert self.code == "1", self.body
        (entry,) = self.body["data"]
        return entry["sCode"], entry["sMsg"]


class OkxSocket:
    """A socket whose messages are kept until they are waited for."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.heard: list[dict[str, Any]] = []

    async def send(self, **message: Any) -> None:
        await self.socket.send_json(message)

    async def next(self, **wanted: Any) -> dict[str, Any]:
        """The next message with these values."""
        async with asyncio.timeout(NEWS_TIMEOUT_S):
            while True:
                message: dict[str, Any] = await self.socket.receive_json()
                self.heard.append(message)
                if all(message.get(name) == value for name, value in wanted.items()):
                    return message

    async def row(self, channel: str, **wanted: Any) -> dict[str, Any]:
        """The next row of a channel with these values."""
        async with asyncio.timeout(NEWS_TIMEOUT_S):
            while True:
                message: dict[str, Any] = await self.socket.receive_json()
                self.heard.append(message)
                if message.get("arg", {}).get("channel") != channel or "data" not in message:
                    continue
                for row in message["data"]:
                    if all(row.get(name) == value for name, value in wanted.items()):
                        return dict(row)

    async def rows_during(self, channel: str, seconds: float) -> list[dict[str, Any]]:
        """All rows of a channel that come in a while."""
        rows: list[dict[str, Any]] = []
        try:
            async with asyncio.timeout(seconds):
                while True:
                    message = await self.socket.receive_json()
                    if message.get("arg", {}).get("channel") == channel:
                        rows += message.get("data", [])
        except TimeoutError:
            return rows

    async def log_in(self, secret: str = SECRET, **other: str) -> dict[str, Any]:
        when = str(int(time.time()))
        login = {"apiKey": KEY, "passphrase": PASSPHRASE, "timestamp": when} | other
        signed = sign(f"{login['timestamp']}GET/users/self/verify", secret)
        await self.send(op="login", args=[{**login, "sign": signed}])
        async with asyncio.timeout(NEWS_TIMEOUT_S):
            message: dict[str, Any] = await self.socket.receive_json()
        return message

    async def subscribe(self, channel: str, **arg: str) -> dict[str, Any]:
        await self.send(op="subscribe", args=[{"channel": channel, **arg}])
        return await self.next(event="subscribe")

    async def call(self, operation: str, *args: Any, call_id: str = "1", **other: Any) -> Any:
        """An order operation, and its reply."""
        await self.send(id=call_id, op=operation, args=list(args), **other)
        return await self.next(id=call_id)

    async def dies(self) -> bool:
        """Whether the connection ends."""
        async with asyncio.timeout(NEWS_TIMEOUT_S):
            while not self.socket.closed:
                message = await self.socket.receive()
                if message.type is not aiohttp.WSMsgType.TEXT:
                    return True
        return True


class OkxClient:
    credentials = (KEY, SECRET, PASSPHRASE)

    def __init__(self, session: aiohttp.ClientSession, port: int) -> None:
        self._session = session
        self.port = port

    async def get(self, path: str, **params: Any) -> Reply:
        target = f"{path}?{urlencode(params)}" if params else path
        return await self.request("GET", target, "", self._signed("GET", target, ""))

    async def post(self, path: str, body: Any, **extra: str) -> Reply:
        text = json.dumps(body)
        return await self.request("POST", path, text, self._signed("POST", path, text) | extra)

    def _signed(self, method: str, target: str, body: str) -> dict[str, str]:
        key, secret, passphrase = self.credentials
        return headers_for(method, target, body, key=key, secret=secret, passphrase=passphrase)

    async def request(self, method: str, target: str, body: str, headers: dict[str, str]) -> Reply:
        """With headers of the test's own making."""
        url = URL(f"http://127.0.0.1:{self.port}{target}", encoded=True)
        sent = {"Content-Type": "application/json", **headers}
        async with self._session.request(method, url, data=body or None, headers=sent) as answer:
            return Reply(answer.status, await answer.json())

    async def socket(self, kind: str) -> OkxSocket:
        url = f"http://127.0.0.1:{self.port}/ws/v5/{kind}"
        return OkxSocket(await self._session.ws_connect(url))

    async def private(self, kind: str = "private") -> OkxSocket:
        """A socket that is logged in."""
        socket = await self.socket(kind)
        assert (await socket.log_in())["event"] == "login"
        return socket
