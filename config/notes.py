"""What a valid profile asks for and does not get: said, so that nobody relies on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.settings import Settings


def notes_on(settings: Settings) -> Iterator[str]:
    """One ``<JSON path>: <what to know>`` each."""
    service = settings.strategy_service
    if service is not None and service.url is not None:
        yield (
            "strategy_service.url: nothing is sent there yet; ask the API for what becomes of an"
            " order"
        )
