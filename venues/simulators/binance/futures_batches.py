"""USDT-M futures REST: several orders in one request, each with an answer of its own."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from venues.simulators.binance.calls import Call, Routes, signed
from venues.simulators.binance.errors import ApiError, missing
from venues.simulators.binance.futures import FuturesApi
from venues.simulators.binance.params import Params, as_text
from venues.simulators.fault_kinds import Action

MOST_ORDERS, MOST_CANCELS = 5, 10
BAD_SIZE = (-4082, "Invalid number of batch place orders.")
# The venue takes the names of lists in lower case too.
CANCEL_LISTS = {
    "orderIdList": "orderId",
    "orderidlist": "orderId",
    "origClientOrderIdList": "origClientOrderId",
    "origclientorderidlist": "origClientOrderId",
}
# Whatever is in it, a batch counts for so many orders.
COUNTS = {"SECOND": 5, "MINUTE": 1}

type Handler = Callable[[Call], dict[str, Any]]


class FuturesBatchApi:
    """The endpoints of batches, out of the single ones of ``FuturesApi``."""

    def __init__(self, futures: FuturesApi) -> None:
        self._futures = futures

    def routes(self) -> Routes:
        """Endpoints with the real venue's weights."""
        path = "/fapi/v1/batchOrders"
        return {
            ("POST", path): signed(self.place, 5, Action.SUBMIT),
            ("PUT", path): signed(self.amend, 5, Action.AMEND),
            ("DELETE", path): signed(self.cancel, action=Action.CANCEL),
        }

    def place(self, call: Call) -> list[dict[str, Any]]:
        """Up to five new orders."""
        self._futures.count(call, COUNTS)
        return _each(self._futures.place_one, call, _orders(call))

    def amend(self, call: Call) -> list[dict[str, Any]]:
        """Up to five amendments."""
        self._futures.count(call, COUNTS)
        return _each(self._futures.amend_one, call, _orders(call))

    def cancel(self, call: Call) -> list[dict[str, Any]]:
        """Up to ten cancels."""
        given = next((name for name in CANCEL_LISTS if name in call.params), "")
        values = call.params.listed(given)
        if not values:
            raise missing("orderIdList")
        if len(values) > MOST_CANCELS:
            raise ApiError(*BAD_SIZE)
        symbol = call.params.text("symbol")
        orders = (
            Params({"symbol": symbol, CANCEL_LISTS[given]: as_text(value)}) for value in values
        )
        return _each(self._futures.cancel, call, orders)


def _orders(call: Call) -> Iterator[Params]:
    values = call.params.listed("batchOrders")
    if values is None:
        raise missing("batchOrders")
    if not 1 <= len(values) <= MOST_ORDERS or not all(isinstance(each, dict) for each in values):
        raise ApiError(*BAD_SIZE)
    for value in values:
        yield Params({name: as_text(each) for name, each in value.items() if each is not None})


def _each(handler: Handler, call: Call, requests: Iterable[Params]) -> list[dict[str, Any]]:
    """The answers in the order asked; what is refused is answered with its error."""
    answers: list[dict[str, Any]] = []
    for params in requests:
        try:
            answers.append(handler(replace(call, params=params)))
        except ApiError as error:
            answers.append(error.body)
    return answers
