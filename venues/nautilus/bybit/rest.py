"""Bybit's REST API, signed by us: one request, one answer, no retry.

The library's own client retries, throttles in silence and keeps the venue's codes to itself. Its
HTTP transport is used.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from nautilus_trader.core.nautilus_pyo3 import HttpClient, HttpError, HttpMethod, HttpTimeoutError

from venues.nautilus.budgets import OutOfBudget, Urgency
from venues.nautilus.bybit.limits import HEADERS, BybitLimits
from venues.nautilus.bybit.rejections import OK, Refusal
from venues.nautilus.bybit.settings import BybitSettings
from venues.nautilus.venue_clock import VenueClock
from venues.port import VenueUnreachable

_QUESTION_PATIENCE_S = 5.0
_CANCEL_PATIENCE_S = 1.0
_PAGES_MAX = 1000


class NoAnswer(Exception):
    """No readable answer came: the venue may have acted."""


class Refused(VenueUnreachable):
    """The venue answered a question with a refusal."""

    def __init__(self, message: str, refusal: Refusal) -> None:
        super().__init__(message)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Answer:
    """What the venue answered; `refusal` is None where it agreed."""

    result: Mapping[str, Any]
    refusal: Refusal | None = None


class BybitRest:
    """One account. Requests are stamped by the venue's clock."""

    def __init__(self, settings: BybitSettings, limits: BybitLimits) -> None:
        self.limits = limits
        self.clock = VenueClock(settings.venue)
        self._settings = settings
        self._base = settings.url("http")
        self._window_ms = str(round(settings.recv_window.total_seconds() * 1000))
        self._http = HttpClient(header_keys=list(HEADERS))

    async def command(
        self, path: str, body: Mapping[str, Any], *, stamp_ms: int | None = None
    ) -> Answer:
        """Send a command once and at once, and wait a bounded time. Raises NoAnswer.

        Its share of the limits was taken before. `stamp_ms` is how old it is, by the venue's clock;
        made now unless it says so.
        """
        text = json.dumps(body, separators=(",", ":"))
        bound_s = self._settings.timeouts.answer.total_seconds()
        category = body.get("category")
        return await self._send(HttpMethod.POST, path, text, category, bound_s, stamp_ms)

    async def cancel(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Send a cancel, once there is room for it. Raises NoAnswer and OutOfBudget."""
        cost = self.limits.cost(path, body.get("category"))
        await self.limits.take(cost, Urgency.CANCEL, _CANCEL_PATIENCE_S)
        return await self.command(path, body)

    async def ask(self, path: str, **params: str | int | None) -> Mapping[str, Any]:
        """The result of a question. Raises VenueUnreachable, by name Refused."""
        named = {name: str(value) for name, value in params.items() if value not in (None, "")}
        bound_s = self._settings.timeouts.question.total_seconds()
        try:
            cost = self.limits.cost(path, named.get("category"))
            await self.limits.take(cost, Urgency.QUESTION, _QUESTION_PATIENCE_S)
            query = urlencode(named)
            answer = await self._send(HttpMethod.GET, path, query, named.get("category"), bound_s)
        except (NoAnswer, OutOfBudget) as error:
            raise VenueUnreachable(
                f"{self._settings.venue} did not answer {path}: {error}; ask again."
            ) from error
        if answer.refusal is not None:
            raise Refused(
                f"{self._settings.venue} refused the question {path} ({answer.refusal}); "
                "ask again later.",
                answer.refusal,
            )
        return answer.result

    async def rows(self, path: str, **params: str | int | None) -> AsyncIterator[Mapping[str, Any]]:
        """All rows of a list, page by page. Raises VenueUnreachable."""
        cursor: str | None = None
        for _ in range(_PAGES_MAX):
            result = await self.ask(path, cursor=cursor, **params)
            for row in result.get("list", ()):
                yield row
            cursor = result.get("nextPageCursor")
            if not cursor:
                return
        raise VenueUnreachable(f"{path} has more than {_PAGES_MAX} pages; ask for a shorter time.")

    async def time_ms(self) -> int:
        """The venue's clock. Raises VenueUnreachable."""
        result = await self.ask("/v5/market/time")
        return int(result["timeNano"]) // 1_000_000

    async def _send(
        self,
        method: HttpMethod,
        path: str,
        text: str,
        category: str | None,
        bound_s: float,
        stamp_ms: int | None = None,
    ) -> Answer:
        is_post = method is HttpMethod.POST
        url = self._base + path + ("" if is_post or not text else f"?{text}")
        body = text.encode() if is_post else None
        try:
            async with asyncio.timeout(bound_s):
                response = await self._http.request(
                    method, url, headers=self._signed(text, stamp_ms), body=body
                )
        except TimeoutError as error:
            raise NoAnswer(f"no reply within {bound_s:g} s") from error
        except (HttpError, HttpTimeoutError, OSError) as error:
            raise NoAnswer(f"{type(error).__name__}: {error}") from error
        status, headers = response.status, _lower(response.headers)
        try:
            reply = json.loads(response.body)
            code, message = int(reply["retCode"]), str(reply["retMsg"])
            result = reply.get("result") or {}
        except (ValueError, KeyError, TypeError) as error:
            self.limits.on_reply(path, category, status, OK, headers)
            raise NoAnswer(f"HTTP {status} without a readable body") from error
        self.limits.on_reply(path, category, status, code, headers)
        return Answer(result, None if code == OK else Refusal(status, code, message))

    def _signed(self, text: str, stamp_ms: int | None) -> dict[str, str]:
        """The signature covers the very query or body that is sent."""
        sent_ms = str(stamp_ms or self.clock.timestamp_ms())
        payload = sent_ms + self._settings.api_key + self._window_ms + text
        secret = self._settings.api_secret.encode()
        return {
            "Content-Type": "application/json",
            "X-BAPI-API-KEY": self._settings.api_key,
            "X-BAPI-TIMESTAMP": sent_ms,
            "X-BAPI-RECV-WINDOW": self._window_ms,
            "X-BAPI-SIGN": hmac.new(secret, payload.encode(), hashlib.sha256).hexdigest(),
        }


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
