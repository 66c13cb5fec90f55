"""What an exchange must supply to be served by our one node. One sub-package here per exchange.

An `Exchange` is one venue account before and between nodes; an `ExchangeSession` is the same
account while a node runs. The adapter sends new orders through the node, so that their news come
back through it, and everything else straight to the venue through the session.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from nautilus_trader.live.config import LiveDataClientConfig, LiveExecClientConfig
from nautilus_trader.live.data_client import LiveMarketDataClient
from nautilus_trader.live.factories import LiveDataClientFactory, LiveExecClientFactory

from domain.fills import Fill
from domain.orders import UnifiedOrder
from domain.outcomes import AmendOutcome, CancelOutcome, Rejected, Unknown
from venues.nautilus.listener import VenueListener
from venues.nautilus.listening import ListeningClient
from venues.nautilus.market_board import MarketBoard
from venues.nautilus.streams import StreamKeeper
from venues.nautilus.working_orders import WorkingOrder
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


# What the visibility horizon adds to the life of a request, which begins when the adapter is asked:
# SUBMITTING may have been written up to a second before that, and our idea of the venue's clock is
# off by a quarter of a second at most.
HORIZON_MARGIN = timedelta(seconds=1.5)


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

    async def survey(self) -> frozenset[str]:
        """Prove, without a node, that the account can be traded with: that its key, its lists, its
        mode and every socket are as they must be. Which of its instruments the venue offers.

        Raises VenueUnreachable, with what a person can do about it.
        """

    async def offered(self) -> frozenset[str]:
        """Which of the account's instruments the venue offers now. Raises VenueUnreachable."""

    async def close(self) -> None:
        """Leave its connections, until something is asked again."""

    def node_clients(self, listener: VenueListener, offered: Collection[str]) -> NodeClients:
        """Configurations and factories for these instruments; the execution client is a
        `ListeningClient` that tells `listener` what the venue says."""

    def unsendable(self, order: UnifiedOrder) -> str | None:
        """Why this order must not be handed to the client library, which would change, drop or
        choke on it; None if it may. `terms.problem_of` checks what is the same everywhere."""

    def submit_params(self, order: UnifiedOrder) -> dict[str, Any]:
        """What NautilusTrader's submit command carries besides the order. Asked for when the order
        must go: a request is as old as this, however long it is on its way here."""

    def rejection(self, reason: str) -> Rejected | Unknown:
        """What an OrderRejected event with this reason means, which was no reply to a request."""

    def session(
        self, client: ListeningClient, data: LiveMarketDataClient, board: MarketBoard
    ) -> ExchangeSession:
        """The account with the clients of a node that has just come up."""


class ExchangeSession(Protocol):
    """One account while a node serves it. Commands answer, also when everything breaks; questions
    raise VenueUnreachable."""

    def keepers(self) -> Sequence[StreamKeeper]:
        """Who looks after the streams of this venue while the node runs."""

    async def admit(self, order: UnifiedOrder, patience_s: float) -> str | None:
        """Take a new order's share of the venue's rate limits, once there is room for it, and ask
        what must be known. Why the order must not be sent at all, or None.

        Raises NoRoom after the patience, and VenueUnreachable.
        """

    async def admit_amend(self, order: UnifiedOrder, patience_s: float) -> None:
        """Take an amendment's share, likewise."""

    async def load(self, offered: Collection[str]) -> None:
        """Have the node know these instruments as the venue has them now. Raises whatever the
        library raises."""

    async def working_orders(self) -> Sequence[WorkingOrder]:
        """Those of our orders that work or wait at the venue. Raises VenueUnreachable."""

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
