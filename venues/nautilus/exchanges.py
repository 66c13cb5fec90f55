"""Finds who builds the exchange of a venue: each sub-package here says it in its `EXCHANGES`."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping
from functools import cache

import venues.nautilus
from venues.nautilus.exchange import Exchange, Timeouts
from venues.registry import VenueAccountConfig

_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_SYMBOL = re.compile(r"[A-Z0-9_-]+")


def make_exchange(config: VenueAccountConfig, timeouts: Timeouts) -> Exchange:
    """The exchange of this venue account; only its own sub-package is imported."""
    _check_names(config)
    builder = _builders().get(config.venue)
    if builder is None:
        raise ValueError(
            f"NautilusTrader serves no {config.venue!r} here; it serves {sorted(_builders())}."
        )
    module, _, function = builder.partition(":")
    build: Callable[[VenueAccountConfig, Timeouts], Exchange]
    build = getattr(importlib.import_module(module), function)
    return build(config, timeouts)


def _check_names(config: VenueAccountConfig) -> None:
    """Refuse names that would make the Rust core panic, which ends the process."""
    if not _NAME.fullmatch(config.venue):
        raise ValueError(f"venue {config.venue!r} must be capital letters, digits and _.")
    for text in config.instrument_ids:
        symbol, _, venue = text.rpartition(".")
        if not _SYMBOL.fullmatch(symbol) or venue != config.venue:
            raise ValueError(f"instrument {text!r} must look like BTCUSDT.{config.venue}.")


@cache
def _builders() -> Mapping[str, str]:
    """By venue name; the sub-packages' own `__init__` is light."""
    found: dict[str, str] = {}
    for module in pkgutil.iter_modules(venues.nautilus.__path__):
        if module.ispkg:
            package = importlib.import_module(f"venues.nautilus.{module.name}")
            found |= getattr(package, "EXCHANGES", {})
    return found
