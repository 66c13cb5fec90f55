"""One Bybit account in the words that its parts use, and the venue's names of instruments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from nautilus_trader.core.nautilus_pyo3 import BybitEnvironment, BybitProductType

from venues.nautilus.exchange import Timeouts
from venues.registry import VenueAccountConfig

_ENVIRONMENTS = {
    "LIVE": BybitEnvironment.MAINNET,
    "TESTNET": BybitEnvironment.TESTNET,
    "DEMO": BybitEnvironment.DEMO,
}


_PRODUCT_TYPES = {
    "spot": BybitProductType.SPOT,
    "linear": BybitProductType.LINEAR,
    "inverse": BybitProductType.INVERSE,
}


class Category(StrEnum):
    """What the venue divides its symbols into."""

    SPOT = "spot"
    LINEAR = "linear"
    INVERSE = "inverse"

    @property
    def product_type(self) -> BybitProductType:
        return _PRODUCT_TYPES[self.value]


# What spot is quoted in.
_SPOT_QUOTES = (
    "USDT",
    "USDC",
    "USDE",
    "DAI",
    "EUR",
    "BRL",
    "TRY",
    "PLN",
    "BTC",
    "ETH",
    "MNT",
    "SOL",
)

# What linear contracts are settled in; lists of them must name it.
LINEAR_COINS = ("USDT", "USDC")


@dataclass(frozen=True, slots=True)
class Symbol:
    """An instrument as the venue names it: `BTCUSDT-LINEAR.BYBIT` is BTCUSDT in linear."""

    category: Category
    name: str

    @classmethod
    def of(cls, instrument_id: str) -> Symbol:
        """Raises ValueError for an id that names no category."""
        name, dash, kind = instrument_id.partition(".")[0].rpartition("-")
        if not dash or kind not in Category.__members__:
            kinds = ", ".join(Category.__members__)
            raise ValueError(
                f"{instrument_id!r} must look like BTCUSDT-LINEAR.BYBIT; kinds: {kinds}"
            )
        return cls(Category[kind], name)

    def instrument_id(self, venue: str) -> str:
        return f"{self.name}-{self.category.name}.{venue}"

    @property
    def settled_in(self) -> str:
        """The coin of a contract: BTCUSDT and BTCUSDT-26DEC25 in USDT, BTCPERP and BTC-26DEC25 in
        USDC, BTCUSD and BTCUSDZ25 in BTC."""
        if self.category is Category.INVERSE:
            return self.name.partition("USD")[0]
        return "USDT" if "USDT" in self.name else "USDC"

    @property
    def assets(self) -> tuple[str, str] | None:
        """Base and quote of a spot symbol, which is named by both; None where we cannot tell."""
        for quote in _SPOT_QUOTES:
            base = self.name.removesuffix(quote)
            if base and base != self.name:
                return base, quote
        return None

    @property
    def fields(self) -> dict[str, str]:
        """As a request names it."""
        return {"category": self.category.value, "symbol": self.name}


@dataclass(frozen=True, slots=True)
class BybitSettings:
    """`recv_window` is how old a request may be when the venue gets it: the venue refuses what was
    held up longer, so it also bounds how long an unanswered order can still appear."""

    config: VenueAccountConfig
    timeouts: Timeouts
    recv_window: timedelta = timedelta(seconds=3)

    @property
    def venue(self) -> str:
        return self.config.venue

    @property
    def api_key(self) -> str:
        return self.config.credentials["api_key"]

    @property
    def api_secret(self) -> str:
        return self.config.credentials["api_secret"]

    @property
    def environment(self) -> BybitEnvironment:
        return _ENVIRONMENTS[self.config.environment]

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        return tuple(Symbol.of(text) for text in self.config.instrument_ids)

    @property
    def categories(self) -> tuple[Category, ...]:
        """Those that the configured instruments need, in a fixed order."""
        used = {symbol.category for symbol in self.symbols}
        return tuple(category for category in Category if category in used)

    def url(self, name: str) -> str:
        return self.config.urls[name].rstrip("/")

    def public_url(self, category: Category) -> str:
        return f"{self.url('ws_public')}/{category.value}"
