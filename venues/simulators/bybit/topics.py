"""The names of the public streams."""

import re
from dataclasses import dataclass

from venues.simulators.bybit.errors import ApiError
from venues.simulators.bybit.instruments import Category, Product, product_of
from venues.simulators.bybit.intervals import INTERVALS

DEPTHS = frozenset({1, 50, 200, 500, 1000})
_BOOK = re.compile(r"orderbook\.(\d+)\.(\w+)", re.ASCII)
_KLINE = re.compile(r"kline\.(\w+)\.(\w+)", re.ASCII)
# Nobody is liquidated here: that stream says nothing.
_OTHER = re.compile(r"(tickers|publicTrade|priceLimit|allLiquidation)\.(\w+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Topic:
    """One public stream. ``depth`` is 0 for all but books, ``interval`` empty for all but bars."""

    name: str
    kind: str
    product: Product
    depth: int = 0
    interval: str = ""


def topic_of(category: Category, name: str) -> Topic:
    """The stream of a name; raises ApiError for one that the venue does not have."""
    try:
        if (found := _BOOK.fullmatch(name)) and int(found.group(1)) in DEPTHS:
            product = product_of(category, found.group(2))
            return Topic(name, "orderbook", product, int(found.group(1)))
        if (found := _KLINE.fullmatch(name)) and found.group(1) in INTERVALS:
            product = product_of(category, found.group(2))
            return Topic(name, "kline", product, interval=found.group(1))
        if found := _OTHER.fullmatch(name):
            return Topic(name, found.group(1), product_of(category, found.group(2)))
    except ApiError:
        raise ApiError(10001, f"Invalid symbol :[{name}]") from None
    raise ApiError(10001, f"error:handler not found,topic:{name}")
