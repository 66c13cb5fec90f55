"""One account at one Binance product, in the words that its parts use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from nautilus_trader.adapters.binance.common.credentials import is_ed25519_private_key
from nautilus_trader.adapters.binance.common.enums import BinanceAccountType, BinanceEnvironment

from venues.nautilus.exchange import Timeouts
from venues.registry import VenueAccountConfig


class Product(StrEnum):
    SPOT = "SPOT"
    USDT_FUTURES = "USDT_FUTURES"


@dataclass(frozen=True, slots=True)
class BinanceSettings:
    """`recv_window` is how old a request may be when the venue gets it: the venue refuses what was
    held up longer, so it also bounds how long an unanswered order can still appear."""

    config: VenueAccountConfig
    product: Product
    timeouts: Timeouts
    recv_window: timedelta = timedelta(seconds=3)

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
    def api_key(self) -> str:
        return self.config.credentials["api_key"]

    @property
    def api_secret(self) -> str:
        return self.config.credentials["api_secret"]

    @property
    def has_ed25519_key(self) -> bool:
        """Else it is an HMAC key."""
        return bool(is_ed25519_private_key(self.api_secret))

    @property
    def account_type(self) -> BinanceAccountType:
        return BinanceAccountType[self.product]

    @property
    def environment(self) -> BinanceEnvironment:
        return BinanceEnvironment[self.config.environment]

    @property
    def recv_window_ms(self) -> int:
        return round(self.recv_window.total_seconds() * 1000)

    def url(self, name: str) -> str | None:
        """A base URL of the configuration; None means Binance's own for the environment."""
        return self.config.urls.get(name)
