"""Names of subscription channels. Source: docs.deribit.com/subscriptions."""

from dataclasses import dataclass

from venues.simulators.deribit.bars import RESOLUTIONS
from venues.simulators.deribit.instruments import KINDS, KNOWN_CURRENCIES, LISTINGS, names_of

RAW = "raw"
INTERVALS = (RAW, "100ms", "agg2")
DELAY_S = {"100ms": 0.1, "agg2": 1.0}
DEPTHS = ("1", "10", "20")
GROUPS = ("none", "1", "2", "5", "10", "25", "100", "250")
OF_AN_INDEX = {
    "deribit_price_index": "index",
    "deribit_price_ranking": "ranking",
    "deribit_price_statistics": "statistics",
    "deribit_volatility_index": "volatility",
    "estimated_expiration_price": "expiration",
}
SILENT = ("announcements", "platform_state.public_methods_state")
"""Channels that exist and have nothing to tell here."""
SILENT_PRIVATE = ("user.lock", "user.liquidation", "user.lsp")
GUARDED = ("book", "ticker", "trades", "perpetual")
"""Topics whose raw channels need a login."""


@dataclass(frozen=True, slots=True)
class Channel:
    """What a channel tells: of which instruments, how often, and of how many levels.

    ``target`` is what else it is of: an index, a currency, a length of bars.
    """

    name: str
    topic: str
    symbols: frozenset[str] = frozenset()
    interval: str = RAW
    depth: int | None = None
    target: str = ""

    @property
    def is_private(self) -> bool:
        return self.topic.startswith("user.")

    @property
    def is_guarded(self) -> bool:
        """Whether its raw form needs a login, though it is public."""
        return self.topic in GUARDED

    @property
    def symbol(self) -> str:
        """The instrument of a channel that is of one."""
        return next(iter(self.symbols))


def parse_channel(name: str) -> Channel | None:
    """The channel of that name, None where there is none."""
    if name in SILENT:
        return Channel(name, "silent")
    if name in SILENT_PRIVATE:
        return Channel(name, name)
    match name.split("."):
        case ["quote" | "incremental_ticker" as topic, symbol] if symbol in LISTINGS:
            return Channel(name, topic, frozenset({symbol}))
        case [word, index] if word in OF_AN_INDEX and _is_index(index):
            return Channel(name, OF_AN_INDEX[word], target=index)
        case ["markprice", "options", index] if _is_index(index):
            return Channel(name, "marks", _options_of(index), target=index)
        case ["ticker" | "book" | "perpetual" as topic, symbol, interval] if _listed(
            symbol, interval
        ):
            return Channel(name, topic, frozenset({symbol}), interval)
        case ["book", symbol, group, depth, interval] if _listed(symbol, interval):
            known = group in GROUPS and depth in DEPTHS and interval != RAW
            if not known:
                return None
            target = "" if group == "none" else group
            return Channel(name, "levels", frozenset({symbol}), interval, int(depth), target)
        case ["chart", "trades", symbol, length] if symbol in LISTINGS and length in RESOLUTIONS:
            return Channel(name, "chart", frozenset({symbol}), target=length)
        case ["trades", *rest]:
            return _of_instruments(name, "trades", rest)
        case ["platform_state"]:
            return Channel(name, "platform")
        case ["instrument", "state", kind, currency]:
            return _of_instruments(name, "states", [kind, currency, RAW])
        case ["instrument", "creation", kind, currency]:
            return _of_instruments(name, "silent", [kind, currency, RAW])
        case ["user", *rest]:
            return _private(name, rest)
    return None


def _private(name: str, rest: list[str]) -> Channel | None:
    match rest:
        case ["orders" | "trades" | "changes" | "combo_trades" as topic, *of]:
            return _of_instruments(name, f"user.{topic}", of)
        case ["portfolio", currency] if currency.upper() in (*KNOWN_CURRENCIES, "ANY"):
            return Channel(name, "user.portfolio", target=currency.upper())
        case ["access_log"]:
            return Channel(name, "user.access_log")
        case ["mmp_trigger", index] if _is_index(index):
            return Channel(name, "user.mmp_trigger")
    return None


def _of_instruments(name: str, topic: str, rest: list[str]) -> Channel | None:
    """Of one instrument, or of all of a kind and currency."""
    match rest:
        case [symbol, interval] if _listed(symbol, interval):
            return Channel(name, topic, frozenset({symbol}), interval)
        case [kind, currency, interval] if kind in KINDS and interval in INTERVALS:
            wanted = currency.upper()
            if wanted not in ("ANY", *KNOWN_CURRENCIES):
                return None
            symbols = names_of("any" if wanted == "ANY" else wanted, kind)
            return Channel(name, topic, frozenset(symbols), interval)
    return None


def _listed(symbol: str, interval: str) -> bool:
    return symbol in LISTINGS and interval in INTERVALS


def _is_index(name: str) -> bool:
    return any(listing.index == name for listing in LISTINGS.values())


def _options_of(index: str) -> frozenset[str]:
    return frozenset(name for name in names_of("any", "option") if LISTINGS[name].index == index)
