"""Accounts and orders as the admin port shows them: plain JSON, decimals as strings."""

from typing import Any

from venues.simulators.accounts import Account
from venues.simulators.ledger import LedgerSummary
from venues.simulators.margin_account import MarginAccount
from venues.simulators.orders import Order
from venues.simulators.spot_account import SpotAccount


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
    }


def account_view(account: Account) -> dict[str, Any]:
    """Balances of a spot account; wallet and positions of a margin account."""
    if isinstance(account, SpotAccount):
        return {
            "balances": {
                asset: {"free": str(balance.free), "locked": str(balance.locked)}
                for asset, balance in account.balances.items()
            }
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
