"""The append-only record of what a simulated venue really did: the ground truth of every test.

One JSON object per line. The first line says where the exchange started (its first id and the
balances of its accounts); then one line per accepted order, fill, amendment and end of an order.
Decimals are strings, times UTC nanoseconds.

A ledger that grows long goes on in a new part, ``<name>.2.jsonl`` after ``<name>.jsonl``. A part
begins with what there was then, accounts and open orders, so that a restart need not read them all;
that line tells nothing new, and readers of the whole story do not see it.

    {"event": "started", "t": ..., "first_id": ..., "balances": {account: {asset: "..."}}}
    {"event": "continued", "t": ..., "first_id": ..., "accounts": {...}, "orders": [...], ...}
    {"event": "accepted", "t": ..., "order_id": ..., "client_order_id": "...", ...}
    {"event": "filled",   "t": ..., "order_id": ..., "trade_id": ..., "price": "...", ...}
    {"event": "amended",  "t": ..., "order_id": ..., "price": "...", "quantity": "..."}
    {"event": "trailed",  "t": ..., "order_id": ..., "trigger_price": "..."}
    {"event": "switched", "t": ..., "order_id": ..., "client_order_id": "..."}
    {"event": "triggered", "t": ..., "order_id": ..., "client_order_id": "..."}
    {"event": "canceled" | "expired", "t": ..., "order_id": ..., "reason": "..."}
    {"event": "instrument_expired", "t": ..., "symbol": "...", "price": "...", ...}
    {"event": "delivered", "t": ..., "account": "...", "symbol": "...", "side": "...", ...}
    {"event": "setting",  "t": ..., "account": "...", "name": "...", "value": "..."}
    {"event": "leverage", "t": ..., "account": "...", "symbol": "...", "leverage": ...}
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from venues.simulators.matching import ZERO

type Record = dict[str, Any]


PART_RECORDS = 50_000
"""How long a part may grow; two of them are read in two seconds."""

CONTINUED = "continued"


class Ledger:
    """An open ledger. Records of one action reach the file together, before any reply."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        last = parts_of(path)[-1]
        # The first line of a part only says where it begins.
        self._records = _cut_torn_line(last) - 1
        self._file = last.open("a", encoding="utf-8")
        self._pending: list[str] = []

    @property
    def is_long(self) -> bool:
        """Whether it is time for a new part."""
        return self._records >= PART_RECORDS

    def append(self, record: Record) -> None:
        """Add a record to the current action."""
        self._pending.append(_line(record))

    def flush(self) -> None:
        """Hand the current action to the operating system, which outlives this process."""
        if self._pending:
            self._file.write("".join(self._pending))
            self._file.flush()
            self._records += len(self._pending)
            self._pending.clear()

    def begin_part(self, continued: Record) -> None:
        """Go on in a new part that begins so; it appears with its first line or not at all."""
        self.flush()
        number = _number(parts_of(self.path)[-1]) + 1
        part = self.path.with_suffix(f".{number}.jsonl")
        draft = part.with_suffix(".draft")
        draft.write_text(_line(continued), encoding="utf-8")
        draft.rename(part)
        self._file.close()
        self._file = part.open("a", encoding="utf-8")
        self._records = 0

    def close(self) -> None:
        """Write what is pending and close the file."""
        self.flush()
        self._file.close()


def parts_of(path: Path) -> list[Path]:
    """The files of a ledger, oldest first; there is always the first."""
    later = [part for part in path.parent.glob(f"{path.stem}.*.jsonl") if _number(part) > 1]
    return [path, *sorted(later, key=_number)]


def _number(part: Path) -> int:
    """Which part of its ledger a file is; 1 also for files that are none."""
    number = Path(part.stem).suffix.removeprefix(".")
    return int(number) if number.isascii() and number.isdigit() else 1


def _line(record: Record) -> str:
    return json.dumps(record, separators=(",", ":")) + "\n"


def _cut_torn_line(path: Path) -> int:
    """Drop a last line without its newline: the process died while writing it.

    Returns how many lines there are.
    """
    if not path.exists():
        return 0
    content = path.read_bytes()
    end = content.rfind(b"\n") + 1
    if end < len(content):
        with path.open("r+b") as file:
            file.truncate(end)
    return content.count(b"\n")


def read_ledger(path: Path, containing: str = "") -> Iterator[Record]:
    """Records of a ledger, oldest first; also while its owner writes (a torn end is skipped).

    Lines without the text ``containing`` are passed over unread, which makes a search quick.
    """
    for part in parts_of(path):
        for record in _read(part, containing):
            if record["event"] != CONTINUED:
                yield record


def read_recent(path: Path) -> Iterator[Record]:
    """The last part and the one before, beginning with what there was when that began."""
    for part in parts_of(path)[-2:]:
        yield from _read(part)


def _read(path: Path, containing: str = "") -> Iterator[Record]:
    if not path.exists():
        return
    needle = containing.encode()
    with path.open("rb") as file:
        for line in file:
            if needle in line and line.endswith(b"\n"):
                yield json.loads(line)


@dataclass(slots=True)
class LedgerOrder:
    """One accepted order as the ledger tells it."""

    order_id: int
    client_order_id: str
    symbol: str
    side: str
    quantity: Decimal
    price: Decimal | None
    accepted_ns: int
    state: str = "open"
    executed: Decimal = ZERO
    fills: list[Record] = field(default_factory=list)


@dataclass(slots=True)
class LedgerSummary:
    """A ledger folded: orders by client id (more than one means doubled), net traded positions."""

    orders: dict[str, list[LedgerOrder]] = field(default_factory=dict)
    positions: dict[str, Decimal] = field(default_factory=dict)
    fees: dict[str, Decimal] = field(default_factory=dict)

    @property
    def doubled(self) -> list[str]:
        """Client ids under which more than one order was accepted."""
        return [client_id for client_id, orders in self.orders.items() if len(orders) > 1]


def summarise(records: Iterable[Record]) -> LedgerSummary:
    """Fold a ledger into what tests and benches compare with."""
    summary = LedgerSummary()
    by_id: dict[int, LedgerOrder] = {}
    for record in records:
        match record["event"]:
            case "accepted":
                order = LedgerOrder(
                    order_id=record["order_id"],
                    client_order_id=record["client_order_id"],
                    symbol=record["symbol"],
                    side=record["side"],
                    quantity=Decimal(record["quantity"]),
                    price=_price(record),
                    accepted_ns=record["t"],
                )
                by_id[order.order_id] = order
                summary.orders.setdefault(order.client_order_id, []).append(order)
            case "filled":
                _count_fill(summary, by_id[record["order_id"]], record)
            case "amended":
                amended = by_id[record["order_id"]]
                amended.quantity, amended.price = Decimal(record["quantity"]), _price(record)
            case "canceled" | "expired":
                by_id[record["order_id"]].state = record["event"]
            case "delivered":
                _count_change(summary, record)
    return summary


def _price(record: Record) -> Decimal | None:
    return None if record["price"] is None else Decimal(record["price"])


def _count_fill(summary: LedgerSummary, order: LedgerOrder, record: Record) -> None:
    order.fills.append(record)
    order.executed += Decimal(record["quantity"])
    if order.executed == order.quantity:
        order.state = "filled"
    _count_change(summary, record)


def _count_change(summary: LedgerSummary, record: Record) -> None:
    quantity = Decimal(record["quantity"])
    signed = quantity if record["side"] == "BUY" else -quantity
    symbol, asset = record["symbol"], record["fee_asset"]
    summary.positions[symbol] = summary.positions.get(symbol, ZERO) + signed
    summary.fees[asset] = summary.fees.get(asset, ZERO) + Decimal(record["fee"])
