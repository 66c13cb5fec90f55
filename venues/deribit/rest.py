"""Requests through ccxt, which `ccxt_import` brings.

What ccxt does here: it signs, sends and reads, and tells errors apart. What it must not do:

- send twice. It sends private commands as HTTP GET, and aiohttp repeats a GET whose connection
  broke, also after the venue has executed it. That is switched off in our own session.
- change orders. Its unified methods round amounts and prices and drop trigger prices, so only its
  raw endpoints are used, with text parameters.
- touch our arithmetic: answers are read as exact decimals.
- hold requests back. Its limiter knows nothing of cancels; ours is in `credit_pools`.

Its WebSocket client is not used at all: it loses wake-ups between two reads, and an error frame
ends its reading for a minute. `rpc_socket` speaks JSON-RPC itself.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

import aiohttp

from venues.deribit.ccxt_import import CcxtError, DeribitClient
from venues.deribit.failures import NoAnswer, VenueSaidNo
from venues.deribit.settings import Settings

# Shorter than any idle limit on the way, so that a request does not go out on a dead connection.
_KEEP_ALIVE_S = 10.0


class Lane(Enum):
    """Connections of their own, and how many at most: an order must not wait until questions have
    been answered, nor a cancel for orders. The venue lets 32 in per address; the streams need two,
    and others may share it."""

    ORDERS = ("orders", 6)
    CANCELS = ("cancels", 4)
    QUESTIONS = ("questions", 6)

    @property
    def connections_max(self) -> int:
        return self.value[1]


class _Client(DeribitClient):  # type: ignore[misc]
    """Numbers as exact decimals."""

    @staticmethod
    def on_json_response(response_body: str) -> Any:
        return json.loads(response_body, parse_float=Decimal)


class RestClient:
    """The venue's methods by name, each sent at most once. Use it on one loop, between `open` and
    `close`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lines: dict[Lane, _Line] = {}

    async def open(self) -> None:
        """Connections are made when they are needed; this only prepares."""
        self._lines = {lane: _Line(self._settings, lane.connections_max) for lane in Lane}

    async def close(self) -> None:
        lines, self._lines = self._lines, {}
        for line in lines.values():
            await line.close()

    async def ask(
        self,
        method: str,
        params: Mapping[str, str | int | bool],
        within_s: float,
        lane: Lane,
    ) -> Any:
        """The result of e.g. "private/buy". Raises VenueSaidNo or NoAnswer."""
        line = self._lines.get(lane)
        if line is None:
            raise NoAnswer("the client is not open; nothing was sent")
        scope, _, name = method.partition("/")
        try:
            async with asyncio.timeout(within_s):
                answer = await line.client.request(name, [scope], "GET", dict(params))
        except TimeoutError as error:
            raise NoAnswer(f"none to {method} within {within_s:g} s") from error
        except CcxtError as error:
            raise _failure(method, error) from error
        except Exception as error:
            # Whatever broke inside the library, the request may have been carried out.
            raise NoAnswer(f"{method}: {type(error).__name__}: {error}") from error
        if not isinstance(answer, dict) or "result" not in answer:
            raise NoAnswer(f"{method} was not answered in JSON-RPC")
        return answer["result"]


class _Line:
    """A client with connections of its own. Make it on the loop that uses it."""

    def __init__(self, settings: Settings, connections_max: int) -> None:
        connector = aiohttp.TCPConnector(
            limit=connections_max, keepalive_timeout=_KEEP_ALIVE_S, ttl_dns_cache=60
        )
        self._session = aiohttp.ClientSession(connector=connector)
        if not hasattr(self._session, "_retry_connection"):
            raise RuntimeError(
                "This aiohttp has no _retry_connection any more: find out how it is now kept from "
                "sending a GET twice, or an order may be placed twice."
            )
        self._session._retry_connection = False  # noqa: SLF001 - there is no public name for it
        self.client: Any = _Client(
            {
                "apiKey": settings.client_id,
                "secret": settings.client_secret,
                "enableRateLimit": False,
                "session": self._session,
                "options": {"maxRetriesOnFailure": 0},
                "timeout": 60_000,  # our own bounds speak first
            }
        )
        self.client.urls["api"] = {"rest": settings.http_url, "ws": settings.ws_url}

    async def close(self) -> None:
        await self.client.close()
        await self._session.close()


def _failure(method: str, error: Exception) -> VenueSaidNo | NoAnswer:
    """ccxt keeps the venue's answer as text behind its own name."""
    kind, text = type(error).__name__, str(error)
    try:
        told = json.loads(text[text.index("{") :])["error"]
        return VenueSaidNo(int(told["code"]), _message(told), kind)
    except (ValueError, KeyError, TypeError):
        return NoAnswer(f"{method}: {kind}")


def _message(told: Mapping[str, Any]) -> str:
    message, data = str(told.get("message", "")), told.get("data")
    if not isinstance(data, dict):
        return message
    return f"{message}: " + ", ".join(f"{name} {value}" for name, value in data.items())
