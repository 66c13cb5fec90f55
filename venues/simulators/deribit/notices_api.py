"""Public methods whose answer is that there is nothing: announcements and combos."""

from typing import Any

from venues.simulators.deribit.calls import Call, Method, Methods
from venues.simulators.deribit.errors import invalid_params
from venues.simulators.deribit.instruments import KNOWN_CURRENCIES

MOST_ANNOUNCEMENTS = 50


class NoticesApi:
    """Empty lists, after the same checks as full ones."""

    def methods(self) -> Methods:
        """By name."""
        return {
            "public/get_announcements": Method(_announcements),
            "private/get_new_announcements": Method(_announcements),
            "public/get_combos": Method(_combos),
            "public/get_combo_ids": Method(_combos),
        }


def _announcements(call: Call) -> list[Any]:
    call.params.count_or(5, MOST_ANNOUNCEMENTS)
    return []


def _combos(call: Call) -> list[Any]:
    if call.params.text("currency") not in ("any", *KNOWN_CURRENCIES):
        raise invalid_params("currency", "invalid currency")
    return []
