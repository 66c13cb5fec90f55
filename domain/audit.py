"""The audit trail's chain: each event's hash covers the one before, so a change or a gap shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from domain.order_events import OpeningEvent, OrderEvent

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class ChainedEvent:
    """One event as the audit trail keeps it. `detail` is JSON-ready: decimals and times as text."""

    version: int
    name: str
    detail: dict[str, Any]
    at: datetime
    hash: str


def chained(
    order_id: str, version: int, previous: str, event: OrderEvent | OpeningEvent, at: datetime
) -> ChainedEvent:
    """The event as number `version` of the order, after the event whose hash is `previous`."""
    name = type(event).__name__
    detail: dict[str, Any] = json.loads(json.dumps(asdict(event), default=_text))
    link = Link(order_id, version, name, detail, at)
    return ChainedEvent(version, name, detail, at, chain(previous, link))


class Link(NamedTuple):
    """What a hash covers, besides the hash before it."""

    order_id: str
    version: int
    name: str
    detail: Mapping[str, Any]
    at: datetime


def chain(previous: str, link: Link) -> str:
    """SHA-256, hex, over the previous hash and the canonical JSON of the event."""
    at = link.at.astimezone(UTC).isoformat()
    canonical = json.dumps(
        [previous, link.order_id, link.version, link.name, link.detail, at],
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def first_break(events: Iterable[tuple[Link, str]]) -> int | None:
    """The version at which one order's chain no longer holds, or None.

    Each event comes with its recorded hash, in the order of versions from 1.
    """
    previous = GENESIS
    expected = 1
    for link, recorded in events:
        if link.version != expected or chain(previous, link) != recorded:
            return expected
        previous, expected = recorded, expected + 1
    return None


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
