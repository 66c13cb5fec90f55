"""What a key or a token may do, and what each method wants.

Source: docs.deribit.com, "Access Scope", and the scope that OpenAPI 2.1.1 gives each method.
"""

from collections.abc import Iterable, Mapping

AREAS = ("account", "trade", "wallet", "block_trade", "block_rfq")
_LEVELS = ("none", "read", "read_write")

EVERYTHING = " ".join(f"{area}:read_write" for area in AREAS)
"""The scope of a key without limits."""


def _of(scope: str, *names: str) -> dict[str, str]:
    return {f"private/{name}": scope for name in names}


SCOPES: Mapping[str, str] = {
    **_of(
        "trade:read_write",
        "buy",
        "sell",
        "close_position",
        "edit",
        "edit_by_label",
        "cancel",
        "cancel_by_label",
        "cancel_all",
        "cancel_all_by_instrument",
        "cancel_all_by_currency",
        "cancel_all_by_currency_pair",
        "cancel_all_by_kind_or_type",
    ),
    **_of(
        "trade:read",
        "get_order_state",
        "get_order_state_by_label",
        "get_open_orders",
        "get_open_orders_by_currency",
        "get_open_orders_by_instrument",
        "get_open_orders_by_label",
        "get_order_history_by_currency",
        "get_order_history_by_instrument",
        "get_order_margin_by_ids",
        "get_margins",
        "get_position",
        "get_positions",
        "get_settlement_history_by_currency",
        "get_settlement_history_by_instrument",
        "get_trigger_order_history",
        "get_user_trades_by_currency",
        "get_user_trades_by_currency_and_time",
        "get_user_trades_by_instrument",
        "get_user_trades_by_instrument_and_time",
        "get_user_trades_by_order",
    ),
    **_of(
        "account:read_write",
        "enable_cancel_on_disconnect",
        "disable_cancel_on_disconnect",
        "set_self_trading_config",
    ),
    **_of(
        "account:read",
        "get_access_log",
        "get_account_summaries",
        "get_account_summary",
        "get_cancel_on_disconnect",
        "get_new_announcements",
        "get_subaccounts",
        "get_transaction_log",
        "get_user_locks",
    ),
    **_of("wallet:read", "get_deposits", "get_transfers", "get_withdrawals"),
}
"""By method; those that are not here want a login and nothing more."""

CHANNEL_SCOPES: Mapping[str, str] = {
    "user.orders": "trade:read",
    "user.trades": "trade:read",
    "user.changes": "trade:read",
    "user.combo_trades": "trade:read",
    "user.mmp_trigger": "trade:read",
    "user.portfolio": "account:read",
    "user.lock": "account:read",
    "user.access_log": "account:read",
}
"""By topic of a private channel. The venue's text names none; these are those of the methods that
tell the same."""


def allows(scope: str, wanted: str | None) -> bool:
    """Whether a scope contains what is wanted."""
    if wanted is None:
        return True
    area, _, level = wanted.partition(":")
    return _LEVELS.index(_level(scope.split(), area)) >= _LEVELS.index(level)


def narrowed(asked: Iterable[str], key: str) -> str:
    """The scope of a token: what was asked for, as far as the key has it; without a word about an
    area all that the key has there."""
    words, granted = list(asked), []
    for area in AREAS:
        own = _level(key.split(), area)
        wanted = own if not _names(words, area) else _level(words, area)
        level = min(own, wanted, key=_LEVELS.index)
        if level != "none":
            granted.append(f"{area}:{level}")
    return " ".join(granted)


def _names(words: Iterable[str], area: str) -> bool:
    return any(word.partition(":")[0] == area for word in words)


def _level(words: Iterable[str], area: str) -> str:
    """The level of an area among the words of a scope."""
    levels = [word.partition(":")[2] for word in words if word.partition(":")[0] == area]
    return next((level for level in levels if level in _LEVELS), "none")
