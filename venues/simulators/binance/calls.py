"""Requests after authentication, and the table rows that route them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from venues.simulators.binance.errors import INVALID_SYMBOL, ApiError
from venues.simulators.binance.params import Params
from venues.simulators.binance.weights import Weight, weight_of
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action
from venues.simulators.instruments import Instrument
from venues.simulators.orders import Order


class Security(Enum):
    """What a request must prove."""

    NONE = auto()
    KEY = auto()  # the API key header
    SIGNED = auto()  # key, timestamp and signature


@dataclass(frozen=True, slots=True)
class Call:
    """One request: its parameters, who asks (empty for public ones), and when it came.

    Orders that ended before ``forgotten_ns`` are not found any more.
    """

    params: Params
    account: str
    now_ns: int
    forgotten_ns: int = 0

    def remembers(self, order: Order) -> bool:
        """Whether the venue still finds an order."""
        return order.is_open or order.updated_ns >= self.forgotten_ns

    @property
    def now_ms(self) -> int:
        """The venue's time in milliseconds."""
        return self.now_ns // 1_000_000


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How one method and path is served. Handlers return the JSON body or raise ApiError."""

    handler: Callable[[Call], Any]
    security: Security = Security.NONE
    weight: Weight = 1
    action: Action = Action.OTHER

    def cost(self, params: Mapping[str, str]) -> int:
        """The request weight that a call uses up."""
        return weight_of(self.weight, params)


type Routes = dict[tuple[str, str], Endpoint]
"""Endpoints by method and path."""


def signed(
    handler: Callable[[Call], Any], weight: Weight = 1, action: Action = Action.OTHER
) -> Endpoint:
    """An endpoint that needs a signature."""
    return Endpoint(handler, Security.SIGNED, weight, action)


def instrument_of(exchange: Exchange, params: Params) -> Instrument:
    """The instrument that ``symbol`` names; raises ApiError."""
    instrument = exchange.instruments.get(params.text("symbol"))
    if instrument is None:
        raise ApiError(*INVALID_SYMBOL)
    return instrument


def instruments_of(exchange: Exchange, params: Params) -> list[Instrument]:
    """The instrument that ``symbol`` names, or all of them without it."""
    if "symbol" in params:
        return [instrument_of(exchange, params)]
    return list(exchange.instruments.values())


def named_order(exchange: Exchange, call: Call, error: tuple[int, str]) -> Order:
    """The caller's order that ``orderId`` or ``origClientOrderId`` names; raises ApiError.

    With both, the client id must belong to the order that the id names.
    """
    instrument = instrument_of(exchange, call.params)
    order_id = call.params.integer("orderId")
    client_id = call.params.optional("origClientOrderId")
    if order_id is None and client_id is None:
        text = "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!"
        raise ApiError(-1102, text)
    orders = exchange.state.orders
    if order_id is not None:
        order = orders.get(order_id)
    else:
        order = orders.by_client_id(call.account, client_id or "")
    if order is None or (order.account, order.symbol) != (call.account, instrument.symbol):
        raise ApiError(*error)
    if not call.remembers(order):
        raise ApiError(*error)
    if client_id is not None and order.client_order_id != client_id:
        raise ApiError(*error)
    return order
