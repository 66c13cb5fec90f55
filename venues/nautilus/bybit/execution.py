"""The real Bybit execution client, sending by our REST and listening by two private sockets.

The library's trade socket keeps the venue's codes to itself and holds an order back until it is
connected again, so it is not opened. Of the library's private stream the orders and the wallet are
used, see `executions` for the rest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from nautilus_trader.core import nautilus_pyo3
from nautilus_trader.execution.messages import SubmitOrder
from nautilus_trader.model.enums import OrderStatus
from nautilus_trader.model.events import AccountState
from nautilus_trader.model.identifiers import ClientOrderId

from domain.fills import Fill
from domain.outcomes import Accepted, Rejected, Unknown
from venues.nautilus.bybit.executions import ExecutionStream
from venues.nautilus.bybit.news import BybitNewsClient
from venues.nautilus.bybit.order_body import create_body
from venues.nautilus.bybit.settings import BybitSettings
from venues.nautilus.listener import VenueListener
from venues.nautilus.listening import STAMP

# The reply to a new order only says that it was taken; the stream says what became of it, as a rule
# some milliseconds later. After this the reply alone must do.
_STREAM_WORD_S = 0.3
# A stream that is silent for so much longer is taken for dead: connections can die unnoticed.
_STREAM_SILENCE_S = 2.0

_TOPICS = 2
_CONNECT_TIMEOUT_S = 10.0
_ACTIVE_TIMEOUT_S = 5.0

Create = Callable[[dict[str, Any], int], Awaitable[Accepted | Rejected | Unknown]]


class ListeningBybitClient(BybitNewsClient):
    """`is_suspect` says that a private stream has kept to itself what the venue is known to have
    done, or is dead."""

    is_suspect = False
    _settings: BybitSettings
    _create: Create
    _executions: ExecutionStream
    _executing: asyncio.Task[None] | None = None

    def listen(
        self,
        listener: VenueListener,
        settings: BybitSettings,
        create: Create,
        venue_ms: Callable[[], int],
    ) -> None:
        """Tell `listener` what the venue says, and send new orders by `create`."""
        self.listener = listener
        self._settings = settings
        self._create = create
        self._executions = ExecutionStream(
            settings,
            venue_ms,
            self.on_executions,
            listener.on_message,
            self.forget_told,
            self._doubt,
        )
        self.forget_told()

    # --- the private streams ---

    @property
    def stream_is_live(self) -> bool:
        """Whether news of orders can arrive: connected, and all topics confirmed."""
        stream = self._ws_private_client
        orders_are_live = stream.is_active() and stream.subscription_count() >= _TOPICS
        return bool(orders_are_live) and self._executions.is_live

    def check_told(self, trades: Iterable[Fill]) -> None:
        """Compare with what was pulled: a trade that is no longer fresh should have been told."""
        fresh, since = datetime.now(UTC) - timedelta(seconds=_STREAM_SILENCE_S), self.told_since
        if any(t.trade_id not in self.told_trades and since < t.ts_event < fresh for t in trades):
            self._doubt()

    async def renew_streams(self) -> None:
        """Leave the private streams and open others. Raises whatever the library raises."""
        old = self._ws_private_client
        await self._open_orders()
        await self._executions.leave()
        self.forget_told()
        self.is_suspect = False
        await old.close()

    async def _open_orders(self) -> None:
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
        try:
            await stream.connect(loop_=self._loop, callback=self._handle_msg)
            await stream.wait_until_active(timeout_secs=_ACTIVE_TIMEOUT_S)
            await stream.subscribe_orders()
            await stream.subscribe_wallet()
        except BaseException:
            await stream.close()  # it would go on trying, with nobody to end it
            raise
        self._ws_private_client = stream

    def _doubt(self) -> None:
        self.is_suspect = True

    # --- its life ---

    async def _connect(self) -> None:
        """As the library connects, without its trade socket and its executions."""
        try:
            await self._instrument_provider.initialize()
            await self._cache_instruments()
            await self._update_account_state()
            await self._await_account_registered()
            self._executing = asyncio.create_task(self._executions.run(), name="bybit-executions")
            await self._open_orders()
            async with asyncio.timeout(_CONNECT_TIMEOUT_S):
                await self._executions.wait_until_live()
        except Exception as error:
            self.cannot_start(error)
            raise

    async def _disconnect(self) -> None:
        if self._executing is not None:
            self._executing.cancel()
            await asyncio.gather(self._executing, return_exceptions=True)
        await super()._disconnect()

    async def load_instruments(self, offered: Collection[str]) -> None:
        await super().load_instruments(offered)
        for instrument in self.bybit_instrument_provider.instruments_pyo3():
            self._http_client.cache_instrument(instrument)
            self._ws_private_client.cache_instrument(instrument)

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
        outcome = await self._create(create_body(order), command.params[STAMP])
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
