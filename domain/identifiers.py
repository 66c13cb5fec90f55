"""Ids are pure functions of their inputs, so that every replay and retry says the same id."""

from __future__ import annotations

import base64
import hashlib
import re

CLIENT_ORDER_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")
STRATEGY_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$")

LEGS_MAX = 99

_ORDER_ID_LENGTH = 24
_SEPARATOR = "\x1f"  # in neither id, so ("a", "bc") and ("ab", "c") differ


def order_id_for(strategy_id: str, client_order_id: str) -> str:
    """The id of the order: 24 characters `[a-z0-9]`, legal as a client order id on every venue.

    115 bits of SHA-256: a collision needs about 10^17 orders. OKX is the strictest venue (at most
    32 letters and digits), so legs have room to append theirs.
    """
    return "o" + _derived(strategy_id, client_order_id)


def list_id_for(strategy_id: str, client_list_id: str) -> str:
    """The id of an order list, of the same form with another first letter."""
    return "l" + _derived(strategy_id, client_list_id)


def is_list_id(text: str) -> bool:
    """Whether the text has the form of our order list ids."""
    return re.fullmatch(r"l[a-z2-7]{23}", text) is not None


def is_order_id(text: str) -> bool:
    """Whether the text has the form of our order ids."""
    return re.fullmatch(r"o[a-z2-7]{23}", text) is not None


def venue_client_id(order_id: str, leg: int) -> str:
    """The client order id that the venue sees for one leg of the order."""
    if not 1 <= leg <= LEGS_MAX:
        raise ValueError(f"a leg is a number from 1 to {LEGS_MAX}, got {leg}")
    return f"{order_id}{leg:02d}"


def order_id_of_venue_client_id(client_id: str) -> str | None:
    """Our order id inside a venue's client order id, or None where the order is not ours."""
    ours = re.fullmatch(r"(o[a-z2-7]{23})\d{2}", client_id)
    return ours.group(1) if ours else None


def workflow_id_for(strategy_id: str, client_order_id: str) -> str:
    """The id of the order's workflow, readable in Temporal UI.

    Hyphens of the strategy are doubled, so that ("a-b", "c") and ("a", "b-c") differ: a client
    order id starts with a letter or digit, so the first odd run of hyphens ends the strategy.
    """
    return f"order-{strategy_id.replace('-', '--')}-{client_order_id}"


def revived_workflow_id_for(strategy_id: str, client_order_id: str) -> str:
    """The id of the workflow that follows an order which lives on after its own has ended."""
    return f"revived-{workflow_id_for(strategy_id, client_order_id)}"


def list_workflow_id_for(strategy_id: str, client_list_id: str) -> str:
    """The id of an order list's workflow; unambiguous as that of an order's."""
    return f"list-{strategy_id.replace('-', '--')}-{client_list_id}"


def _derived(strategy_id: str, client_id: str) -> str:
    digest = hashlib.sha256(f"{strategy_id}{_SEPARATOR}{client_id}".encode()).digest()
    return base64.b32encode(digest).decode("ascii").lower()[: _ORDER_ID_LENGTH - 1]
