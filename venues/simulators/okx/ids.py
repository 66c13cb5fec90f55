"""Ids as the venue writes them. The exchange has one order; OKX has an algo order, and an order of
its own once that has triggered."""

from venues.simulators.orders import Fill, Order

_ALGO_BASE = 700_000_000_000_000_000


def algo_id(order: Order) -> str:
    """The id of a conditional order before and after it triggers."""
    return str(_ALGO_BASE + order.order_id)


def exchange_id(algo: int) -> int:
    """The exchange's order id of an algo id."""
    return algo - _ALGO_BASE


def bill_id(fill: Fill) -> int:
    """The id of one side of a trade, by which fills are paged; that of its bill too.

    Of the two bills of a spot trade the other one has the next number.
    """
    return fill.trade_id * 4 + (2 if fill.is_maker else 0)


def client_id(order: Order) -> str:
    """What ``clOrdId`` says: what algo orders turn into has none, only its ``algoClOrdId``."""
    named = order.client_order_id
    return "" if order.type.is_conditional or is_generated(named) else named


def algo_client_id(order: Order) -> str:
    """What ``algoClOrdId`` says; empty for ordinary orders."""
    named = order.client_order_id
    return named if order.type.is_conditional and not is_generated(named) else ""


def is_generated(client_order_id: str) -> bool:
    """Whether the exchange made the id up: clients never see it."""
    return client_order_id.startswith("venue")
