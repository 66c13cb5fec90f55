"""The audit trail's chain: each event's hash covers the one before, so a change or a gap shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from domain.order_events import OpeningEvent, OrderEvent

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class ChainedEvent:
    """One event as the audit trail keeps it. `detail` is JSON-ready: decimals and times as text."""

    version: int
    name: str
    detail: dict[str, Any]
    hash: str


def chained(
    order_id: str, version: int, previous: str, event: OrderEvent | OpeningEvent
) -> ChainedEvent:
    """The event as number `version` of the order, after the event whose hash is `previous`."""
    name = type(event).__name__
    detail: dict[str, Any] = json.loads(json.dumps(asdict(event), default=_text))
    return ChainedEvent(version, name, detail, chain(previous, order_id, version, name, detail))


def chain(previous: str, order_id: str, version: int, name: str, detail: Mapping[str, Any]) -> str:
    """SHA-256, hex, over the previous hash and the canonical JSON of the event."""
    canonical = json.dumps(
        [previous, order_id, version, name, detail], sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def first_break(events: Iterable[tuple[str, int, str, Mapping[str, Any], str]]) -> int | None:
    """The version at which one order's chain no longer holds, or None.

    Each event is (order_id, version, name, detail, hash), in the order of versions from 1.
    """
    previous = GENESIS
    expected = 1
    for order_id, version, name, detail, recorded in events:
        if version != expected or chain(previous, order_id, version, name, detail) != recorded:
            return expected
        previous, expected = recorded, expected + 1
    return None


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
