"""Binance's HTTP client of the library, kept within the venue's rate limits.

Every request to the venue passes here, the library's own questions too. Its own limiter is not
used: it counts requests instead of weights and would hold cancels back behind questions.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import msgspec
from nautilus_trader.adapters.binance.common.urls import get_http_base_url
from nautilus_trader.adapters.binance.http.client import BinanceHttpClient
from nautilus_trader.common.component import LiveClock
from nautilus_trader.core.nautilus_pyo3 import HttpClient, HttpMethod, HttpResponse

from venues.nautilus.binance.costs import (
    WEIGHT,
    cost_of_amend,
    cost_of_order,
    default_windows,
    is_counted_before,
    urgency_of,
    weight_of,
)
from venues.nautilus.binance.paths import PATHS
from venues.nautilus.binance.settings import BinanceSettings
from venues.nautilus.budgets import RateLimits, Urgency
from venues.nautilus.venue_clock import VenueClock

_REQUEST_TIMEOUT_S = 10
_QUESTION_PATIENCE_S = 10.0
_CANCEL_PATIENCE_S = 1.0
_BACK_OFF_S = 5.0  # where the venue does not say for how long
_PAUSE_S = 1.0  # after a refusal that our count does not explain

_TOO_MANY_ORDERS = b"-1015"
_USED_WEIGHT = "x-mbx-used-weight-1m"
_ORDER_COUNT = re.compile(r"x-mbx-order-count-(\d+)([smhd])", re.IGNORECASE)
_INTERVALS_S = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600, "DAY": 86_400}


class _RateLimit(msgspec.Struct):
    rateLimitType: str  # noqa: N815 - the venue's names
    interval: str
    intervalNum: int  # noqa: N815
    limit: int


class _Limits(msgspec.Struct):
    rateLimits: list[_RateLimit]  # noqa: N815


class _Time(msgspec.Struct):
    serverTime: int  # noqa: N815


class AccountLimits(RateLimits):
    """The limits of one account, and what the venue's replies say of them."""

    def __init__(self, settings: BinanceSettings) -> None:
        super().__init__(default_windows(settings.product))
        self.product = settings.product

    async def take_order(self, patience_s: float) -> None:
        """Count one new order. Raises OutOfBudget."""
        await self.take(cost_of_order(self.product), Urgency.SUBMIT, patience_s)

    async def take_amend(self, patience_s: float) -> None:
        """Count one amendment. Raises OutOfBudget."""
        await self.take(cost_of_amend(self.product), Urgency.SUBMIT, patience_s)

    def on_response(self, url: str, response: HttpResponse) -> None:
        headers = {name.lower(): value for name, value in response.headers.items()}
        if headers.get(_USED_WEIGHT, "").isdigit():
            self.correct(WEIGHT, int(headers[_USED_WEIGHT]))
        for name, value in headers.items():
            count = _ORDER_COUNT.fullmatch(name)
            if count is not None and value.isdigit():
                self.correct(f"ORDERS {count[1]}{count[2].upper()}", int(value))
        if response.status in (429, 418):
            self._on_refusal(headers, response)
        if response.status == 200 and "/exchangeInfo" in url:
            self._learn(response.body)

    def _on_refusal(self, headers: Mapping[str, str], response: HttpResponse) -> None:
        """Back off. A 418 is a ban, which every further request makes longer."""
        asked = headers.get("retry-after", "")
        wait_s = float(asked) if asked.isdigit() else _BACK_OFF_S
        if response.status == 418:
            self.close(wait_s, for_cancels=True)
        elif _TOO_MANY_ORDERS not in response.body:
            used = headers.get(_USED_WEIGHT, "")
            is_over = used.isdigit() and int(used) >= self.limit_of(WEIGHT)
            self.close(wait_s if is_over else min(wait_s, _PAUSE_S), for_cancels=False)

    def _learn(self, body: bytes) -> None:
        for limit in msgspec.json.decode(body, type=_Limits).rateLimits:
            name = f"{limit.rateLimitType} {limit.intervalNum}{limit.interval[0]}"
            if limit.rateLimitType in ("REQUEST_WEIGHT", "ORDERS"):
                self.set_limit(name, limit.limit, limit.intervalNum * _INTERVALS_S[limit.interval])


class MeteredHttp(BinanceHttpClient):
    """Waits for its share of the limits before it signs, so that the time stamp is not stale, and
    stamps by the venue's clock.

    A new order is stamped by `stamps`, by its client id: with the moment when it had to go, not the
    one when it got here. Neither it nor an amendment waits for anything.
    """

    def __init__(
        self,
        settings: BinanceSettings,
        clock: LiveClock,
        limits: AccountLimits,
        venue_clock: VenueClock,
    ) -> None:
        secret = settings.api_secret
        super().__init__(
            clock=clock,
            api_key=settings.api_key,
            api_secret=secret,
            ed25519_private_key=secret if settings.has_ed25519_key else None,
            base_url=settings.url("http")
            or get_http_base_url(settings.account_type, settings.environment, False),
        )
        self._limits = limits
        self._venue_clock = venue_clock
        self._time_path = PATHS[settings.product].time
        self.stamps: dict[str, int] = {}
        transport: Any = _Observed(self._client, limits)
        self._client = transport

    def signature_of(self, text: str) -> str:
        """By the account's key, of whatever is to be signed."""
        return str(self._get_sign(text))

    async def sign_request(
        self,
        http_method: HttpMethod,
        url_path: str,
        payload: dict[str, str] | None = None,
        ratelimiter_keys: list[str] | None = None,
    ) -> Any:
        payload = dict(payload or {})
        if not is_counted_before(http_method, url_path):
            await self._take(http_method, url_path, payload)
            await self._know_the_time()
        if "timestamp" in payload:
            client_id = payload.get("newClientOrderId") or payload.get("clientAlgoId") or ""
            stamp_ms = self.stamps.get(client_id) or self._venue_clock.timestamp_ms()
            payload["timestamp"] = str(stamp_ms)
        payload["signature"] = self.signature_of(self._prepare_params(payload))
        return await super().send_request(http_method, url_path, payload)

    async def send_request(
        self,
        http_method: HttpMethod,
        url_path: str,
        payload: dict[str, str] | None = None,
        ratelimiter_keys: list[str] | None = None,
    ) -> bytes:
        await self._take(http_method, url_path, payload or {})
        body: bytes = await super().send_request(http_method, url_path, payload)
        return body

    async def _know_the_time(self) -> None:
        if self._venue_clock.offset_ms is None:
            await self._venue_clock.read(self._ask_time)

    async def _ask_time(self) -> int:
        reply = await self.send_request(HttpMethod.GET, self._time_path)
        return msgspec.json.decode(reply, type=_Time).serverTime

    async def _take(self, method: HttpMethod, path: str, params: dict[str, str]) -> None:
        """Raises OutOfBudget."""
        urgency = urgency_of(method)
        patience_s = _CANCEL_PATIENCE_S if urgency is Urgency.CANCEL else _QUESTION_PATIENCE_S
        weight = weight_of(self._limits.product, method, path, params)
        await self._limits.take({WEIGHT: weight}, urgency, patience_s)


class _Observed:
    """The library's transport, with its replies looked at."""

    def __init__(self, inner: HttpClient, limits: AccountLimits) -> None:
        self._inner = inner
        self._limits = limits

    async def request(self, method: HttpMethod, **request: Any) -> HttpResponse:
        request["keys"] = None  # they name quotas, and there are none
        async with asyncio.timeout(_REQUEST_TIMEOUT_S):
            response = await self._inner.request(method, **request)
        self._limits.on_response(str(request["url"]), response)
        return response
