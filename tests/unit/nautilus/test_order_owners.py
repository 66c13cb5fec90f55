"""Trades of unknown orders are looked up page by page, and never counted as somebody else's."""

from collections.abc import Mapping

from venues.nautilus.binance.order_owners import OrderOwners


class OrderList:
    """A venue's order list that shows two orders a page."""

    def __init__(self, orders: Mapping[int, str]) -> None:
        self.orders = dict(orders)
        self.asked: list[int] = []

    async def page(self, first: int) -> dict[int, str]:
        self.asked.append(first)
        return dict([item for item in sorted(self.orders.items()) if item[0] >= first][:2])


async def test_known_owners_are_not_asked_for() -> None:
    owners, venue = OrderOwners(), OrderList({})
    owners.learn(7, "a")
    assert await owners.of({7}, venue.page) == {7: "a"}
    assert venue.asked == []


async def test_unknown_owners_are_read_from_the_oldest_on() -> None:
    owners, venue = OrderOwners(), OrderList({1: "a", 2: "b", 3: "c", 9: "d"})
    assert await owners.of({2, 3, 9}, venue.page) == {2: "b", 3: "c", 9: "d"}
    assert venue.asked == [2, 9]
    assert await owners.of({2, 3, 9}, venue.page) == {2: "b", 3: "c", 9: "d"}
    assert venue.asked == [2, 9]


async def test_an_order_that_is_not_shown_yet_is_asked_for_again() -> None:
    owners, venue = OrderOwners(), OrderList({})
    assert await owners.of({5}, venue.page) == {}
    venue.orders[5] = "late"
    assert await owners.of({5}, venue.page) == {5: "late"}
