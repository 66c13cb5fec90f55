"""The file of booked orders, beside the ledger: one line for each state that was kept.

Its first line has the numbers that must go on growing when the orders that used them are gone.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from venues.simulators.ib.booked import CANCELED, Booked, Hold
from venues.simulators.ib.listings import BY_NAME
from venues.simulators.ib.tickets import Ticket

_DECIMALS = frozenset(
    {"quantity", "limit", "aux", "trail_stop_price", "trailing_percent", "limit_offset"}
)


@dataclass(slots=True)
class Counters:
    """``next_ids`` by client id; ``lowest_hand_id`` is that of the orders typed in TWS."""

    next_perm_id: int
    next_ids: dict[int, int] = field(default_factory=dict)
    lowest_hand_id: int = 0

    def meet(self, booked: Booked) -> None:
        """Go beyond the numbers of an order."""
        client_id, order_id = booked.client_id, booked.order_id
        self.next_ids[client_id] = max(self.next_ids.get(client_id, 1), order_id + 1)
        self.next_perm_id = max(self.next_perm_id, booked.perm_id + 1)
        if client_id == 0:
            self.lowest_hand_id = min(self.lowest_hand_id, order_id)


class TicketFile:
    """Reads the file once, then appends to it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("a+", encoding="utf-8")

    def read(self, counters: Counters) -> list[Booked]:
        """The orders as they were kept last, in the order of their first lines; counters move on.
        A last line that its writer did not finish is passed over."""
        kept: dict[int, Booked] = {}
        self._file.seek(0)
        for line in self._file:
            if not line.endswith("\n"):
                break
            record = json.loads(line)
            if "next_perm_id" in record:
                _restore(counters, record)
                continue
            booked = _booked(record)
            counters.meet(booked)
            kept[booked.perm_id] = booked
        return list(kept.values())

    def rewrite(self, counters: Counters, orders: Iterable[Booked]) -> None:
        """Keep these orders alone."""
        fresh = self._path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            file.write(_line(asdict(counters)))
            file.writelines(_line(_record(booked)) for booked in orders)
        self._file.close()
        fresh.replace(self._path)
        self._file = self._path.open("a", encoding="utf-8")

    def append(self, booked: Booked) -> None:
        """Keep an order as it is now."""
        self._file.write(_line(_record(booked)))
        self._file.flush()

    def close(self) -> None:
        """Close the file; nothing may follow."""
        self._file.close()


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, separators=(",", ":")) + "\n"


def _record(booked: Booked) -> dict[str, Any]:
    record = asdict(replace(booked, order=None, listed=None))  # type: ignore[arg-type]
    record["ticket"] = {
        name: str(value) if isinstance(value, Decimal) else value
        for name, value in record["ticket"].items()
    }
    record["listed"] = booked.listed.name
    del record["order"], record["last_price"]
    return record


def _booked(record: dict[str, Any]) -> Booked:
    terms: dict[str, Any] = {
        name: Decimal(value) if name in _DECIMALS and value is not None else value
        for name, value in record.pop("ticket").items()
    }
    if record.pop("dropped", False):  # as it was written before there were several ways to end
        record["ended"] = CANCELED
    hold = record.pop("hold", None)
    listed = BY_NAME[record.pop("listed")]
    return Booked(
        **record, hold=Hold(hold) if hold else None, listed=listed, ticket=Ticket(**terms)
    )


def _restore(counters: Counters, record: dict[str, Any]) -> None:
    counters.next_perm_id = max(counters.next_perm_id, record["next_perm_id"])
    counters.next_ids = {int(client): number for client, number in record["next_ids"].items()}
    counters.lowest_hand_id = record["lowest_hand_id"]
