"""Parameters of a request: strings from a query, JSON values from a body or a socket."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from venues.simulators.deribit.errors import invalid_params

MOST = 1000


class Params:
    """Typed access; every getter raises the venue's ``Invalid params`` with the parameter's name.

    A parameter that is null or empty counts as absent.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def has(self, name: str) -> bool:
        return self._values.get(name) not in (None, "")

    def text(self, name: str) -> str:
        """A string that must be there."""
        if not self.has(name):
            raise invalid_params(name, "value required")
        value = self._values[name]
        if isinstance(value, (dict, list, bool)):
            raise invalid_params(name, "must be string")
        return str(value)

    def text_or(self, name: str, default: str) -> str:
        return self.text(name) if self.has(name) else default

    def choice(self, name: str, default: str, known: tuple[str, ...]) -> str:
        """One of the known words."""
        value = self.text_or(name, default)
        if value not in known:
            raise invalid_params(name, f"must be one of: {', '.join(known)}")
        return value

    def number(self, name: str) -> Decimal:
        """A number that must be there and be finite."""
        text = self.text(name)
        try:
            value = Decimal(text)
        except InvalidOperation:
            raise invalid_params(name, "must be number") from None
        if not value.is_finite():
            raise invalid_params(name, "must be number")
        return value

    def number_or_none(self, name: str) -> Decimal | None:
        return self.number(name) if self.has(name) else None

    def integer_or(self, name: str, default: int) -> int:
        if not self.has(name):
            return default
        value = self.number(name)
        if value != value.to_integral_value():
            raise invalid_params(name, "must be integer")
        return int(value)

    def count_or(self, default: int) -> int:
        """How many items are wanted, within the venue's most."""
        count = self.integer_or("count", default)
        if not 1 <= count <= MOST:
            raise invalid_params("count", f"must be between 1 and {MOST}")
        return count

    def flag(self, name: str, *, default: bool = False) -> bool:
        if not self.has(name):
            return default
        value = self._values[name]
        if value in (True, "true"):
            return True
        if value in (False, "false"):
            return False
        raise invalid_params(name, "must be boolean")

    def texts(self, name: str) -> list[str]:
        """A list of strings."""
        value = self._values.get(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise invalid_params(name, "must be a list of strings")
        return value
