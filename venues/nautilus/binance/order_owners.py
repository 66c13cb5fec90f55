"""Whose a venue order id is: Binance's trades name orders by number only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping

from venues.nautilus.binance.symbols import symbol_of

_REMEMBERED_MAX = 100_000

LearnOwner = Callable[[str, int, str], None]
"""Told of an order's instrument, number at the venue and client id."""


class OrderOwners:
    """Client ids by venue order id, for one symbol; order ids are unique within a symbol only."""

    def __init__(self) -> None:
        self._client_ids: dict[int, str] = {}

    def learn(self, order_id: int, client_id: str) -> None:
        """Remember it, and forget the oldest beyond the bound."""
        self._client_ids[order_id] = client_id
        if len(self._client_ids) > _REMEMBERED_MAX:
            del self._client_ids[next(iter(self._client_ids))]

    async def of(
        self,
        order_ids: Iterable[int],
        list_orders: Callable[[int], Awaitable[Mapping[int, str]]],
    ) -> dict[int, str]:
        """The client ids of these orders.

        `list_orders` reads the venue's order list from one order id on, a page at a time. An order
        that its list does not show (yet) is missing from the result: it may be found next time.
        """
        found: dict[int, str] = {}
        unknown: set[int] = set()
        for order_id in order_ids:
            client_id = self._client_ids.get(order_id)
            if client_id is None:
                unknown.add(order_id)
            else:
                found[order_id] = client_id
        while unknown:
            first = min(unknown)
            page = await list_orders(first)
            for order_id, client_id in page.items():
                self.learn(order_id, client_id)
            found |= {order_id: page[order_id] for order_id in unknown & page.keys()}
            unknown -= page.keys() | {first}
        return found


class Owners:
    """Of all symbols of an account."""

    def __init__(self) -> None:
        self._by_symbol: dict[str, OrderOwners] = {}

    def of(self, symbol: str) -> OrderOwners:
        return self._by_symbol.setdefault(symbol, OrderOwners())

    def learn(self, instrument_id: str, order_id: int, client_id: str) -> None:
        self.of(symbol_of(instrument_id)).learn(order_id, client_id)
