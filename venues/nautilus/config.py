"""What one venue behind NautilusTrader needs to know. Plain values; nobody here reads settings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_SYMBOL = re.compile(r"[A-Z0-9_-]+")


class Product(StrEnum):
    SPOT = "SPOT"
    USDT_FUTURES = "USDT_FUTURES"


@dataclass(frozen=True, slots=True)
class NautilusVenueConfig:
    """One account at one Binance product.

    `venue` names the client and the venue part of instrument ids. A base URL that is None means
    Binance's own for the `environment` (LIVE, TESTNET or DEMO). `base_url_ws` serves market
    streams, `base_url_ws_api` is the full path of the WebSocket API, `base_url_ws_stream` serves
    the user stream of futures.

    `ack_timeout` bounds the wait for the answer to a command. `recv_window` is how old a request
    may be when the venue gets it: the venue refuses what was held up longer, so it also bounds how
    long an unanswered order can still appear.
    """

    venue: str
    account_id: str
    product: Product
    api_key: str = field(repr=False)
    api_secret: str = field(repr=False)
    instrument_ids: tuple[str, ...]
    base_url_http: str | None = None
    base_url_ws: str | None = None
    base_url_ws_api: str | None = None
    base_url_ws_stream: str | None = None
    environment: str = "LIVE"
    ack_timeout: timedelta = timedelta(seconds=2)
    query_timeout: timedelta = timedelta(seconds=5)
    recv_window: timedelta = timedelta(seconds=3)

    def __post_init__(self) -> None:
        """Refuse names that would make the Rust core panic, which ends the process."""
        if not _NAME.fullmatch(self.venue):
            raise ValueError(f"venue {self.venue!r} must be capital letters, digits and _.")
        for text in self.instrument_ids:
            symbol, _, venue = text.rpartition(".")
            if not _SYMBOL.fullmatch(symbol) or venue != self.venue:
                raise ValueError(f"instrument {text!r} must look like BTCUSDT.{self.venue}.")
