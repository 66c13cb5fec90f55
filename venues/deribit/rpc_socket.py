"""One JSON-RPC connection over WebSocket: requests with answers, and notifications.

Notifications go to a callback that must only note them: nothing on the way waits, so none is lost.
An error frame that answers nothing is logged, and the reading goes on.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import logging
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Self

import aiohttp

from venues.deribit.failures import NoAnswer, VenueSaidNo

_LOG = logging.getLogger(__name__)
_MESSAGE_MAX_BYTES = 16 * 1024 * 1024
# A connection that is dead does not answer a closing handshake either.
_GOODBYE_S = 0.5

type OnNotification = Callable[[str, Any], None]
type OnTimes = Callable[[float, float, int, int], None]
"""Our milliseconds of a request and its answer, the venue's microseconds of both."""


class RpcSocket:
    """Use it as a context; leaving it closes the connection."""

    def __init__(
        self,
        url: str,
        on_notification: OnNotification,
        connect_s: float,
        on_times: OnTimes | None = None,
    ) -> None:
        self._url = url
        self._on_times = on_times
        self._on_notification = on_notification
        self._connect_s = connect_s
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._session: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        try:
            async with asyncio.timeout(self._connect_s):
                self._socket = await self._session.ws_connect(
                    self._url,
                    max_msg_size=_MESSAGE_MAX_BYTES,
                    timeout=aiohttp.ClientWSTimeout(ws_close=_GOODBYE_S),
                )
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            await self._session.close()
            raise NoAnswer(f"no connection: {type(error).__name__}: {error}") from error
        except BaseException:
            await self._session.close()
            raise
        self._reading = asyncio.create_task(self._read(self._socket), name="deribit socket")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._session is not None
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait({self._reading})
        if self._socket is not None:
            await self._socket.close()
        await self._session.close()

    async def ask(self, method: str, params: Mapping[str, Any], within_s: float) -> Any:
        """The result of a method. Raises VenueSaidNo or NoAnswer."""
        socket = self._socket
        if socket is None or socket.closed or (self._reading is not None and self._reading.done()):
            raise NoAnswer("the connection is closed")
        request_id = next(self._ids)
        request = {"jsonrpc": "2.0", "id": request_id, "method": method, "params": dict(params)}
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[request_id] = answer
        sent_ms = time.time() * 1000
        try:
            async with asyncio.timeout(within_s):
                await socket.send_str(json.dumps(request))
                message = await answer
        except TimeoutError as error:
            raise NoAnswer(f"none to {method} within {within_s:g} s") from error
        except (aiohttp.ClientError, OSError) as error:
            raise NoAnswer(f"{method}: {type(error).__name__}: {error}") from error
        finally:
            self._waiting.pop(request_id, None)
        if self._on_times is not None and "usIn" in message and "usOut" in message:
            self._on_times(sent_ms, time.time() * 1000, message["usIn"], message["usOut"])
        return message.get("result")

    async def log_in(
        self, client_id: str, client_secret: str, within_s: float
    ) -> Mapping[str, Any]:
        """Authenticate with a signature: the secret itself does not travel."""
        timestamp = int(time.time() * 1000)
        nonce = str(timestamp)
        signed = f"{timestamp}\n{nonce}\n".encode()
        signature = hmac.new(client_secret.encode(), signed, hashlib.sha256).hexdigest()
        token: Mapping[str, Any] = await self.ask(
            "public/auth",
            {
                "grant_type": "client_signature",
                "client_id": client_id,
                "timestamp": timestamp,
                "nonce": nonce,
                "data": "",
                "signature": signature,
            },
            within_s,
        )
        return token

    async def subscribe(self, scope: str, channels: list[str], within_s: float) -> list[str]:
        """Returns the channels that the venue left out, which it does without an error."""
        taken = await self.ask(f"{scope}/subscribe", {"channels": channels}, within_s)
        return [channel for channel in channels if channel not in taken]

    async def ended(self) -> None:
        """Return when the connection has ended; raises what a message could not be read for."""
        assert self._reading is not None
        await asyncio.wait({self._reading})
        if not self._reading.cancelled():
            self._reading.result()

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    await self._on_text(socket, message.data)
        except (aiohttp.ClientError, OSError) as error:
            _LOG.info("DERIBIT: the socket broke: %s", error)
        finally:
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(NoAnswer("the connection broke"))

    async def _on_text(self, socket: aiohttp.ClientWebSocketResponse, text: str) -> None:
        message = json.loads(text, parse_float=Decimal)
        match message.get("method"):
            case "subscription":
                self._on_notification(message["params"]["channel"], message["params"]["data"])
                return
            case "heartbeat":
                if message["params"].get("type") == "test_request":
                    await socket.send_str('{"jsonrpc":"2.0","id":0,"method":"public/test"}')
                return
        waiting = self._waiting.pop(message.get("id"), None)
        error = message.get("error")
        if waiting is None or waiting.done():
            if error is not None:
                _LOG.warning("DERIBIT: an error that answers nothing: %s", error)
        elif error is not None:
            waiting.set_exception(VenueSaidNo(int(error["code"]), str(error.get("message", ""))))
        else:
            waiting.set_result(message)
