"""JSON as the venue sends it: amounts and prices are plain JSON numbers."""

from decimal import Decimal
from typing import Any

import orjson


def encoded(body: Any) -> str:
    """The JSON text."""
    return orjson.dumps(body, default=_number).decode()


def notification(channel: str, data: Any) -> str:
    """A message of a subscription."""
    params = {"channel": channel, "data": data}
    return encoded({"jsonrpc": "2.0", "method": "subscription", "params": params})


def _number(value: Any) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
