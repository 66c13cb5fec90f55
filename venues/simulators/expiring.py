"""The end of instruments that expire: their orders end, their positions are closed at one price."""

from collections.abc import Callable
from decimal import Decimal

from venues.simulators.accounts import Delivering
from venues.simulators.deliveries import Delivery, Expired, delivered_record, expired_record
from venues.simulators.fees import Charge
from venues.simulators.matching import Side
from venues.simulators.orders import EndReason, Status
from venues.simulators.trading import Trading

type DeliveryFee = Callable[[Decimal], Charge]
"""What the delivery of a quantity costs."""


class Expiring(Trading):
    """Books whose instruments may expire."""

    def deliver(
        self, symbol: str, price: Decimal, index: Decimal, fee: DeliveryFee, now_ns: int
    ) -> list[Delivery]:
        """Let an instrument expire at a price: nothing trades in it ever after.

        ``index`` is the price of the underlying that decided it.

        Raises ValueError for one that has expired already.
        """
        if symbol in self.state.expired:
            raise ValueError(f"{symbol} has expired already")
        for order in self.state.orders.open_orders(symbol=symbol):
            self._end(order, Status.CANCELED, EndReason.DELIVERED, now_ns)
        for resting in list(self.books[symbol]):
            self.books[symbol].remove(resting.order_id)
        self.state.expire(symbol, Expired(price, index, now_ns))
        self.marks[symbol] = price
        self._ledger.append(expired_record(symbol, self.state.expired[symbol]))
        made = [
            self._deliver(account, symbol, price, fee, now_ns)
            for account in self.state.accounts.values()
            if isinstance(account, Delivering) and account.position(symbol).amount
        ]
        self._commit(symbol, now_ns)
        return made

    def _deliver(
        self, account: Delivering, symbol: str, price: Decimal, fee: DeliveryFee, now_ns: int
    ) -> Delivery:
        position = account.position(symbol)
        side = Side.SELL if position.amount > 0 else Side.BUY
        quantity = abs(position.amount)
        charge = fee(quantity)
        delivery = Delivery(
            delivery_id=self.state.next_trade_id,
            account=account.name,
            symbol=symbol,
            side=side,
            price=price,
            quantity=quantity,
            fee=charge.amount,
            fee_asset=charge.asset,
            realized_pnl=position.profit(side, price, quantity),
            time_ns=now_ns,
        )
        self.state.deliver(delivery)
        self._ledger.append(delivered_record(delivery))
        self._touched.setdefault(account.name, set()).add(symbol)
        self._traded.add(account.name)
        return delivery
