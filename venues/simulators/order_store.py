"""Every order and fill of an exchange, by the ways in which clients ask for them."""

import heapq
from collections.abc import Collection, Iterable, Iterator, Sequence

from venues.simulators.orders import Fill, Order


class OrderStore:
    """Every order and fill of an exchange, with the look-ups that its clients need."""

    def __init__(self) -> None:
        self._orders: dict[int, Order] = {}
        self._open: dict[tuple[str, str], dict[int, Order]] = {}
        self._by_client_id: dict[tuple[str, str], list[Order]] = {}
        self._by_symbol: dict[tuple[str, str], list[Order]] = {}
        self._fills: dict[tuple[str, str], list[Fill]] = {}
        self._fills_by_order: dict[int, list[Fill]] = {}
        self._ended: dict[str, list[Order]] = {}
        self._conditional: dict[str, list[Order]] = {}
        self._groups: dict[int, list[Order]] = {}

    def add(self, order: Order) -> None:
        """Remember a new order. A client id names the latest order that used it."""
        self._orders[order.order_id] = order
        self._open.setdefault((order.account, order.symbol), {})[order.order_id] = order
        self._by_client_id.setdefault((order.account, order.client_order_id), []).append(order)
        self._by_symbol.setdefault((order.account, order.symbol), []).append(order)
        if order.type.is_conditional:
            self._conditional.setdefault(order.account, []).append(order)
        if order.group is not None:
            self._groups.setdefault(order.group.group_id, []).append(order)

    def rename(self, order: Order, client_order_id: str) -> None:
        """Give an order another client id; the former one is free again."""
        self._forget_name(order.account, order.client_order_id, {order.order_id})
        order.former_client_order_id = order.client_order_id
        order.client_order_id = client_order_id
        self._by_client_id.setdefault((order.account, client_order_id), []).append(order)

    def add_fill(self, fill: Fill) -> None:
        """Remember a fill."""
        self._fills.setdefault((fill.account, fill.symbol), []).append(fill)
        self._fills_by_order.setdefault(fill.order_id, []).append(fill)

    def closed(self, order: Order) -> None:
        """Take a finished order out of the open ones."""
        del self._open[order.account, order.symbol][order.order_id]
        self._ended.setdefault(order.account, []).append(order)

    def forget(self, orders: Collection[Order]) -> None:
        """Let finished orders and their fills go."""
        gone = {order.order_id for order in orders}
        for order in orders:
            assert not order.is_open, "an order that can still trade is forgotten"
            del self._orders[order.order_id]
            self._fills_by_order.pop(order.order_id, None)
            if order.group is not None and not any(each.is_open for each in self.group_of(order)):
                self._groups.pop(order.group.group_id, None)
        for account, name in {(order.account, order.client_order_id) for order in orders}:
            self._forget_name(account, name, gone)
        for place in {(order.account, order.symbol) for order in orders}:
            self._by_symbol[place] = _without(gone, self._by_symbol[place])
            self._fills[place] = _without(gone, self._fills.get(place, []))
        for account in {order.account for order in orders}:
            self._ended[account] = _without(gone, self._ended.get(account, []))
            self._conditional[account] = _without(gone, self._conditional.get(account, []))

    def get(self, order_id: int) -> Order | None:
        """The order with this venue id."""
        return self._orders.get(order_id)

    def by_client_id(self, account: str, client_order_id: str) -> Order | None:
        """The latest order of an account under this client id."""
        named = self._by_client_id.get((account, client_order_id))
        return named[-1] if named else None

    def sharing_client_id(self, account: str, client_order_id: str) -> Sequence[Order]:
        """Every order of an account under this client id, oldest first."""
        return self._by_client_id.get((account, client_order_id), ())

    def open_orders(self, account: str | None = None, symbol: str | None = None) -> list[Order]:
        """Open orders, oldest first within each symbol."""
        return [
            order
            for (owner, name), orders in self._open.items()
            if account in (None, owner) and symbol in (None, name)
            for order in orders.values()
        ]

    def group_of(self, order: Order) -> list[Order]:
        """The orders of the group that an order is in, as they came; else the order alone."""
        if order.group is None:
            return [order]
        return self._groups.get(order.group.group_id, [order])

    def groups(self, account: str) -> list[list[Order]]:
        """All groups of an account, oldest first."""
        return [orders for orders in self._groups.values() if orders[0].account == account]

    def open_count(self, account: str, symbol: str) -> int:
        """How many orders of an account rest in a symbol."""
        return len(self._open.get((account, symbol), ()))

    def history(self, account: str, symbol: str) -> list[Order]:
        """Every order of an account in a symbol, oldest first."""
        return self._by_symbol.get((account, symbol), [])

    def latest_ended(self, account: str) -> Iterator[Order]:
        """Finished orders of an account, those that ended last first."""
        return reversed(self._ended.get(account, []))

    def conditional(self, account: str) -> Sequence[Order]:
        """Every order of an account that waits or waited for a price, oldest first."""
        return self._conditional.get(account, ())

    def newest(self, account: str, symbols: Iterable[str]) -> Iterator[Order]:
        """Every order of an account in some symbols, the newest first, found as it is asked for."""
        histories = [reversed(self.history(account, symbol)) for symbol in symbols]
        return heapq.merge(*histories, key=lambda order: order.order_id, reverse=True)

    def newest_fills(self, account: str, symbols: Iterable[str]) -> Iterator[Fill]:
        """Every fill of an account in some symbols, the newest first, found as it is asked for."""
        histories = [reversed(self.fills(account, symbol)) for symbol in symbols]
        return heapq.merge(*histories, key=_place, reverse=True)

    def fills(self, account: str, symbol: str) -> list[Fill]:
        """Every fill of an account in a symbol, oldest first."""
        return self._fills.get((account, symbol), [])

    def fills_of(self, order: Order) -> list[Fill]:
        """Every fill of one order, oldest first."""
        return self._fills_by_order.get(order.order_id, [])

    def __iter__(self) -> Iterator[Order]:
        return iter(self._orders.values())

    def _forget_name(self, account: str, name: str, gone: Collection[int]) -> None:
        named = _without(gone, self._by_client_id[account, name])
        if named:
            self._by_client_id[account, name] = named
        else:
            del self._by_client_id[account, name]


def _without[Item: (Order, Fill)](gone: Collection[int], items: list[Item]) -> list[Item]:
    return [item for item in items if item.order_id not in gone]


def _place(fill: Fill) -> tuple[int, int, int]:
    return fill.time_ns, fill.trade_id, fill.order_id
