"""OKX's rate limits as our own windows, and what each request costs in them.

Source: the "Rate Limit" line of each endpoint in the v5 docs; orders are limited per instrument,
and the sub-account's new orders and amendments together (1000 per 2 s).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from venues.nautilus.budgets import RateLimits, RateWindow

_PER_S = 2.0
_SUB_ACCOUNT = "orders of the account"
_SUB_ACCOUNT_LIMIT = 1000

_QUESTIONS = {
    "/api/v5/trade/order": 60,
    "/api/v5/trade/orders-pending": 60,
    "/api/v5/trade/order-algo": 20,
    "/api/v5/trade/orders-algo-pending": 20,
    "/api/v5/trade/fills": 60,
    "/api/v5/trade/fills-history": 10,
    "/api/v5/account/positions": 10,
    "/api/v5/account/balance": 10,
    "/api/v5/account/config": 5,
    "/api/v5/public/instruments": 20,
    "/api/v5/public/time": 10,
}
_ALGO_COMMANDS = {
    "/api/v5/trade/order-algo": ("place algo", 20),
    "/api/v5/trade/amend-algos": ("amend algo", 20),
    "/api/v5/trade/cancel-algos": ("cancel algo", 20),
}
_COMMANDS = {
    "/api/v5/trade/order": ("place", 60),
    "/api/v5/trade/amend-order": ("amend", 60),
    "/api/v5/trade/cancel-order": ("cancel", 60),
    "/api/v5/trade/cancel-batch-orders": ("cancel many", 300),
}
_COUNTED_TOGETHER = {"/api/v5/trade/order", "/api/v5/trade/amend-order"}


def limits_for(symbols: Iterable[str]) -> RateLimits:
    """All windows of an account that trades these."""
    windows = [RateWindow(_SUB_ACCOUNT, _SUB_ACCOUNT_LIMIT, _PER_S)]
    for symbol in symbols:
        windows += [_window(f"{verb} {symbol}", limit) for verb, limit in _COMMANDS.values()]
    windows += [_window(verb, limit) for verb, limit in _ALGO_COMMANDS.values()]
    windows += [_window(f"GET {path}", limit) for path, limit in _QUESTIONS.items()]
    return RateLimits(windows)


def question_costs(path: str) -> Mapping[str, int]:
    return {f"GET {path}": 1}


def command_costs(path: str, symbol: str, known: Iterable[str], amount: int = 1) -> dict[str, int]:
    """What a command costs. Instruments that are not configured share no window of ours."""
    costs: dict[str, int] = {}
    if path in _ALGO_COMMANDS:
        costs[_ALGO_COMMANDS[path][0]] = amount
    elif symbol in known:
        costs[f"{_COMMANDS[path][0]} {symbol}"] = amount
    if path in _COUNTED_TOGETHER:
        costs[_SUB_ACCOUNT] = amount
    return costs


def _window(name: str, limit: int) -> RateWindow:
    return RateWindow(name, limit, _PER_S)
