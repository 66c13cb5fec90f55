"""What Bybit says of our orders, told as it was said.

The orders come by the library's private stream, the executions by one of our own.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from nautilus_trader.adapters.bybit.execution import BybitExecutionClient
from nautilus_trader.core import nautilus_pyo3
from nautilus_trader.execution.reports import OrderStatusReport
from nautilus_trader.model.enums import LiquiditySide, OrderStatus
from nautilus_trader.model.events import OrderCanceled, OrderEvent, OrderRejected, OrderUpdated
from nautilus_trader.model.identifiers import ClientOrderId, TradeId, VenueOrderId
from nautilus_trader.model.objects import Currency, Money, Price, Quantity

from domain.identifiers import order_id_of_venue_client_id
from venues.nautilus.bybit.executions import Row
from venues.nautilus.bybit.fees import fee_of
from venues.nautilus.bybit.numbers import number
from venues.nautilus.bybit.rejections import TIME_IN_FORCE_REASONS
from venues.nautilus.bybit.rows import TRADE_TYPE
from venues.nautilus.bybit.settings import Symbol
from venues.nautilus.listening import ListeningClient

_TRADES_REMEMBERED_MAX = 5000
_NS_A_MS = 1_000_000


class BybitNewsClient(ListeningClient, BybitExecutionClient):
    """Stands before the real client in the method order. `told_trades` are the latest executions
    that were heard, `told_since` is from when on none can have been missed."""

    told_trades: OrderedDict[str, None]
    told_since: datetime

    def forget_told(self) -> None:
        """What is heard from now on is heard from its beginning."""
        self.told_trades = OrderedDict()
        self.told_since = datetime.now(UTC)

    # --- executions ---

    def on_executions(self, rows: list[Row]) -> None:
        """Executions of any account activity; only trades of our orders are fills."""
        for row in rows:
            client_id = str(row.get("orderLinkId", ""))
            if row.get("execType") != TRADE_TYPE or order_id_of_venue_client_id(client_id) is None:
                continue
            self.told_trades[row["execId"]] = None
            if len(self.told_trades) > _TRADES_REMEMBERED_MAX:
                self.told_trades.popitem(last=False)
            if not self._tell_fill(ClientOrderId(client_id), row):
                self.listener.on_gap(f"a fill of {client_id}, which the node does not hold")

    def _tell_fill(self, client_id: ClientOrderId, row: Row) -> bool:
        """False where the node does not know the order."""
        order = self._cache.order(client_id)
        instrument = None if order is None else self._cache.instrument(order.instrument_id)
        if order is None or instrument is None:
            return False
        fee, code = fee_of(row, Symbol.of(order.instrument_id.value))
        self.generate_order_filled(
            strategy_id=order.strategy_id,
            instrument_id=order.instrument_id,
            client_order_id=client_id,
            venue_order_id=VenueOrderId(row["orderId"]),
            venue_position_id=None,
            trade_id=TradeId(row["execId"]),
            order_side=order.side,
            order_type=order.order_type,
            last_qty=Quantity.from_str(f"{number(row['execQty']):f}"),
            last_px=Price.from_str(f"{number(row['execPrice']):f}"),
            quote_currency=instrument.quote_currency,
            commission=Money(fee, Currency.from_str(code)),
            liquidity_side=LiquiditySide.MAKER if row["isMaker"] else LiquiditySide.TAKER,
            ts_event=int(row["execTime"]) * _NS_A_MS,
        )
        return True

    # --- orders ---

    def _handle_msg(self, msg: Any) -> None:
        self.listener.on_message()
        super()._handle_msg(msg)

    def _handle_order_status_report_pyo3(
        self, pyo3_report: nautilus_pyo3.OrderStatusReport
    ) -> None:
        self.has_told = False
        report = OrderStatusReport.from_pyo3(pyo3_report)
        if report.order_status == OrderStatus.TRIGGERED and report.client_order_id is not None:
            # The library has no such event for stops that become market orders.
            client_id, order_id = report.client_order_id.value, report.venue_order_id.value
            self.listener.on_triggered(client_id, order_id)
        if self._ended_by_itself(report) or self._was_amended(report):
            return
        super()._handle_order_status_report_pyo3(pyo3_report)
        is_end = report.order_status in (OrderStatus.CANCELED, OrderStatus.REJECTED)
        if is_end and not self.has_told:
            self.listener.on_gap("the library kept the end of an order to itself")

    def _was_amended(self, report: OrderStatusReport) -> bool:
        """New terms of a partly filled order, of which the library takes no notice."""
        if report.order_status != OrderStatus.PARTIALLY_FILLED:
            return False
        order = self._cache.order(report.client_order_id) if report.client_order_id else None
        if order is None or not report.is_order_updated(order):
            return False
        self.generate_order_updated(
            strategy_id=order.strategy_id,
            instrument_id=report.instrument_id,
            client_order_id=report.client_order_id,
            venue_order_id=report.venue_order_id,
            quantity=report.quantity,
            price=report.price,
            trigger_price=report.trigger_price,
            ts_event=report.ts_last,
        )
        return True

    def _ended_by_itself(self, report: OrderStatusReport) -> bool:
        """What an IOC or FOK order could not trade expires; the library says it was cancelled."""
        if report.order_status != OrderStatus.CANCELED:
            return False
        order = self._cache.order(report.client_order_id) if report.client_order_id else None
        if order is None or report.cancel_reason not in TIME_IN_FORCE_REASONS:
            return False
        self.generate_order_expired(
            strategy_id=order.strategy_id,
            instrument_id=report.instrument_id,
            client_order_id=report.client_order_id,
            venue_order_id=report.venue_order_id,
            ts_event=report.ts_last,
        )
        return True

    def _send_order_event(self, event: OrderEvent) -> None:
        if isinstance(event, OrderRejected):
            order = self._cache.order(event.client_order_id)
            if order is not None and order.venue_order_id is not None:
                # It was working: an amended post-only order that would take ends like this.
                event = _canceled(event, order.venue_order_id)
        if isinstance(event, OrderUpdated):
            event = _without_zeros(event)
        super()._send_order_event(event)


def _without_zeros(event: OrderUpdated) -> OrderUpdated:
    """The venue writes 0 for a price that an order has not."""
    told = OrderUpdated.to_dict(event)
    zeros = {name for name in ("price", "trigger_price") if told[name] and not Decimal(told[name])}
    return OrderUpdated.from_dict(told | dict.fromkeys(zeros)) if zeros else event


def _canceled(event: OrderRejected, venue_order_id: Any) -> OrderCanceled:
    return OrderCanceled(
        trader_id=event.trader_id,
        strategy_id=event.strategy_id,
        instrument_id=event.instrument_id,
        client_order_id=event.client_order_id,
        venue_order_id=venue_order_id,
        account_id=event.account_id,
        event_id=event.id,
        ts_event=event.ts_event,
        ts_init=event.ts_init,
    )
