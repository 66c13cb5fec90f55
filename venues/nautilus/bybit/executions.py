"""Bybit's executions by a private socket of our own.

The library ends the whole process when an execution names no fee currency, as those of funding and
settlement may, and drops in silence what it cannot read. It also cannot tell a quiet socket from a
dead one; here every ping must be answered.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp

from venues.nautilus.bybit.settings import BybitSettings

_LOG = logging.getLogger(__name__)
_TOPIC = "execution"
_OPEN_TIMEOUT_S = 5.0
_LOGIN_LIFE_MS = 5000
_PING_EVERY_S = 1.5
_SILENCE_S = 4.0
# A dead connection answers no farewell: nobody waits for that.
_QUICKLY = aiohttp.ClientWSTimeout(ws_close=0.5)
_PAUSES_S = (0.1, 0.3, 1.0, 2.0)  # between attempts; the last one repeats

Row = Mapping[str, Any]


class LoginRefused(Exception):
    """The venue did not let us in, or did not give us the topic."""


class ExecutionStream:
    """`on_rows` hears executions, `on_message` whatever comes, `on_back` that it is subscribed
    again after it was away, `on_silence` that it died without a word. `is_live` is false for a
    tenth of a second at least whenever it was away.
    """

    def __init__(
        self,
        settings: BybitSettings,
        venue_ms: Callable[[], int],
        on_rows: Callable[[list[Row]], None],
        on_message: Callable[[], None],
        on_back: Callable[[], None],
        on_silence: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._venue_ms = venue_ms
        self._on_rows = on_rows
        self._on_message = on_message
        self._on_back = on_back
        self._on_silence = on_silence
        self._live = asyncio.Event()
        self._was_live = False
        self._socket: aiohttp.ClientWebSocketResponse | None = None

    @property
    def is_live(self) -> bool:
        return self._live.is_set()

    async def wait_until_live(self) -> None:
        await self._live.wait()

    async def leave(self) -> None:
        """Give the socket up; another follows at once."""
        if self._socket is not None:
            await self._socket.close()

    async def run(self) -> None:
        """Keep it up, without end."""
        failures = 0
        async with aiohttp.ClientSession() as session:
            while True:
                try:
                    await self._one_life(session)
                except Exception as error:  # noqa: BLE001 - whatever broke, what it cost is pulled
                    self._note(error, failures)
                failures = 0 if self.is_live else failures + 1
                self._live.clear()
                await asyncio.sleep(_PAUSES_S[min(failures, len(_PAUSES_S) - 1)])

    def _note(self, error: Exception, failures: int) -> None:
        """Once an outage, and again where it lasts."""
        if failures in (0, len(_PAUSES_S)):
            reason = f"{type(error).__name__}: {error}"
            _LOG.warning("%s: its executions are away: %s", self._settings.venue, reason)

    async def prove(self) -> None:
        """Log in once, and leave. Raises whatever keeps us out."""
        async with aiohttp.ClientSession() as session, await self._connected(session) as socket:
            await self._log_in(socket)

    async def _connected(self, session: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
        async with asyncio.timeout(_OPEN_TIMEOUT_S):
            return await session.ws_connect(self._settings.url("ws_private"), timeout=_QUICKLY)

    async def _one_life(self, session: aiohttp.ClientSession) -> None:
        """From the connection to its end. Raises what ended it."""
        self._socket = await self._connected(session)
        async with self._socket as socket:
            await self._log_in(socket)
            self._live.set()
            if self._was_live:
                self._on_back()
            self._was_live = True
            pinging = asyncio.create_task(_ping(socket))
            try:
                await self._listen(socket)
            finally:
                pinging.cancel()

    async def _log_in(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        expires = str(self._venue_ms() + _LOGIN_LIFE_MS)
        secret = self._settings.api_secret.encode()
        sign = hmac.new(secret, f"GET/realtime{expires}".encode(), hashlib.sha256).hexdigest()
        await socket.send_json({"op": "auth", "args": [self._settings.api_key, expires, sign]})
        await self._confirmed(socket, "auth")
        await socket.send_json({"op": "subscribe", "args": [_TOPIC], "req_id": _TOPIC})
        await self._confirmed(socket, "subscribe")

    async def _confirmed(self, socket: aiohttp.ClientWebSocketResponse, op: str) -> None:
        async with asyncio.timeout(_OPEN_TIMEOUT_S):
            while True:
                message = _read(await socket.receive())
                if message is None or message.get("op") != op:
                    continue
                if not message.get("success"):
                    raise LoginRefused(f"{op}: {message.get('ret_msg')}")
                return

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            try:
                async with asyncio.timeout(_SILENCE_S):
                    message = _read(await socket.receive())
            except TimeoutError:
                self._on_silence()
                raise
            self._on_message()
            if message is not None and message.get("topic") == _TOPIC:
                self._on_rows(message["data"])


async def _ping(socket: aiohttp.ClientWebSocketResponse) -> None:
    while True:
        await asyncio.sleep(_PING_EVERY_S)
        await socket.send_json({"op": "ping"})


def _read(frame: aiohttp.WSMessage) -> dict[str, Any] | None:
    """The JSON object of a frame, None for any other. Raises when the socket has ended."""
    if frame.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED):
        raise aiohttp.ClientConnectionError("the venue closed the socket")
    if frame.type is aiohttp.WSMsgType.ERROR:
        raise aiohttp.ClientConnectionError(f"the socket broke: {frame.data}")
    if frame.type is not aiohttp.WSMsgType.TEXT:
        return None
    try:
        message = json.loads(frame.data)
    except ValueError:
        return None
    return message if isinstance(message, dict) else None
