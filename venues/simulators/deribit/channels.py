"""Names of subscription channels. Source: docs.deribit.com/subscriptions."""

from dataclasses import dataclass

from venues.simulators.deribit.instruments import KNOWN_CURRENCIES, LISTINGS

RAW = "raw"
INTERVALS = (RAW, "100ms", "agg2")
DELAY_S = {"100ms": 0.1, "agg2": 1.0}
SILENT = ("platform_state", "announcements", "instrument.state.")
"""Channels that exist and have nothing to tell here."""

KINDS = ("any", "future", "option", "spot", "future_combo", "option_combo", "combo")


@dataclass(frozen=True, slots=True)
class Channel:
    """What a channel tells: of which instruments, how often, and of how many levels."""

    name: str
    topic: str
    symbols: frozenset[str] = frozenset()
    interval: str = RAW
    depth: int | None = None
    target: str = ""

    @property
    def is_private(self) -> bool:
        return self.topic.startswith("user.")


def parse_channel(name: str) -> Channel | None:
    """The channel of that name, None where there is none."""
    parts = name.split(".")
    match parts:
        case ["quote", symbol] if symbol in LISTINGS:
            return Channel(name, "quote", frozenset({symbol}))
        case ["deribit_price_index", index] if index in {x.index for x in LISTINGS.values()}:
            return Channel(name, "index", target=index)
        case ["ticker" | "book" as topic, symbol, interval] if _listed(symbol, interval):
            return Channel(name, topic, frozenset({symbol}), interval)
        case ["book", symbol, _, depth, interval] if _listed(symbol, interval):
            known = depth.isdigit() and interval != RAW
            if not known:
                return None
            return Channel(name, "levels", frozenset({symbol}), interval, int(depth))
        case ["trades", *rest]:
            return _of_instruments(name, "trades", rest)
        case ["user", "orders" | "trades" | "changes" as topic, *rest]:
            return _of_instruments(name, f"user.{topic}", rest)
        case ["user", "portfolio", currency] if currency.upper() in (*KNOWN_CURRENCIES, "ANY"):
            return Channel(name, "user.portfolio", target=currency.upper())
    return Channel(name, "silent") if name.startswith(SILENT) else None


def _of_instruments(name: str, topic: str, rest: list[str]) -> Channel | None:
    """Of one instrument, or of all of a kind and currency."""
    match rest:
        case [symbol, interval] if _listed(symbol, interval):
            return Channel(name, topic, frozenset({symbol}), interval)
        case [kind, currency, interval] if kind in KINDS and interval in INTERVALS:
            wanted = currency.upper()
            if wanted not in ("ANY", *KNOWN_CURRENCIES):
                return None
            symbols = frozenset(
                symbol
                for symbol, listing in LISTINGS.items()
                if wanted in ("ANY", listing.instrument.settle) and kind in ("any", listing.kind)
            )
            return Channel(name, topic, symbols, interval)
    return None


def _listed(symbol: str, interval: str) -> bool:
    return symbol in LISTINGS and interval in INTERVALS
