"""Accounts and orders as the admin port shows them: plain JSON, decimals as strings."""

from collections.abc import Mapping
from typing import Any

from venues.simulators.accounts import Account
from venues.simulators.ledger import LedgerSummary
from venues.simulators.margin_account import MarginAccount
from venues.simulators.matching import SelfTrade
from venues.simulators.orders import Order
from venues.simulators.spot_account import Balance, SpotAccount
from venues.simulators.unified_account import UnifiedAccount


def order_view(order: Order) -> dict[str, Any]:
    """An order."""
    return {
        "order_id": order.order_id,
        "client_order_id": order.client_order_id,
        "account": order.account,
        "symbol": order.symbol,
        "side": order.side,
        "type": order.type,
        "time_in_force": order.time_in_force,
        "post_only": order.post_only,
        "reduce_only": order.reduce_only,
        "price": None if order.price is None else str(order.price),
        "quantity": str(order.quantity),
        "executed": str(order.executed),
        "cumulative_quote": str(order.cumulative_quote),
        "status": order.status,
        "created_ns": order.created_ns,
        "updated_ns": order.updated_ns,
    } | _rare_terms(order)


def _rare_terms(order: Order) -> dict[str, Any]:
    """The terms that few orders have; only those that are set."""
    texts = {
        "trigger_price": order.trigger_price,
        "trigger_by": order.trigger_by if order.type.is_conditional else None,
        "trailing_offset": order.trailing_offset,
        "trailing_bps": order.trailing_bps,
        "activation_price": order.activation_price,
        "limit_offset": order.limit_offset,
        "display_quantity": order.display_quantity,
        "shown": order.shown if order.display_quantity is not None and order.is_open else None,
        "self_trade": None if order.self_trade is SelfTrade.ALLOWED else order.self_trade,
        "end_reason": order.end_reason,
        "group_id": order.group.group_id if order.group else None,
    }
    numbers = {"expire_ns": order.expire_ns, "triggered_ns": order.triggered_ns}
    view: dict[str, Any] = {name: str(value) for name, value in texts.items() if value is not None}
    view |= {name: number for name, number in numbers.items() if number is not None}
    if (other := order.alternative) is not None:
        view["alternative"] = {
            "type": other.type,
            "trigger_price": str(other.trigger_price),
            "trigger_by": other.trigger_by,
            "price": None if other.price is None else str(other.price),
        }
    return view | ({"venue_terms": dict(order.venue_terms)} if order.venue_terms else {})


def account_view(account: Account) -> dict[str, Any]:
    """Balances of a spot account, wallet and positions of a margin account, or both."""
    if isinstance(account, SpotAccount):
        return {"balances": _balances(account.balances)}
    if isinstance(account, UnifiedAccount):
        return {
            "balances": _balances(account.balances),
            "available": {asset: str(account.available(asset)) for asset in account.balances},
            "positions": {
                symbol: {
                    "amount": str(position.amount),
                    "entry_price": str(position.entry_price),
                    "cost": str(position.cost),
                    "realized": str(position.realized),
                }
                for symbol, position in account.positions.items()
            },
        }
    assert isinstance(account, MarginAccount)
    return {
        "wallet": str(account.wallet),
        "available": str(account.available),
        "positions": {
            symbol: {"amount": str(position.amount), "entry_price": str(position.entry_price)}
            for symbol, position in account.positions.items()
        },
    }


def _balances(balances: Mapping[str, Balance]) -> dict[str, Any]:
    return {
        asset: {"free": str(balance.free), "locked": str(balance.locked)}
        for asset, balance in balances.items()
    }


def summary_view(summary: LedgerSummary) -> dict[str, Any]:
    """A folded ledger. ``states`` counts orders by how they ended."""
    states: dict[str, int] = {}
    for orders in summary.orders.values():
        for order in orders:
            states[order.state] = states.get(order.state, 0) + 1
    return {
        "orders": sum(len(orders) for orders in summary.orders.values()),
        "states": states,
        "doubled": summary.doubled,
        "positions": {symbol: str(amount) for symbol, amount in summary.positions.items()},
        "fees": {asset: str(amount) for asset, amount in summary.fees.items()},
    }
