"""The real spot execution client, with the conditional orders and the amendments that the library
left out."""

from __future__ import annotations

from typing import Any

import msgspec
from nautilus_trader.adapters.binance.common.enums import BinanceOrderType
from nautilus_trader.adapters.binance.spot.enums import BinanceSpotEnumParser
from nautilus_trader.adapters.binance.spot.execution import BinanceSpotExecutionClient
from nautilus_trader.core.datetime import millis_to_nanos
from nautilus_trader.model.enums import OrderType
from nautilus_trader.model.identifiers import ClientOrderId, VenueOrderId
from nautilus_trader.model.objects import Price, Quantity
from nautilus_trader.model.orders import Order, TrailingStopMarketOrder

from domain.identifiers import order_id_of_venue_client_id
from venues.nautilus.binance.execution import BinanceListeningClient

_CONDITIONAL = (b'"STOP_LOSS', b'"TAKE_PROFIT')
_AMENDED = b'"REPLACED"'
_TRIGGERED_MARKET = {
    OrderType.STOP_MARKET: BinanceOrderType.STOP_LOSS,
    OrderType.MARKET_IF_TOUCHED: BinanceOrderType.TAKE_PROFIT,
    OrderType.TRAILING_STOP_MARKET: BinanceOrderType.STOP_LOSS,
}


class _OrderTypes(BinanceSpotEnumParser):
    """The order types of spot as they are: the library knows half, and mixes take-profits up."""

    def __init__(self) -> None:
        super().__init__()
        self.spot_valid_order_types |= set(_TRIGGERED_MARKET)
        self.spot_ext_to_int_order_type |= {
            BinanceOrderType.TAKE_PROFIT: OrderType.MARKET_IF_TOUCHED,
            BinanceOrderType.TAKE_PROFIT_LIMIT: OrderType.LIMIT_IF_TOUCHED,
        }

    def parse_internal_order_type(self, order: Order) -> BinanceOrderType:
        if order.order_type in _TRIGGERED_MARKET:
            return _TRIGGERED_MARKET[order.order_type]
        return super().parse_internal_order_type(order)


class _Report(msgspec.Struct):
    """What tells whether a conditional order was triggered, or an order amended; the venue's own
    names."""

    c: str  # client order id
    i: int  # order id
    x: str  # execution type
    w: bool  # on the book
    q: str  # quantity
    p: str  # price
    T: int  # transaction time in milliseconds


class ListeningSpotClient(BinanceListeningClient, BinanceSpotExecutionClient):
    def __init__(self, **parts: Any) -> None:
        super().__init__(**parts)
        self._enum_parser = self._spot_enum_parser = _OrderTypes()

    async def _submit_trailing_stop_market_order(
        self, order: TrailingStopMarketOrder, *_: object
    ) -> None:
        """Spot trails with a plain stop and a distance in basis points instead of a price."""
        await self._http_account.new_order(
            symbol=order.instrument_id.symbol.value,
            side=self._enum_parser.parse_internal_order_side(order.side),
            order_type=BinanceOrderType.STOP_LOSS,
            quantity=str(order.quantity),
            trailing_delta=f"{order.trailing_offset.normalize():f}",
            new_client_order_id=order.client_order_id.value,
            recv_window=str(self._recv_window),
        )

    def _handle_user_ws_message(self, raw: bytes) -> None:
        if b'"executionReport"' in raw and _AMENDED in raw:
            self._tell_amended(raw)
            return
        if b'"executionReport"' in raw and any(kind in raw for kind in _CONDITIONAL):
            self._look_for_trigger(raw)
        super()._handle_user_ws_message(raw)

    def _look_for_trigger(self, raw: bytes) -> None:
        """The venue has no event of its own: a triggered order is on the book, or trades."""
        report = self._read(raw)
        if report is not None and (report.x == "TRADE" or (report.x == "NEW" and report.w)):
            self.listener.on_triggered(report.c, str(report.i))

    def _tell_amended(self, raw: bytes) -> None:
        """An order has a smaller quantity now: the library does not know the word."""
        report = self._read(raw)
        if report is None or order_id_of_venue_client_id(report.c) is None:
            return  # an id that is not ASCII would end this process: nothing is made of it
        order = self._cache.order(ClientOrderId(report.c))
        if order is None:
            self.listener.on_gap(f"an amendment of {report.c}, which the node does not hold")
            return
        self.generate_order_updated(
            strategy_id=order.strategy_id,
            instrument_id=order.instrument_id,
            client_order_id=order.client_order_id,
            venue_order_id=VenueOrderId(str(report.i)),
            quantity=Quantity.from_str(report.q),
            price=Price.from_str(report.p),
            trigger_price=None,
            ts_event=millis_to_nanos(report.T),
        )

    def _read(self, raw: bytes) -> _Report | None:
        """None for one that cannot be read: what it says must be pulled."""
        try:
            return msgspec.json.decode(raw, type=_Report)
        except msgspec.MsgspecError as error:
            self._log.error(f"cannot read {raw!r}: {error}")
            self.listener.on_gap("a message about an order could not be read")
            return None
