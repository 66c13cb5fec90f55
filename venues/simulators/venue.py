"""What every simulated venue is to the process that runs it and to the admin port."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from venues.simulators.cuts import Cut
from venues.simulators.exchange import Exchange
from venues.simulators.faults import Faults
from venues.simulators.wire import WireLog

ACCOUNT = "main"
"""The account that the credentials of a profile trade for."""


@dataclass(frozen=True, slots=True)
class Simulator:
    """One simulated venue as its package declares it; ``build`` as "module:function".

    The function takes a ``Setup`` and returns a ``SimulatedVenue``. Its module is imported only
    when the venue is to be served, so that the declaring package stays light.
    """

    name: str
    build: str


@dataclass(frozen=True, slots=True)
class Setup:
    """What a simulated venue needs from the process that runs it.

    The names in ``credentials`` are those that the venue's adapter declares. ``roomy`` puts rate
    limits far above the venue's: benches and paper trading would stop at the real ones long before
    they learn anything.
    """

    credentials: Mapping[str, str] = field(repr=False)
    ledger_path: Path
    faults: Faults
    wire: WireLog
    now_ns: int
    roomy: bool = False


@runtime_checkable
class ExpiresInstruments(Protocol):
    """A venue that lists instruments which end."""

    def expire_instrument(self, symbol: str, price: Decimal | None) -> dict[str, Any]:
        """End one now, at a price of its underlying, or at that of now; says what was delivered.

        Raises ValueError for one that does not expire, or has already.
        """


class SimulatedVenue(Protocol):
    """One product of a venue: an exchange behind a protocol front."""

    name: str
    exchange: Exchange
    ledger_path: Path

    async def listen(self, host: str, port: int) -> int:
        """Serve on a port (0 for a free one); returns the port."""

    async def close(self) -> None:
        """Stop serving and close the ledger."""

    def beat(self, now_ns: int) -> None:
        """What the venue does once a second."""

    def cut_streams(self, cut: Cut) -> int:
        """End streams that are open, refuse new private ones for a while; returns how many."""

    def expire_listen_keys(self) -> int:
        """End every listen key, token or session now, as if its life had passed; returns how many
        there were."""

    def silence_market_data(self, *, silent: bool) -> None:
        """Stop or resume the market streams; the market itself goes on."""
