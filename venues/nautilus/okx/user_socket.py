"""One private WebSocket of OKX: logged in, subscribed, watched, connected anew when it is gone."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

import aiohttp

from venues.nautilus.okx.rest import OkxRest, Row

_LOG = logging.getLogger(__name__)
_PAUSES_S = (0.1, 0.5, 1, 2, 5)  # between attempts; the last one repeats
_SET_UP_S = 5.0

# A dead connection answers no farewell: nobody waits for that.
_QUICKLY = aiohttp.ClientWSTimeout(ws_close=0.5)

# The venue closes a connection after 30 s of silence. A dead one is noticed within two of these.
_QUIET_S = 2.0

_ERRORS_APART_S = 10.0
"""Errors that follow each other faster end the connection."""

_UPGRADE = "64008"
"""The connection will soon be closed for a service upgrade."""


class _Lost(Exception):
    """This connection is of no use any more."""


class UserSocket:
    """Tells `on_rows(channel, rows)` what comes, and `on_restored` that it was away and is back."""

    def __init__(
        self,
        rest: OkxRest,
        path: str,
        subscriptions: Sequence[dict[str, str]],
        on_rows: Callable[[str, Sequence[Row]], None],
        on_restored: Callable[[], None],
        on_message: Callable[[], None],
    ) -> None:
        self._rest = rest
        self._url = f"{rest.settings.ws}/{path}"
        self._name = f"{rest.settings.venue}: the {path} stream"
        self._subscriptions = subscriptions
        self._on_rows = on_rows
        self._on_restored = on_restored
        self._on_message = on_message
        self._task: asyncio.Task[None] | None = None
        self._first_try: asyncio.Future[None] | None = None
        self._was_live = False
        self._survived_at = float("-inf")
        self.is_live = False

    async def start(self) -> None:
        """Return when news can come. Raises what the first attempt raised."""
        self._first_try = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._keep_up(), name=self._name)
        await self._first_try

    async def stop(self) -> None:
        self.is_live = False
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _keep_up(self) -> None:
        failures = 0
        while True:
            began = time.monotonic()
            try:
                await self._one_connection()
            except Exception as error:  # noqa: BLE001 - nothing may end it but its owner
                if self._first_try is not None and not self._first_try.done():
                    self._first_try.set_exception(error)
                    return
                _LOG.warning("%s is away: %s: %s", self._name, type(error).__name__, error)
            finally:
                self.is_live = False
            failures = 0 if time.monotonic() - began > _SET_UP_S else failures + 1
            await asyncio.sleep(_PAUSES_S[min(failures, len(_PAUSES_S) - 1)])

    async def _one_connection(self) -> None:
        async with asyncio.timeout(_SET_UP_S) as setting_up:
            async with self._rest.session.ws_connect(
                self._url, max_msg_size=0, timeout=_QUICKLY
            ) as socket:
                await socket.send_json(self._rest.login())
                await self._expect(socket, "login")
                await socket.send_json({"op": "subscribe", "args": self._subscriptions})
                for _ in self._subscriptions:
                    await self._expect(socket, "subscribe")
                setting_up.reschedule(None)
                self._up()
                await self._listen(socket)

    def _up(self) -> None:
        self.is_live = True
        if self._was_live:
            self._on_restored()
        self._was_live = True
        if self._first_try is not None and not self._first_try.done():
            self._first_try.set_result(None)

    async def _expect(self, socket: aiohttp.ClientWebSocketResponse, event: str) -> None:
        """Wait for the confirmation; rows of channels that are up already are handed on."""
        while True:
            frame = _parsed(await _text(socket))
            if frame.get("event") == event:
                return
            if frame.get("event") == "error":
                raise _Lost(f"the venue refused to {event}: {frame.get('code')} {frame.get('msg')}")
            self._hand_on(frame)

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        asked = False
        while True:
            try:
                async with asyncio.timeout(_QUIET_S):
                    text = await _text(socket)
            except TimeoutError:
                if asked:
                    raise _Lost("it does not answer") from None
                asked = True
                await socket.send_str("ping")
                continue
            asked = False
            self._on_message()
            if text == "pong":
                continue
            frame = _parsed(text)
            if frame.get("code") == _UPGRADE:
                raise _Lost("the venue announced that it will end it")
            if frame.get("event") == "error":
                await self._survive(socket, frame)
            else:
                self._hand_on(frame)

    async def _survive(
        self, socket: aiohttp.ClientWebSocketResponse, frame: dict[str, Any]
    ) -> None:
        """An error says nothing of the connection, but a subscription may have died of it: all are
        made again (twice is once), and what may have been missed is asked for."""
        problem = f"the venue reports {frame.get('code')}: {frame.get('msg')}"
        now = time.monotonic()
        if now - self._survived_at < _ERRORS_APART_S:
            raise _Lost(problem)
        self._survived_at = now
        _LOG.warning("%s: %s", self._name, problem)
        await socket.send_json({"op": "subscribe", "args": self._subscriptions})
        self._on_restored()

    def _hand_on(self, frame: dict[str, Any]) -> None:
        if "data" in frame and "arg" in frame:
            self._on_rows(frame["arg"].get("channel", ""), frame["data"])


async def _text(socket: aiohttp.ClientWebSocketResponse) -> str:
    message = await socket.receive()
    if message.type is aiohttp.WSMsgType.TEXT:
        return str(message.data)
    raise _Lost(f"closed with {socket.close_code}")


def _parsed(text: str) -> dict[str, Any]:
    if text == "pong":
        return {}
    try:
        frame = json.loads(text)
    except ValueError as error:
        raise _Lost(f"it sent what cannot be read: {text[:120]!r}") from error
    if not isinstance(frame, dict):
        raise _Lost(f"it sent what cannot be read: {text[:120]!r}")
    return frame
