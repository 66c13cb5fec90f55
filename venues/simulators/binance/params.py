"""Reading request parameters the way Binance reads them."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

from venues.simulators.binance.errors import ApiError, illegal, invalid, missing

CLIENT_ID_PATTERN = r"^[\.A-Z\:/a-z0-9_-]{1,36}$"
# Always matched in full: "$" alone would let a trailing newline through.
_CLIENT_ID = re.compile(CLIENT_ID_PATTERN)
_DECIMAL_PATTERN = r"^([0-9]{1,20})(\.[0-9]{1,20})?$"
_DECIMAL = re.compile(_DECIMAL_PATTERN, re.ASCII)


def parse_params(query: str, body: str) -> dict[str, str]:
    """Query and form parameters together; the query wins, as on the real venue."""
    params = dict(parse_qsl(query, keep_blank_values=True))
    if body:
        params = dict(parse_qsl(body, keep_blank_values=True)) | params
    return params


class Params:
    """Typed access to the parameters of one request; every reader raises ApiError.

    ``names`` says what parameters are called in this request where it has other names for them.
    """

    def __init__(self, values: Mapping[str, str], names: Mapping[str, str] | None = None) -> None:
        self.values = values
        self._names = names or {}

    def __contains__(self, name: str) -> bool:
        return bool(self.optional(name))

    def text(self, name: str) -> str:
        """A mandatory parameter."""
        value = self.optional(name)
        if value is None:
            raise missing(self.called(name))
        return value

    def optional(self, name: str) -> str | None:
        """A parameter that may be missing or empty."""
        return self.values.get(self.called(name)) or None

    def called(self, name: str) -> str:
        """What a parameter is called in this request."""
        return self._names.get(name, name)

    def decimal(self, name: str) -> Decimal:
        """A mandatory plain decimal: no sign, no exponent."""
        value = self.text(name)
        if _DECIMAL.fullmatch(value) is None:
            raise illegal(self.called(name), _DECIMAL_PATTERN)
        return Decimal(value)

    def optional_decimal(self, name: str) -> Decimal | None:
        """A plain decimal that may be missing."""
        return self.decimal(name) if name in self else None

    def integer(self, name: str) -> int | None:
        """An optional whole number."""
        value = self.optional(name)
        if value is None:
            return None
        if not (value.isascii() and value.isdigit() and len(value) <= 19):
            raise illegal(self.called(name), r"^[0-9]{1,20}$")
        return int(value)

    def limit(self, default: int, most: int) -> int:
        """The page size, cut to what the venue serves at most."""
        return min(self.integer("limit") or default, most)

    def boolean(self, name: str) -> bool:
        """An optional flag in any spelling of case (clients send ``true`` and ``False``)."""
        value = (self.optional(name) or "false").lower()
        if value not in ("true", "false"):
            raise invalid(self.called(name))
        return value == "true"

    def listed(self, name: str) -> list[Any] | None:
        """An optional JSON list."""
        text = self.optional(name)
        if text is None:
            return None
        try:
            values = json.loads(text)
        except ValueError:
            raise missing(self.called(name)) from None
        if not isinstance(values, list):
            raise missing(self.called(name))
        return values

    def choice[E: StrEnum](self, name: str, kind: type[E], error: tuple[int, str]) -> E:
        """A mandatory value out of an enumeration."""
        value = self.text(name)
        try:
            return kind(value)
        except ValueError:
            raise ApiError(*error) from None

    def client_id(self, name: str) -> str | None:
        """An optional client order id."""
        value = self.optional(name)
        if value is not None and _CLIENT_ID.fullmatch(value) is None:
            raise illegal(self.called(name), CLIENT_ID_PATTERN)
        return value


def as_text(value: Any) -> str:
    """A JSON value as a query would carry it."""
    if isinstance(value, bool):
        return str(value).lower()
    is_nested = isinstance(value, list | dict)
    return json.dumps(value, separators=(",", ":")) if is_nested else str(value)
