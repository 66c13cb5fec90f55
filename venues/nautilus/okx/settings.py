"""One account at OKX, in the words that its parts use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from venues.nautilus.exchange import Timeouts
from venues.registry import VenueAccountConfig


@dataclass(frozen=True, slots=True)
class OkxSettings:
    """`validity` is how long after we wrote it the venue may still take an order: it refuses what
    was held up longer, so it also bounds how long an unanswered order can still appear."""

    config: VenueAccountConfig
    timeouts: Timeouts
    validity: timedelta = timedelta(seconds=4)

    @property
    def venue(self) -> str:
        return self.config.venue

    @property
    def account_id(self) -> str:
        return self.config.account_id

    @property
    def instrument_ids(self) -> tuple[str, ...]:
        return self.config.instrument_ids

    @property
    def is_demo(self) -> bool:
        return self.config.environment != "LIVE"

    @property
    def http(self) -> str:
        return self.config.urls["http"].rstrip("/")

    @property
    def ws(self) -> str:
        return self.config.urls["ws"].rstrip("/")

    def credential(self, name: str) -> str:
        return self.config.credentials[name]

    def instrument_id_of(self, symbol: str) -> str:
        return f"{symbol}.{self.venue}"


def symbol_of(instrument_id: str) -> str:
    """OKX's own name: `BTC-USDT-SWAP.OKX` is `BTC-USDT-SWAP` there."""
    return instrument_id.rpartition(".")[0]


def is_swap(instrument_id: str) -> bool:
    return symbol_of(instrument_id).endswith("-SWAP")
