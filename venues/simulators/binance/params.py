"""Reading request parameters the way Binance reads them."""

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
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
    """Typed access to the parameters of one request; every reader raises ApiError."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values

    def __contains__(self, name: str) -> bool:
        return bool(self.values.get(name))

    def text(self, name: str) -> str:
        """A mandatory parameter."""
        value = self.values.get(name)
        if not value:
            raise missing(name)
        return value

    def optional(self, name: str) -> str | None:
        """A parameter that may be missing or empty."""
        return self.values.get(name) or None

    def decimal(self, name: str) -> Decimal:
        """A mandatory plain decimal: no sign, no exponent."""
        value = self.text(name)
        if _DECIMAL.fullmatch(value) is None:
            raise illegal(name, _DECIMAL_PATTERN)
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
            raise illegal(name, r"^[0-9]{1,20}$")
        return int(value)

    def limit(self, default: int, most: int) -> int:
        """The page size, cut to what the venue serves at most."""
        return min(self.integer("limit") or default, most)

    def boolean(self, name: str) -> bool:
        """An optional flag in any spelling of case (clients send ``true`` and ``False``)."""
        value = (self.optional(name) or "false").lower()
        if value not in ("true", "false"):
            raise invalid(name)
        return value == "true"

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
            raise illegal(name, CLIENT_ID_PATTERN)
        return value
