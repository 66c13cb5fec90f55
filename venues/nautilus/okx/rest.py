"""OKX's REST API: signed, bounded, sent once."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from venues.nautilus.budgets import OutOfBudget, RateLimits, Urgency
from venues.nautilus.okx.budgets import question_costs
from venues.nautilus.okx.rejections import Refusal
from venues.nautilus.okx.settings import OkxSettings
from venues.nautilus.venue_clock import VenueClock
from venues.port import VenueUnreachable

_TIMESTAMP_LIFE_MS = 30_000
"""The venue takes a request within 30 s of its timestamp."""

Row = Mapping[str, Any]


class NoReply(Exception):
    """There was no answer, or none that can be read: the request may have been carried out."""


class OkxRest:
    """One account. Belongs to the loop on which it is first used. Requests are stamped by the
    venue's clock."""

    def __init__(self, settings: OkxSettings, limits: RateLimits) -> None:
        self.settings = settings
        self.limits = limits
        self.clock = VenueClock(settings.venue)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30)
            )
        return self._session

    def expiry_ms(self) -> int:
        """Until when the venue may take a command that has to go now."""
        life_ms = round(self.settings.validity.total_seconds() * 1000)
        return self.clock.timestamp_ms() + life_ms

    def login(self) -> dict[str, Any]:
        """The login of a private WebSocket."""
        stamp = str(self.clock.timestamp_ms() // 1000)
        return {
            "op": "login",
            "args": [
                {
                    "apiKey": self.settings.credential("api_key"),
                    "passphrase": self.settings.credential("passphrase"),
                    "timestamp": stamp,
                    "sign": self._signature(f"{stamp}GET/users/self/verify"),
                }
            ],
        }

    async def ask(self, path: str, **params: str) -> Sequence[Row]:
        """The rows of an answer. Raises Refusal for the venue's no, VenueUnreachable otherwise."""
        timeout_s = self.settings.timeouts.question.total_seconds()
        query = f"?{urlencode(params)}" if params else ""
        costs = question_costs(path)
        try:
            async with asyncio.timeout(timeout_s):
                await self.limits.take(costs, Urgency.QUESTION, timeout_s)
                stamp_ms = self.clock.timestamp_ms()
                return await self._answer("GET", f"{path}{query}", "", stamp_ms, {})
        except OutOfBudget as shortage:
            raise VenueUnreachable(f"{shortage}; ask again later.") from shortage
        except (NoReply, TimeoutError) as error:
            raise VenueUnreachable(
                f"{self.settings.venue} did not answer GET {path} "
                f"({type(error).__name__}: {error}); ask again."
            ) from error
        except Refusal as refusal:
            if refusal.is_too_often:
                self.limits.exhausted(costs)
            if refusal.http_status >= 429 or not refusal.is_definite:
                raise VenueUnreachable(
                    f"{self.settings.venue} refused GET {path}: {refusal}; ask again later."
                ) from refusal
            raise

    async def command(self, path: str, body: Any, expiry_ms: int | None = None) -> Sequence[Row]:
        """Send a command once; its entries, one per order. Raises Refusal, NoReply.

        What reaches the venue after `expiry_ms` is refused there: the timestamp is so old that it
        runs out by then, and where the endpoint knows an expTime that says the same.
        """
        expiry_ms = expiry_ms or self.expiry_ms()
        text = json.dumps(body, separators=(",", ":"))
        stamp_ms = expiry_ms - _TIMESTAMP_LIFE_MS
        headers = {"expTime": str(expiry_ms)}
        try:
            async with asyncio.timeout(self.settings.timeouts.answer.total_seconds()):
                return await self._answer("POST", path, text, stamp_ms, headers)
        except TimeoutError as error:
            raise NoReply("no reply in time") from error

    async def time_ms(self) -> int:
        """The venue's clock. Raises VenueUnreachable."""
        try:
            [row] = await self.ask("/api/v5/public/time")
        except Refusal as refusal:
            venue = self.settings.venue
            raise VenueUnreachable(f"{venue} does not say the time: {refusal}") from refusal
        return int(row["ts"])

    async def _answer(
        self, method: str, target: str, body: str, stamp_ms: int, headers: Mapping[str, str]
    ) -> Sequence[Row]:
        stamp = _iso(stamp_ms)
        signed = {
            "OK-ACCESS-KEY": self.settings.credential("api_key"),
            "OK-ACCESS-PASSPHRASE": self.settings.credential("passphrase"),
            "OK-ACCESS-TIMESTAMP": stamp,
            "OK-ACCESS-SIGN": self._signature(f"{stamp}{method}{target}{body}"),
            "Content-Type": "application/json",
            **headers,
        }
        if self.settings.is_demo:
            signed["x-simulated-trading"] = "1"
        # As it stands: a comma that is unquoted again would break the signature.
        url = URL(self.settings.http + target, encoded=True)
        try:
            async with self.session.request(
                method, url, data=body or None, headers=signed, allow_redirects=False
            ) as response:
                return _entries(response.status, await response.read())
        except (aiohttp.ClientError, OSError) as error:
            raise NoReply(f"{type(error).__name__}: {error}") from error

    def _signature(self, payload: str) -> str:
        secret = self.settings.credential("api_secret").encode()
        return base64.b64encode(hmac.digest(secret, payload.encode(), hashlib.sha256)).decode()


def _entries(status: int, content: bytes) -> Sequence[Row]:
    """The data of an answer. Codes 1 and 2 mean that entries were refused: they say so."""
    try:
        envelope = json.loads(content)
        code, data = str(envelope["code"]), list(envelope.get("data") or [])
    except (ValueError, KeyError, TypeError) as error:
        raise NoReply(f"HTTP {status}: {content[:120]!r}") from error
    if code == "0" or (code in ("1", "2") and data):
        return data
    raise Refusal(status, code, str(envelope.get("msg", "")))


def _iso(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:03d}Z"
