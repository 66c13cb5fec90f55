"""Orders and accounts of an exchange as a fold over its ledger.

The live exchange and a restart apply the same four changes, so that what is restored is what was.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from venues.simulators.accounts import Account
from venues.simulators.ledger import Record
from venues.simulators.margin_account import MarginAccount
from venues.simulators.order_store import OrderStore
from venues.simulators.orders import Fill, Order, Status
from venues.simulators.records import accepted_order, filled_fill


class State:
    """Everything that survives a restart. ``next_order_id`` and ``next_trade_id`` only grow."""

    def __init__(self, accounts: Mapping[str, Account], first_id: int) -> None:
        self.accounts = accounts
        self.orders = OrderStore()
        self.next_order_id = first_id
        self.next_trade_id = first_id
        # Re-queued on amendment, so that a restart finds resting orders in their time priority.
        self.priority: dict[int, Order] = {}

    def accept(self, order: Order) -> None:
        """A new order: its funds are held."""
        self.next_order_id = max(self.next_order_id, order.order_id + 1)
        self.orders.add(order)
        self.priority[order.order_id] = order
        self.accounts[order.account].hold(order)

    def fill(self, order: Order, fill: Fill) -> None:
        """One side of a trade: the order and its account move together."""
        assert order.is_open, "a finished order traded"
        self.next_trade_id = max(self.next_trade_id, fill.trade_id + 1)
        order.executed += fill.quantity
        order.cumulative_quote += fill.price * fill.quantity
        order.updated_ns = fill.time_ns
        assert order.executed <= order.quantity, "an order traded more than its quantity"
        self.orders.add_fill(fill)
        account = self.accounts[order.account]
        account.settle(order, fill)
        if order.leaves == 0:
            self._end(order, Status.FILLED)
        else:
            order.status = Status.PARTIALLY_FILLED

    def amend(self, order: Order, price: Decimal, quantity: Decimal, now_ns: int) -> None:
        """New terms for a working order."""
        keeps_priority = order.keeps_priority(price, quantity)
        account = self.accounts[order.account]
        account.release(order.order_id)
        order.price, order.quantity, order.updated_ns = price, quantity, now_ns
        account.hold(order)
        if not keeps_priority:
            self.priority[order.order_id] = self.priority.pop(order.order_id)

    def end(self, order: Order, status: Status, now_ns: int) -> None:
        """A cancel or an expiry."""
        order.updated_ns = now_ns
        self._end(order, status)

    def replay(self, records: Iterable[Record]) -> None:
        """Rebuild from a ledger. The account balances must be those of its first line."""
        for record in records:
            match record["event"]:
                case "accepted":
                    self.accept(accepted_order(record))
                case "filled":
                    self.fill(self._order(record), filled_fill(record))
                case "amended":
                    price, quantity = Decimal(record["price"]), Decimal(record["quantity"])
                    self.amend(self._order(record), price, quantity, record["t"])
                case "canceled" | "expired":
                    status = Status(record["event"].upper())
                    self.end(self._order(record), status, record["t"])
                case "leverage":
                    account = self.accounts[record["account"]]
                    assert isinstance(account, MarginAccount)
                    account.set_leverage(record["symbol"], record["leverage"])

    def _order(self, record: Record) -> Order:
        order = self.orders.get(record["order_id"])
        assert order is not None, "the ledger tells of an order that it never accepted"
        return order

    def _end(self, order: Order, status: Status) -> None:
        order.status = status
        self.orders.closed(order)
        self.accounts[order.account].release(order.order_id)
        del self.priority[order.order_id]
