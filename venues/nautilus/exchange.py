"""What an exchange must supply to be served by our one node. One sub-package here per exchange.

An `Exchange` is one venue account before and between nodes; an `ExchangeSession` is the same
account while a node runs. The adapter sends new orders through the node, so that their news come
back through it, and everything else straight to the venue through the session.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from nautilus_trader.live.config import LiveDataClientConfig, LiveExecClientConfig
from nautilus_trader.live.data_client import LiveMarketDataClient
from nautilus_trader.live.factories import LiveDataClientFactory, LiveExecClientFactory
from nautilus_trader.model.instruments import Instrument as NautilusInstrument

from domain.fills import Fill
from domain.instruments import Instrument
from domain.orders import UnifiedOrder
from domain.outcomes import AmendOutcome, CancelOutcome, Rejected, Unknown
from venues.nautilus.listener import VenueListener
from venues.nautilus.listening import ListeningClient
from venues.nautilus.market_board import MarketBoard
from venues.nautilus.streams import StreamKeeper
from venues.port import (
    Amendment,
    Balance,
    Capabilities,
    NotFound,
    OrderReport,
    PositionReport,
    RateBudget,
)
from venues.registry import VenueAccountConfig


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long an answer is waited for: to a command, and to a question."""

    answer: timedelta = timedelta(seconds=2)
    question: timedelta = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class NodeClients:
    """What the node gets for one venue. A data client is needed even where nobody reads its data:
    only it puts instruments into the node's cache, and without them every order is denied."""

    data_config: LiveDataClientConfig
    data_factory: type[LiveDataClientFactory]
    exec_config: LiveExecClientConfig
    exec_factory: type[LiveExecClientFactory]


@dataclass(frozen=True, slots=True)
class Books:
    """How the node subscribes to a book of which 10 levels a second are wanted."""

    depth: int
    params: Mapping[str, Any] | None = None


class Exchange(Protocol):
    """One account, without any connection."""

    config: VenueAccountConfig
    timeouts: Timeouts
    capabilities: Capabilities
    books: Books

    def node_clients(self, listener: VenueListener) -> NodeClients:
        """Configurations and factories; the execution client is a `ListeningClient` that tells
        `listener` what the venue says."""

    def unsendable(self, order: UnifiedOrder) -> str | None:
        """Why this order must not be handed to the client library, which would change, drop or
        choke on it; None if it may. `terms.problem_of` checks what is the same everywhere."""

    def submit_params(self, order: UnifiedOrder) -> dict[str, Any] | None:
        """What NautilusTrader's submit command carries besides the order, e.g. OKX's td_mode."""

    def rejection(self, reason: str) -> Rejected | Unknown:
        """What an OrderRejected event with this reason means, which was no reply to a request."""

    def instrument(self, source: NautilusInstrument) -> Instrument:
        """In our words and the venue's units; see `instruments.instrument_of`."""

    def session(
        self, client: ListeningClient, data: LiveMarketDataClient, board: MarketBoard
    ) -> ExchangeSession:
        """The account with the clients of a node that has just come up."""


class ExchangeSession(Protocol):
    """One account while a node serves it. Commands answer, also when everything breaks; questions
    raise VenueUnreachable."""

    def keepers(self) -> Sequence[StreamKeeper]:
        """Who looks after the streams of this venue while the node runs."""

    async def admit(self, order: UnifiedOrder) -> str | None:
        """Take the order's share of the venue's rate limits, after a bounded wait at most. The text
        of why the order must not be sent at all, or None. Raises NoRoom, VenueUnreachable."""

    async def cancel(self, order: UnifiedOrder) -> CancelOutcome: ...

    async def amend(self, order: UnifiedOrder, amendment: Amendment) -> AmendOutcome: ...

    async def cancel_all(self, instrument_id: str | None) -> CancelOutcome: ...

    async def find(self, order: UnifiedOrder) -> OrderReport | NotFound: ...

    async def open_orders(self) -> Sequence[OrderReport]: ...

    async def fills_since(self, since: datetime) -> Sequence[Fill]: ...

    async def positions(self) -> Sequence[PositionReport]: ...

    async def balances(self) -> Sequence[Balance]: ...

    def clock_offset_ms(self) -> float | None:
        """The venue's clock minus ours, as last asked."""

    def budgets(self) -> tuple[RateBudget, ...]:
        """Our own count of the venue's rate limits."""
