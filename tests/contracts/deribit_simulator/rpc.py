"""Deribit spoken by hand: JSON-RPC over HTTP and WebSocket, without a client library."""

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
from yarl import URL

CLIENT_ID, SECRET = "test-id", "test-secret"
CREDENTIALS = {"client_id": CLIENT_ID, "client_secret": SECRET}
ANSWER_S = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: dict[str, Any]

    @property
    def result(self) -> Any:
        assert "result" in self.body, self.body
        return self.body["result"]

    @property
    def code(self) -> int:
        assert "error" in self.body, self.body
        code: int = self.body["error"]["code"]
        return code


@dataclass
class Socket:
    """A WebSocket; notifications are kept by channel, heartbeats and stray errors aside."""

    raw: aiohttp.ClientWebSocketResponse
    told: dict[str, list[Any]] = field(default_factory=dict)
    heartbeats: list[str] = field(default_factory=list)
    strays: list[dict[str, Any]] = field(default_factory=list)
    _answers: dict[int, dict[str, Any]] = field(default_factory=dict)
    _ids: Any = field(default_factory=lambda: itertools.count(1))
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def read(self) -> None:
        async for message in self.raw:
            if message.type is not aiohttp.WSMsgType.TEXT:
                break
            said = json.loads(message.data)
            async with self._changed:
                if said.get("method") == "subscription":
                    self.told.setdefault(said["params"]["channel"], []).append(
                        said["params"]["data"]
                    )
                elif said.get("method") == "heartbeat":
                    self.heartbeats.append(said["params"]["type"])
                elif "id" in said:
                    self._answers[said["id"]] = said
                else:
                    self.strays.append(said)
                self._changed.notify_all()

    async def call(self, method: str, **params: Any) -> Answer:
        number = next(self._ids)
        request = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        await self.raw.send_str(json.dumps(request))
        await self.until(lambda: number in self._answers, method)
        return Answer(200, self._answers.pop(number))

    async def log_in(self, secret: str = SECRET) -> Answer:
        """With a signature, as clients do that would not send their secret."""
        now, nonce = int(time.time() * 1000), "abc"
        signature = hmac.new(secret.encode(), f"{now}\n{nonce}\n".encode(), hashlib.sha256)
        return await self.call(
            "public/auth",
            grant_type="client_signature",
            client_id=CLIENT_ID,
            timestamp=now,
            nonce=nonce,
            data="",
            signature=signature.hexdigest(),
        )

    async def heard(self, channel: str, count: int = 1) -> list[Any]:
        """What a channel told, once it told so much."""
        await self.until(lambda: len(self.told.get(channel, [])) >= count, channel)
        return self.told[channel]

    async def until(self, condition: Any, what: str) -> None:
        try:
            async with asyncio.timeout(ANSWER_S), self._changed:
                await self._changed.wait_for(condition)
        except TimeoutError:
            raise AssertionError(f"{what} did not come; heard {self.told}") from None

    async def ended(self) -> None:
        """Wait until the venue has closed the connection."""
        async with asyncio.timeout(ANSWER_S):
            while not self.raw.closed:
                await asyncio.sleep(0.02)


class Rpc:
    """Requests to one simulated venue."""

    def __init__(self, session: aiohttp.ClientSession, port: int, secret: str = SECRET) -> None:
        self.session = session
        self._secret = secret
        self.base = f"http://127.0.0.1:{port}"
        self._ws = f"ws://127.0.0.1:{port}/ws/api/v2"

    async def get(self, method: str, **params: Any) -> Answer:
        """Parameters in the query, signed where the method is private."""
        texts = {k: str(v).lower() if isinstance(v, bool) else str(v) for k, v in params.items()}
        target = f"/api/v2/{method}" + (f"?{urlencode(texts)}" if texts else "")
        headers = {}
        if method.startswith("private/"):
            headers["Authorization"] = _signed(target, self._secret)
        # Sent as it was signed, letter by letter.
        url = URL(self.base + target, encoded=True)
        async with self.session.get(url, headers=headers) as answer:
            return Answer(answer.status, await answer.json())

    async def post(self, method: str, token: str = "", **params: Any) -> Answer:
        """A JSON-RPC body, authorised by a token."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        request = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
        async with self.session.post(
            f"{self.base}/api/v2/{method}", json=request, headers=headers
        ) as answer:
            return Answer(answer.status, await answer.json())

    async def buy(self, **terms: Any) -> Answer:
        """A resting order for 100 USD, unless the terms say otherwise; None leaves one out."""
        return await self.order("private/buy", **terms)

    async def sell(self, **terms: Any) -> Answer:
        return await self.order("private/sell", **terms)

    async def order(self, method: str, **terms: Any) -> Answer:
        price = 98_000 if method == "private/buy" else 102_000
        order: dict[str, Any] = {
            "instrument_name": "BTC-PERPETUAL",
            "amount": 100,
            "type": "limit",
            "price": price,
        }
        order |= terms
        return await self.get(method, **{k: v for k, v in order.items() if v is not None})

    @asynccontextmanager
    async def socket(self, *, logged_in: bool = True) -> AsyncIterator[Socket]:
        async with self.session.ws_connect(self._ws) as raw:
            socket = Socket(raw)
            reading = asyncio.create_task(socket.read())
            if logged_in:
                assert (await socket.log_in()).result["access_token"]
            try:
                yield socket
            finally:
                reading.cancel()


def _signed(target: str, secret: str) -> str:
    now, nonce = str(int(time.time() * 1000)), "n"
    text = f"{now}\n{nonce}\nGET\n{target}\n\n"
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return f"deri-hmac-sha256 id={CLIENT_ID},ts={now},sig={signature},nonce={nonce}"
