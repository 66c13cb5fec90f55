"""The real Bybit execution client, made to say what the venue said and to send by our REST.

The library's trade socket keeps the venue's codes to itself and holds an order back until it is
connected again; so it is not opened. Its private stream, its state and its reports are used.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from nautilus_trader.adapters.bybit.execution import BybitExecutionClient
from nautilus_trader.core import nautilus_pyo3
from nautilus_trader.execution.messages import SubmitOrder
from nautilus_trader.execution.reports import OrderStatusReport
from nautilus_trader.model.enums import OrderStatus
from nautilus_trader.model.events import (
    AccountState,
    OrderCanceled,
    OrderEvent,
    OrderRejected,
)
from nautilus_trader.model.identifiers import ClientOrderId

from domain.fills import Fill
from domain.outcomes import Accepted, Rejected, Unknown
from venues.nautilus.bybit.order_body import create_body
from venues.nautilus.bybit.rejections import TIME_IN_FORCE_REASONS
from venues.nautilus.bybit.settings import BybitSettings
from venues.nautilus.listener import VenueListener
from venues.nautilus.listening import ListeningClient

# The reply to a new order only says that it was taken; the stream says what became of it, as a rule
# some milliseconds later. After this the reply alone must do.
_STREAM_WORD_S = 0.3
# A stream that is silent for so much longer is taken for dead: connections can die unnoticed.
_STREAM_SILENCE_S = 2.0
_TRADES_REMEMBERED_MAX = 5000

_TOPICS = 4
_ACTIVE_TIMEOUT_S = 5.0

Create = Callable[[dict[str, Any]], Awaitable[Accepted | Rejected | Unknown]]


class ListeningBybitClient(ListeningClient, BybitExecutionClient):
    """Stands before the real client. `is_suspect` says that the private stream has kept to itself
    what the venue is known to have done."""

    is_suspect = False
    _settings: BybitSettings
    _create: Create

    def listen(self, listener: VenueListener, settings: BybitSettings, create: Create) -> None:
        """Tell `listener` what the venue says, and send new orders by `create`."""
        self.listener = listener
        self._settings = settings
        self._create = create
        self._told_trades: OrderedDict[str, None] = OrderedDict()
        self._began_at = datetime.now(UTC)
        # What the library does where there is no trade socket: it connects only the private one.
        self._is_demo = True

    # --- the private stream ---

    @property
    def stream_is_live(self) -> bool:
        """Whether news of orders can arrive: connected, and all topics confirmed."""
        stream = self._ws_private_client
        return bool(stream.is_active()) and stream.subscription_count() >= _TOPICS

    def check_told(self, trades: Iterable[Fill]) -> None:
        """Compare with what was pulled: a trade that is no longer fresh should have been told."""
        fresh = datetime.now(UTC) - timedelta(seconds=_STREAM_SILENCE_S)
        begun = self._began_at
        if any(t.trade_id not in self._told_trades and begun < t.ts_event < fresh for t in trades):
            self.is_suspect = True

    async def renew_stream(self) -> None:
        """Leave the private stream and open another. Raises whatever the library raises."""
        old = self._ws_private_client
        stream = nautilus_pyo3.BybitWebSocketClient.new_private(
            environment=self._settings.environment,
            api_key=self._settings.api_key,
            api_secret=self._settings.api_secret,
            url=self._settings.url("ws_private"),
            heartbeat=20,
            proxy_url=None,
        )
        for instrument in self.bybit_instrument_provider.instruments_pyo3():
            stream.cache_instrument(instrument)
        stream.set_account_id(self.pyo3_account_id)
        await stream.connect(loop_=self._loop, callback=self._handle_msg)
        await stream.wait_until_active(timeout_secs=_ACTIVE_TIMEOUT_S)
        await stream.subscribe_orders()
        await stream.subscribe_executions()
        await stream.subscribe_positions()
        await stream.subscribe_wallet()
        self._ws_private_client = stream
        self._began_at = datetime.now(UTC)
        self.is_suspect = False
        await old.close()

    def _handle_msg(self, msg: Any) -> None:
        self.listener.on_message()
        super()._handle_msg(msg)

    def _handle_fill_report_pyo3(self, pyo3_report: nautilus_pyo3.FillReport) -> None:
        self.has_told = False
        self._told_trades[pyo3_report.trade_id.value] = None
        if len(self._told_trades) > _TRADES_REMEMBERED_MAX:
            self._told_trades.popitem(last=False)
        super()._handle_fill_report_pyo3(pyo3_report)
        if not self.has_told:
            self.listener.on_gap("the library kept a fill to itself")

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

    async def _update_account_state(self) -> None:
        state = await self._http_client.request_account_state(
            account_type=nautilus_pyo3.BybitAccountType.UNIFIED, account_id=self.pyo3_account_id
        )
        self._handle_account_state(state)

    def _handle_account_state(self, msg: nautilus_pyo3.AccountState) -> None:
        """The library counts balances in floats, and then refuses its own sums."""
        told: dict[str, Any] = dict(msg.to_dict())
        for balance in told["balances"]:
            balance["free"] = str(Decimal(balance["total"]) - Decimal(balance["locked"]))
        state = AccountState.from_dict(told)
        self.generate_account_state(
            balances=state.balances,
            margins=state.margins,
            reported=True,
            ts_event=state.ts_event,
        )

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
        super()._send_order_event(event)

    # --- commands ---

    async def _submit_order(self, command: SubmitOrder) -> None:
        order = command.order
        self.generate_order_submitted(
            strategy_id=order.strategy_id,
            instrument_id=order.instrument_id,
            client_order_id=order.client_order_id,
            ts_event=self._clock.timestamp_ns(),
        )
        client_id = order.client_order_id.value
        outcome = await self._create(create_body(order))
        match outcome:
            case Accepted():
                self._loop.call_later(_STREAM_WORD_S, self._take_reply, client_id, outcome)
            case Rejected():
                self.listener.on_answer(client_id, outcome)
                self.generate_order_rejected(
                    strategy_id=order.strategy_id,
                    instrument_id=order.instrument_id,
                    client_order_id=order.client_order_id,
                    reason=f"{outcome.code}: {outcome.reason}",
                    ts_event=self._clock.timestamp_ns(),
                )
            case Unknown():
                # The order stays SUBMITTED in the node, which is the truth.
                self.listener.on_answer(client_id, outcome)

    def _take_reply(self, client_id: str, outcome: Accepted) -> None:
        """The stream has not said a word: the reply counts."""
        if self._is_untold(client_id):
            self.listener.on_answer(client_id, outcome)
            self._loop.call_later(_STREAM_SILENCE_S, self._suspect, client_id)

    def _suspect(self, client_id: str) -> None:
        """An order that the venue took, and the stream still keeps silent about it."""
        if self._is_untold(client_id):
            self.is_suspect = True

    def _is_untold(self, client_id: str) -> bool:
        order = self._cache.order(ClientOrderId(client_id))
        return order is not None and order.status == OrderStatus.SUBMITTED


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
