"""Corrections of executions, kept on disk: they change what is told, not what was traded, so the
ledger does not have them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What an execution was corrected to; of nothing it was busted."""

    order_id: int
    trade_id: int
    price: Decimal
    quantity: Decimal
    time_ns: int


class Corrections:
    """A file that is read once, then appended to."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[tuple[int, int], list[Correction]] = {}
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
                if line.endswith("\n"):
                    self._remember(_correction(json.loads(line)))

    def of(self, order_id: int, trade_id: int) -> list[Correction]:
        """The corrections of one side of a trade, oldest first."""
        return self._known.get((order_id, trade_id), [])

    def add(self, correction: Correction) -> None:
        """Keep one more."""
        self._remember(correction)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(_line(correction))

    def forget_before(self, day_began_ns: int) -> None:
        """Forget those of earlier days, in the file too."""
        for key, corrections in list(self._known.items()):
            kept = [one for one in corrections if one.time_ns >= day_began_ns]
            if kept != corrections:
                self._known[key] = kept
        fresh = self._path.with_suffix(".new")
        lines = [_line(one) for corrections in self._known.values() for one in corrections]
        fresh.write_text("".join(lines), encoding="utf-8")
        fresh.replace(self._path)

    def _remember(self, correction: Correction) -> None:
        self._known.setdefault((correction.order_id, correction.trade_id), []).append(correction)


def _line(correction: Correction) -> str:
    record = {
        "order_id": correction.order_id,
        "trade_id": correction.trade_id,
        "price": str(correction.price),
        "quantity": str(correction.quantity),
        "t": correction.time_ns,
    }
    return json.dumps(record, separators=(",", ":")) + "\n"


def _correction(record: Mapping[str, str | int]) -> Correction:
    return Correction(
        order_id=int(record["order_id"]),
        trade_id=int(record["trade_id"]),
        price=Decimal(record["price"]),
        quantity=Decimal(record["quantity"]),
        time_ns=int(record["t"]),
    )
