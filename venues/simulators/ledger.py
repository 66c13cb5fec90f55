"""The append-only record of what a simulated venue really did: the ground truth of every test.

One JSON object per line. The first line of a file says where the exchange started (its first id
and the balances of its accounts); then one line per accepted order, fill, amendment and end of an
order. Decimals are strings, times UTC nanoseconds.

    {"event": "started", "t": ..., "first_id": ..., "balances": {account: {asset: "..."}}}
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


class Ledger:
    """An open ledger file. Records of one action reach the file together, before any reply."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        _cut_torn_line(path)
        self._file = path.open("a", encoding="utf-8")
        self._pending: list[str] = []

    def append(self, record: Record) -> None:
        """Add a record to the current action."""
        self._pending.append(json.dumps(record, separators=(",", ":")) + "\n")

    def flush(self) -> None:
        """Hand the current action to the operating system, which outlives this process."""
        if self._pending:
            self._file.write("".join(self._pending))
            self._file.flush()
            self._pending.clear()

    def close(self) -> None:
        """Write what is pending and close the file."""
        self.flush()
        self._file.close()


def _cut_torn_line(path: Path) -> None:
    """Drop a last line without its newline: the process died while writing it."""
    if not path.exists():
        return
    content = path.read_bytes()
    end = content.rfind(b"\n") + 1
    if end < len(content):
        with path.open("r+b") as file:
            file.truncate(end)


def read_ledger(path: Path, containing: str = "") -> Iterator[Record]:
    """Records of a ledger, oldest first; also while its owner writes (a torn end is skipped).

    Lines without the text ``containing`` are passed over unread, which makes a search quick.
    """
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
                    accepted_ns=record["t"],
                )
                by_id[order.order_id] = order
                summary.orders.setdefault(order.client_order_id, []).append(order)
            case "filled":
                _count_fill(summary, by_id[record["order_id"]], record)
            case "amended":
                by_id[record["order_id"]].quantity = Decimal(record["quantity"])
            case "canceled" | "expired":
                by_id[record["order_id"]].state = record["event"]
            case "delivered":
                _count_change(summary, record)
    return summary


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
