"""A plain Binance client: signed REST requests and raw WebSocket messages."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import aiohttp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from yarl import URL

KEY, SECRET = "test-key", "test-secret"
ED25519_KEY, _PRIVATE = "test-ed25519-key", Ed25519PrivateKey.generate()
ED25519_PEM = _PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
NEWS_TIMEOUT_S = 5.0


def signature_of(payload: str, secret: str = SECRET) -> str:
    """The HMAC signature of a payload."""
    return hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()


def log_on_params(key: str, sign: Callable[[str], str]) -> dict[str, Any]:
    """What a login, or a subscription without one, is signed by."""
    timestamp = int(time.time() * 1000)
    signature = sign(f"apiKey={key}&timestamp={timestamp}")
    return {"apiKey": key, "timestamp": timestamp, "signature": signature}


def ed25519_signature_of(payload: str) -> str:
    """The Ed25519 signature of a payload."""
    return base64.b64encode(_PRIVATE.sign(payload.encode())).decode()


class Reply:
    """Status, decoded body and headers of an answer."""

    def __init__(self, status: int, body: Any, headers: dict[str, str]) -> None:
        self.status = status
        self.body = body
        self.headers = headers

    @property
    def code(self) -> int | None:
        """The error code, None for an answer that is no error."""
        return self.body.get("code") if isinstance(self.body, dict) else None


class BinanceClient:
    """Speaks to one product at ``127.0.0.1:port``."""

    def __init__(self, session: aiohttp.ClientSession, port: int) -> None:
        self.session = session
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    async def public(self, path: str, **params: Any) -> Reply:
        """An unsigned GET without a key."""
        return await self._send("GET", f"{path}?{urlencode(params)}", {})

    async def keyed(self, method: str, path: str) -> Reply:
        """A request that needs the key only."""
        return await self._send(method, path, {"X-MBX-APIKEY": KEY})

    async def signed(self, method: str, path: str, **params: Any) -> Reply:
        """A signed request; the adapter's way: everything in the query."""
        params.setdefault("timestamp", int(time.time() * 1000))
        query = urlencode(params)
        target = f"{path}?{query}&signature={signature_of(query)}"
        return await self._send(method, target, {"X-MBX-APIKEY": KEY})

    async def _send(self, method: str, target: str, headers: dict[str, str]) -> Reply:
        # Sent as it was signed: the client library would encode it in its own way.
        url = URL(self.url + target, encoded=True)
        async with self.session.request(method, url, headers=headers) as answer:
            return Reply(answer.status, await answer.json(), dict(answer.headers))

    async def socket(self, path: str) -> "BinanceSocket":
        """An open WebSocket."""
        return BinanceSocket(await self.session.ws_connect(f"ws://127.0.0.1:{self.port}{path}"))

    async def logged_on(self, path: str) -> "BinanceSocket":
        """An open and authenticated WebSocket API session."""
        socket = await self.socket(path)
        params = log_on_params(ED25519_KEY, ed25519_signature_of)
        assert (await socket.call("session.logon", **params))["status"] == 200
        return socket


class BinanceSocket:
    """A WebSocket that can be asked and listened to."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.raw = socket
        self._ids = 0

    async def call(self, method: str, **params: Any) -> Any:
        """Send a request and return its reply."""
        self._ids += 1
        await self.raw.send_json({"id": str(self._ids), "method": method, "params": params})
        return await self.next(lambda message: message.get("id") == str(self._ids))

    async def next(self, wanted: Any = lambda message: True) -> Any:
        """The next message that is wanted; others are passed over."""
        async with asyncio.timeout(NEWS_TIMEOUT_S):
            while True:
                message = json.loads(await self.raw.receive_str())
                if wanted(message):
                    return message

    async def seen_during(self, seconds: float) -> list[Any]:
        """Everything that arrives in a while."""
        seen: list[Any] = []
        try:
            async with asyncio.timeout(seconds):
                while True:
                    seen.append(json.loads(await self.raw.receive_str()))
        except TimeoutError:
            return seen

    async def dies(self) -> bool:
        """Whether the connection ends now."""
        async with asyncio.timeout(NEWS_TIMEOUT_S):
            while True:
                try:
                    message = await self.raw.receive()
                except ConnectionError:  # it was to answer a ping
                    return True
                if message.type in (
                    aiohttp.WSMsgType.CLOSE,
                    aiohttp.WSMsgType.CLOSED,
                    aiohttp.WSMsgType.CLOSING,
                    aiohttp.WSMsgType.ERROR,
                ):
                    return True
