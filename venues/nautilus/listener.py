"""Who hears what a venue says, whichever part of the client library heard it first."""

from __future__ import annotations

from typing import Protocol

from nautilus_trader.model.events import OrderEvent

from domain.outcomes import SubmitOutcome


class VenueListener(Protocol):
    """All methods are called on the node's loop and must return at once."""

    def on_answer(self, client_id: str, outcome: SubmitOutcome) -> None:
        """The venue's reply to our own submit, or that there was none."""

    def on_order_event(self, event: OrderEvent) -> None:
        """News of an order, before NautilusTrader has judged it."""

    def on_triggered(self, client_id: str, venue_order_id: str) -> None:
        """A conditional order's price was reached; told again, it is no news."""

    def on_gap(self, why: str) -> None:
        """News may have been missed, or cannot be told exactly: it must be pulled."""

    def on_message(self) -> None:
        """The user stream said something, whatever it was."""
