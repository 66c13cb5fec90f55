"""What the real Binance execution clients have in common, made to say what the venue said."""

from __future__ import annotations

from nautilus_trader.adapters.binance.execution import BinanceCommonExecutionClient
from nautilus_trader.execution.messages import SubmitOrder
from nautilus_trader.model.events import OrderEvent

from venues.nautilus.binance.account import OutcomeAccount, OutcomeUnknown
from venues.nautilus.binance.order_owners import LearnOwner
from venues.nautilus.binance.settings import BinanceSettings
from venues.nautilus.binance.user_stream import PulsedUserStream, pulsed
from venues.nautilus.listener import VenueListener
from venues.nautilus.listening import STAMP, ListeningClient
from venues.nautilus.venue_clock import VenueClock

_ORDER_MESSAGES = (b'"executionReport"', b'"ORDER_TRADE_UPDATE"')
_ALGO_MESSAGE = b'"ALGO_UPDATE"'


class BinanceListeningClient(ListeningClient, BinanceCommonExecutionClient):
    """Stands before the real client of one product in the method order."""

    account: OutcomeAccount
    learn_owner: LearnOwner
    stream: PulsedUserStream
    _stamps: dict[str, int]
    _message = b""

    def listen(
        self,
        listener: VenueListener,
        account: OutcomeAccount,
        stamps: dict[str, int],
        settings: BinanceSettings,
        learn_owner: LearnOwner,
        venue_clock: VenueClock,
    ) -> None:
        """Take the account API that tells outcomes in place of the plain one, and the stream that
        can be asked whether it is alive. New orders are stamped by `stamps`."""
        self.listener = listener
        self.learn_owner = learn_owner
        self._stamps = stamps
        account.listener = listener
        account.reply_timeout_s = settings.timeouts.answer.total_seconds()
        self.account = self._http_account = account
        plain = self._ws_client
        self.stream = self._ws_client = pulsed(
            plain,
            settings.api_secret,
            venue_clock,
            listener.on_message,
            handler=self._handle_user_ws_message,
            http_client=self._http_client if plain._use_rest_listen_key else None,  # noqa: SLF001
            on_resubscribe=self._reconcile_after_resubscribe,
        )

    @property
    def stream_is_live(self) -> bool:
        return self.stream.is_live

    async def _connect(self) -> None:
        await super()._connect()
        await self.stream.prove()

    async def _submit_order(self, command: SubmitOrder) -> None:
        client_id = command.order.client_order_id.value
        self._stamps[client_id] = command.params[STAMP]
        try:
            await super()._submit_order(command)
        except OutcomeUnknown as unknown:
            # The order stays SUBMITTED in the node, which is the truth; the listener knows why.
            self._log.warning(f"{client_id} is in doubt: {unknown}")
        finally:
            del self._stamps[client_id]

    async def _reconcile_after_resubscribe(self) -> None:
        """The stream is back. Only we catch up, from the venue's own lists.

        The library would ask for all of them too, and hold the stream's news back meanwhile, only
        to keep its own picture of the orders, which nobody here looks at.
        """
        self.listener.on_gap("the user stream was away")

    def _handle_user_ws_message(self, raw: bytes) -> None:
        if not raw.isascii():
            # A non-ASCII id would make the Rust core panic and end this process.
            self._log.error(f"left out a message that is not ASCII: {raw!r}")
            self.listener.on_gap("a message of the user stream could not be read")
            return
        self.has_told = False
        self._message = raw
        super()._handle_user_ws_message(raw)
        # The library logs and drops what it cannot decode, and a cancel of an order that it holds
        # for closed already.
        if not self.has_told and any(kind in raw for kind in _ORDER_MESSAGES):
            self.listener.on_gap("the library kept a message about an order to itself")

    def _send_order_event(self, event: OrderEvent) -> None:
        # Conditional orders of futures have numbers of another series.
        if event.venue_order_id is not None and _ALGO_MESSAGE not in self._message:
            self.learn_owner(
                event.instrument_id.value,
                int(event.venue_order_id.value),
                event.client_order_id.value,
            )
        super()._send_order_event(event)
