"""Orders and accounts of an exchange as a fold over its ledger.

The live exchange and a restart apply the same changes, so that what is restored is what was.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from venues.simulators.accounts import Account, Delivering, Leveraged
from venues.simulators.deliveries import (
    Delivery,
    Expired,
    delivered_record,
    delivery_of,
    expired_of,
    expired_record,
)
from venues.simulators.ledger import CONTINUED, Record
from venues.simulators.order_store import OrderStore
from venues.simulators.orders import Condition, EndReason, Fill, Manner, Order, Status
from venues.simulators.records import (
    accepted_order,
    amended_manner,
    carried_order,
    carried_record,
    condition_of,
    decimal_of,
    filled_fill,
)


class State:
    """Everything that survives a restart. ``next_order_id`` and ``next_trade_id`` only grow."""

    def __init__(self, accounts: Mapping[str, Account], first_id: int) -> None:
        self.accounts = accounts
        self.orders = OrderStore()
        self.next_order_id = first_id
        self.next_trade_id = first_id
        # Re-queued on amendment, so that a restart finds resting orders in their time priority.
        self.priority: dict[int, Order] = {}
        self.settings: dict[tuple[str, str], str] = {}
        self.expired: dict[str, Expired] = {}
        self.deliveries: list[Delivery] = []
        self._finished: list[Order] = []

    def continued(self, now_ns: int) -> Record:
        """What a new part of the ledger begins with: accounts, and open orders in their queue."""
        return {
            "event": CONTINUED,
            "t": now_ns,
            "first_id": self.next_order_id,
            "next_trade_id": self.next_trade_id,
            "accounts": {name: account.carried() for name, account in self.accounts.items()},
            "orders": [
                carried_record(order, self.orders.fills_of(order))
                for order in self.priority.values()
            ],
            "settings": [[*key, value] for key, value in self.settings.items()],
            "expired": [expired_record(symbol, end) for symbol, end in self.expired.items()],
            "deliveries": [delivered_record(delivery) for delivery in self.deliveries],
        }

    def carry(self, continued: Record) -> None:
        """Take up what a part begins with; the accounts already have what is theirs."""
        self.next_trade_id = continued["next_trade_id"]
        self.settings = {(account, name): value for account, name, value in continued["settings"]}
        self.expired = {record["symbol"]: expired_of(record) for record in continued["expired"]}
        self.deliveries = [delivery_of(record) for record in continued["deliveries"]]
        carried = [carried_order(record) for record in continued["orders"]]
        self.priority = {order.order_id: order for order, _ in carried}
        for order in sorted(self.priority.values(), key=lambda order: order.order_id):
            self.orders.add(order)
        fills = [fill for _, own in carried for fill in own]
        for fill in sorted(fills, key=lambda fill: (fill.trade_id, not fill.is_maker)):
            self.orders.add_fill(fill)

    def forget_finished(self) -> None:
        """Let go what had ended when the part before this one began. Called with each new part."""
        self.orders.forget(self._finished)
        self._finished = [order for order in self.orders if not order.is_open]

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
            return
        order.status = Status.PARTIALLY_FILLED
        if fill.is_maker and order.display_quantity is not None:
            order.shown -= fill.quantity
            if not order.shown:
                order.show()
                self._requeue(order)
        else:
            order.show()

    def trail(self, order: Order, trigger_price: Decimal) -> None:
        """The trigger of a trailing order follows the market."""
        order.trigger_price = trigger_price

    def switch(self, order: Order) -> None:
        """An order with two conditions goes on by its other one."""
        order.switch()

    def trigger(self, order: Order, now_ns: int) -> None:
        """A conditional order becomes a working one: its funds are held as such."""
        account = self.accounts[order.account]
        account.release(order.order_id)
        order.price = order.working_price
        order.triggered, order.status = True, Status.NEW
        order.updated_ns = order.triggered_ns = now_ns
        account.hold(order)
        self._requeue(order)

    def amend(
        self,
        order: Order,
        price: Decimal | None,
        quantity: Decimal,
        trigger_price: Decimal | None,
        now_ns: int,
        alternative: Condition | None = None,
        manner: Manner | None = None,
        client_order_id: str | None = None,
    ) -> None:
        """New terms for an open order, perhaps another client id.

        It keeps its ``alternative`` and ``manner`` if not given.
        """
        if client_order_id not in (None, order.client_order_id):
            self.orders.rename(order, str(client_order_id))
        keeps_priority = order.keeps_priority(price, quantity, manner)
        account = self.accounts[order.account]
        account.release(order.order_id)
        order.price, order.quantity, order.updated_ns = price, quantity, now_ns
        order.trigger_price = trigger_price
        order.alternative = alternative or order.alternative
        order.behave(manner or order.manner)
        order.amended += 1
        account.hold(order)
        if keeps_priority:
            order.shown = min(order.shown, order.leaves)
        else:
            order.show()
            self._requeue(order)

    def end(self, order: Order, status: Status, reason: EndReason, now_ns: int) -> None:
        """A cancel or an expiry."""
        order.updated_ns, order.end_reason = now_ns, reason
        self._end(order, status)

    def expire(self, symbol: str, expired: Expired) -> None:
        """An instrument is no more."""
        self.expired[symbol] = expired

    def deliver(self, delivery: Delivery) -> None:
        """A position ends with its instrument."""
        self.next_trade_id = max(self.next_trade_id, delivery.delivery_id + 1)
        account = self.accounts[delivery.account]
        assert isinstance(account, Delivering)
        account.deliver(delivery)
        self.deliveries.append(delivery)

    def replay(self, records: Iterable[Record]) -> None:
        """Rebuild from a ledger, whose first line the accounts already know."""
        for record in records:
            match record["event"]:
                case "continued":
                    self.forget_finished()
                case "accepted":
                    self.accept(accepted_order(record))
                case "filled":
                    self.fill(self._order(record), filled_fill(record))
                case "amended":
                    order = self._order(record)
                    self.amend(
                        order,
                        decimal_of(record["price"]),
                        Decimal(record["quantity"]),
                        decimal_of(record.get("trigger_price")),
                        record["t"],
                        condition_of(record.get("alternative")),
                        amended_manner(record, order),
                        record["client_order_id"],
                    )
                case "switched":
                    self.switch(self._order(record))
                case "trailed":
                    self.trail(self._order(record), Decimal(record["trigger_price"]))
                case "triggered":
                    self.trigger(self._order(record), record["t"])
                case "canceled" | "expired":
                    status = Status(record["event"].upper())
                    reason = EndReason(record.get("reason", EndReason.REQUESTED))
                    self.end(self._order(record), status, reason, record["t"])
                case "instrument_expired":
                    self.expire(record["symbol"], expired_of(record))
                case "delivered":
                    self.deliver(delivery_of(record))
                case "setting":
                    self.settings[record["account"], record["name"]] = record["value"]
                case "leverage":
                    account = self.accounts[record["account"]]
                    assert isinstance(account, Leveraged)
                    account.set_leverage(record["symbol"], record["leverage"])

    def _order(self, record: Record) -> Order:
        order = self.orders.get(record["order_id"])
        assert order is not None, "the ledger tells of an order that it never accepted"
        return order

    def _requeue(self, order: Order) -> None:
        self.priority[order.order_id] = self.priority.pop(order.order_id)

    def _end(self, order: Order, status: Status) -> None:
        order.status = status
        self.orders.closed(order)
        self.accounts[order.account].release(order.order_id)
        del self.priority[order.order_id]
