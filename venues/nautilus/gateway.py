"""The strategy inside the node through which our orders enter it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum, auto

from nautilus_trader.model.data import QuoteTick
from nautilus_trader.model.enums import OrderStatus as NautilusStatus
from nautilus_trader.model.events import OrderDenied
from nautilus_trader.model.identifiers import ClientOrderId, InstrumentId
from nautilus_trader.trading.config import StrategyConfig
from nautilus_trader.trading.strategy import Strategy

from domain.orders import UnifiedOrder
from venues.nautilus.terms import nautilus_order

_NEVER_AT_VENUE = (NautilusStatus.DENIED, NautilusStatus.REJECTED)


class PriorLife(Enum):
    """What the node knows of a client order id that is about to be sent."""

    NONE = auto()
    IN_DOUBT = auto()  # sent before, never answered; the caller has proved it absent
    REFUSED = auto()  # the venue or the node said no: there is nothing to collide with
    EXISTED = auto()  # the venue had it: sending it again could double it


class GatewayStrategy(Strategy):  # type: ignore[misc]
    """No strategy in the trading sense: plain methods, called from coroutines of the node's loop.

    It claims the external orders of its instruments, so that working orders of an earlier session
    belong to it and their events keep coming after a restart.
    """

    def __init__(
        self,
        instrument_ids: Sequence[str],
        on_quote: Callable[[QuoteTick], None],
        on_denied: Callable[[OrderDenied], None],
    ) -> None:
        self._instrument_ids = [InstrumentId.from_str(text) for text in instrument_ids]
        super().__init__(
            StrategyConfig(
                strategy_id="GATEWAY",
                order_id_tag="000",
                external_order_claims=self._instrument_ids,
                log_events=False,
                log_commands=False,
            )
        )
        self._on_quote = on_quote
        self._on_denied = on_denied

    def on_start(self) -> None:
        for instrument_id in self._instrument_ids:
            self.subscribe_quote_ticks(instrument_id)

    def on_stop(self) -> None:
        """Nothing to undo: the streams end with their clients, right after this."""

    def on_quote_tick(self, tick: QuoteTick) -> None:
        self._on_quote(tick)

    def on_order_denied(self, event: OrderDenied) -> None:
        self._on_denied(event)

    def prior_life(self, client_id: str) -> PriorLife:
        known = self.cache.order(ClientOrderId(client_id))
        if known is None:
            return PriorLife.NONE
        if known.venue_order_id is not None:
            return PriorLife.EXISTED
        if known.status in _NEVER_AT_VENUE:
            return PriorLife.REFUSED
        return PriorLife.IN_DOUBT

    def submit(self, order: UnifiedOrder) -> None:
        """Send the order under its client id, also when an earlier attempt came to nothing.

        The node refuses a client id that its cache holds, so the earlier attempt is dropped first.
        """
        client_id = ClientOrderId(order.venue_client_id)
        if self.cache.order(client_id) is not None:
            self.cache.purge_order(client_id)
        self.submit_order(nautilus_order(self.order_factory, order))
