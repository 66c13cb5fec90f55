"""The real Binance execution clients, made to say exactly what the venue said."""

from __future__ import annotations

from datetime import timedelta

from nautilus_trader.adapters.binance.execution import BinanceCommonExecutionClient
from nautilus_trader.adapters.binance.futures.execution import BinanceFuturesExecutionClient
from nautilus_trader.adapters.binance.spot.execution import BinanceSpotExecutionClient
from nautilus_trader.execution.messages import SubmitOrder

from venues.nautilus.binance.account import (
    OutcomeAccount,
    OutcomeUnknown,
)
from venues.nautilus.listener import VenueListener
from venues.nautilus.listening import ListeningClient

_ORDER_MESSAGES = (b'"executionReport"', b'"ORDER_TRADE_UPDATE"')


class BinanceListeningClient(ListeningClient, BinanceCommonExecutionClient):
    """What both products have in common; stands before the real client in the method order."""

    account: OutcomeAccount

    def listen(
        self, listener: VenueListener, account: OutcomeAccount, reply_timeout: timedelta
    ) -> None:
        """Take the account API that tells outcomes in place of the plain one."""
        self.listener = listener
        account.listener = listener
        account.reply_timeout_s = reply_timeout.total_seconds()
        self.account = self._http_account = account

    @property
    def stream_is_live(self) -> bool:
        """Whether news of orders can arrive now."""
        stream = self._ws_client
        socket = stream._stream_client if stream._is_futures else stream._client  # noqa: SLF001
        if stream.subscription_id is None or socket is None:
            return False
        # A socket that is being connected anew calls itself active all the time.
        return not (socket.is_reconnecting() or socket.is_closed())

    @property
    def stream_is_given_up(self) -> bool:
        """The library has given up: one failed recovery, and it never listens again."""
        return bool(self._ws_client._is_recovery_failed)  # noqa: SLF001

    async def renew_stream(self) -> None:
        """Leave the user stream and connect it anew. Raises whatever the library raises."""
        stream = self._ws_client
        await stream.disconnect()
        await stream.connect()
        await stream.session_logon()
        await stream.subscribe_user_data_stream(pre_dispatch_hook=self._reconcile_after_resubscribe)

    async def _submit_order(self, command: SubmitOrder) -> None:
        try:
            await super()._submit_order(command)
        except OutcomeUnknown as unknown:
            # The order stays SUBMITTED in the node, which is the truth; the listener knows why.
            self._log.warning(f"{command.order.client_order_id!r} is in doubt: {unknown}")

    async def _reconcile_after_resubscribe(self) -> None:
        try:
            await super()._reconcile_after_resubscribe()
        finally:
            self.listener.on_gap("the user stream was away")

    def _handle_user_ws_message(self, raw: bytes) -> None:
        self.listener.on_message()
        if not raw.isascii():
            # A non-ASCII id would make the Rust core panic and end this process.
            self._log.error(f"left out a message that is not ASCII: {raw!r}")
            self.listener.on_gap("a message of the user stream could not be read")
            return
        self.has_told = False
        super()._handle_user_ws_message(raw)
        # The library logs and drops what it cannot decode, and a cancel of an order that it holds
        # for closed already.
        if not self.has_told and any(kind in raw for kind in _ORDER_MESSAGES):
            self.listener.on_gap("the library kept a message about an order to itself")


class ListeningSpotClient(BinanceListeningClient, BinanceSpotExecutionClient):
    pass


class ListeningFuturesClient(BinanceListeningClient, BinanceFuturesExecutionClient):
    pass
