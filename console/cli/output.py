"""What commands print: JSON for programs, aligned text for people."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from decimal import Context
from typing import Any

_SHORT = Context(prec=12)


def print_json(value: object) -> None:
    """One JSON document."""
    print(json.dumps(value, indent=2))


def print_json_line(value: object) -> None:
    """One JSON document per line, at once: for output that goes on."""
    print(json.dumps(value), flush=True)


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Columns as wide as their widest cell."""
    cells = [[_text(value) for value in row] for row in rows]
    table = [list(columns), *cells]
    widths = [max(len(row[i]) for row in table) for i in range(len(columns))]
    for row in table:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(padded).rstrip())


def print_fields(fields: Mapping[str, object]) -> None:
    """One line per field that has a value; `outer.inner` for a field of a field."""
    flat = dict(_flat(fields))
    shown = {name: _text(value) for name, value in flat.items() if value not in (None, "")}
    width = max(map(len, shown), default=0)
    for name, value in shown.items():
        print(f"{name.ljust(width)}  {value}")


def warn(message: str) -> None:
    """A sentence on stderr, so that stdout stays what was asked for."""
    print(message, file=sys.stderr)


def pick(source: Mapping[str, Any], *names: str) -> list[Any]:
    """The values of these members, None where one is missing."""
    return [source.get(name) for name in names]


def shortened(number: str | None) -> str | None:
    """A decimal for the eye: an average has more digits than anybody reads."""
    return None if number is None else format(_SHORT.create_decimal(number), "f")


def _flat(fields: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in fields.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _text(value: object) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case Mapping() | list() | tuple():
            return json.dumps(value)
        case _:
            return str(value)
