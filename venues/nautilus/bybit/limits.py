"""Bybit's rate limits as we count them: by account and endpoint a second, and by address.

Orders are counted by category, whatever way they go. The venue's replies name the account's true
limit, which replaces the default. Source: https://bybit-exchange.github.io/docs/v5/rate-limit
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from venues.nautilus.budgets import RateLimits, RateWindow
from venues.nautilus.bybit.settings import Category

ADDRESS = "requests"
_ADDRESS_LIMIT, _ADDRESS_S = 600, 5.0
_QUESTIONS_A_SECOND = 50
# The venue counts when requests arrive: two that we send a second apart may arrive closer together.
_SECOND_S = 1.2
_ORDERS_A_SECOND = {Category.SPOT: 20, Category.LINEAR: 10, Category.INVERSE: 10}

LIMIT, LEFT = "x-bapi-limit", "x-bapi-limit-status"
HEADERS = ("X-Bapi-Limit", "X-Bapi-Limit-Status")

# The replies that say "too often".
TOO_MANY_VISITS = 10006
# "Terminate all HTTP sessions and wait for at least 10 minutes": who goes on is banned for longer.
_ADDRESS_REFUSED_S, _CANCELS_APART_S = 600.0, 10.0


class BybitLimits(RateLimits):
    """The limits of one account, and what the venue's replies say of them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__([RateWindow(ADDRESS, _ADDRESS_LIMIT, _ADDRESS_S)], clock)
        self._known: dict[str, int] = {}

    def cost(self, path: str, category: str | None) -> dict[str, int]:
        """What one request counts in."""
        window = self._window(path, category)
        return {ADDRESS: 1} if window is None else {ADDRESS: 1, window: 1}

    def on_reply(
        self, path: str, category: str | None, status: int, code: int, headers: Mapping[str, str]
    ) -> None:
        """Learn the account's limit and what the venue has counted of it."""
        window = self._window(path, category)
        limit, left = headers.get(LIMIT, ""), headers.get(LEFT, "")
        if window is not None and limit.isdigit() and left.isdigit():
            self._learn(window, int(limit))
            self.correct(window, int(limit) - int(left))
        if window is not None and code == TOO_MANY_VISITS:
            self.correct(window, self._known[window])
        if status == 403:
            self.close(_ADDRESS_REFUSED_S, for_cancels=False, cancels_apart_s=_CANCELS_APART_S)

    def _window(self, path: str, category: str | None) -> str | None:
        """The name of the window, made when it is first needed; None for a public endpoint."""
        if path.startswith("/v5/market/"):
            return None
        name = path.removeprefix("/v5/")
        limit = _QUESTIONS_A_SECOND
        if path.startswith(("/v5/order/create", "/v5/order/amend", "/v5/order/cancel")):
            name = f"{name} {category}"
            limit = _ORDERS_A_SECOND[Category(str(category))]
        if name not in self._known:
            self._learn(name, limit)
        return name

    def _learn(self, window: str, limit: int) -> None:
        if self._known.get(window) != limit:
            self._known[window] = limit
            self.set_limit(window, limit, _SECOND_S)
