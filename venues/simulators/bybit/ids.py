"""The exchange's numbers as Bybit writes them: digits for spot, UUIDs for derivatives."""

import re

from venues.simulators.bybit.instruments import Category

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Orders and executions must not share an id.
_EXECUTION = 0xE << 124


def order_id(category: Category, number: int) -> str:
    """The venue's id of an order."""
    return str(number) if category.is_spot else _uuid(number)


def execution_id(category: Category, number: int) -> str:
    """The venue's id of one side of a trade."""
    return f"2{number:018d}" if category.is_spot else _uuid(_EXECUTION | number)


def number_of(text: str) -> int | None:
    """The exchange's number in an order id, None for what never was one."""
    if text.isascii() and text.isdigit() and len(text) <= 19:
        return int(text)
    return int(text.replace("-", ""), 16) if _UUID.fullmatch(text) else None


def _uuid(number: int) -> str:
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
