"""What every simulated venue is to the process that runs it and to the admin port."""

from pathlib import Path
from typing import Protocol

from venues.simulators.exchange import Exchange


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

    def drop_user_streams(self, refuse_s: float) -> int:
        """Abort all user streams, refuse new ones for a while; returns how many died."""

    def expire_listen_keys(self) -> None:
        """End every listen key now, as if its life had passed."""

    def silence_market_data(self, *, silent: bool) -> None:
        """Stop or resume the market streams; the market itself goes on."""
