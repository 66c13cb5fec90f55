"""Parameters of a request: strings from a query, JSON values from a body or a socket."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from json import loads
from typing import Any

from venues.simulators.deribit.errors import invalid_params

MOST = 1000
MOST_DIGITS = 20
GREATEST = Decimal(10) ** MOST_DIGITS
"""Above every number that means something here, times in nanoseconds included; exact arithmetic
on what is below it never runs out of digits."""


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
            raise invalid_params(name, "value is required")
        value = self._values[name]
        if isinstance(value, (dict, list, bool)):
            raise invalid_params(name, "must be string")
        text = str(value)
        if not is_unicode(text):
            raise invalid_params(name, "must be string")
        return text

    def text_or(self, name: str, default: str) -> str:
        return self.text(name) if self.has(name) else default

    def choice(self, name: str, default: str, known: tuple[str, ...]) -> str:
        """One of the known words."""
        value = self.text_or(name, default)
        if value not in known:
            raise invalid_params(name, f"must be one of: {', '.join(known)}")
        return value

    def number(self, name: str) -> Decimal:
        """A number that must be there, be finite and within reason."""
        text = self.text(name)
        try:
            value = Decimal(text)
        except InvalidOperation:
            raise invalid_params(name, "must be number") from None
        if not value.is_finite() or abs(value) >= GREATEST:
            raise invalid_params(name, "must be number")
        return value

    def number_or_none(self, name: str) -> Decimal | None:
        return self.number(name) if self.has(name) else None

    def integer(self, name: str) -> int:
        """A whole number that must be there."""
        value = self.number(name)
        if value != value.to_integral_value():
            raise invalid_params(name, "must be integer")
        return int(value)

    def integer_or(self, name: str, default: int) -> int:
        return self.integer(name) if self.has(name) else default

    def count_or(self, default: int, most: int = MOST) -> int:
        """How many items are wanted, within the venue's most."""
        count = self.integer_or("count", default)
        if not 1 <= count <= most:
            raise invalid_params("count", f"must be between 1 and {most}")
        return count

    def place(self, name: str) -> int:
        """Where to go on, by a token that an answer of ours gave; at the beginning without one."""
        text = self.text_or(name, "0")
        if not (text.isascii() and text.isdigit()) or len(text) > MOST_DIGITS:
            raise invalid_params(name, "unknown continuation")
        return int(text)

    def flag(self, name: str, *, default: bool = False) -> bool:
        if not self.has(name):
            return default
        value = self._values[name]
        if value in (True, "true"):
            return True
        if value in (False, "false"):
            return False
        raise invalid_params(name, "must be boolean")

    def is_list(self, name: str) -> bool:
        """Whether a parameter is given as a list; in a query as the text of a JSON array."""
        value = self._values.get(name)
        return isinstance(value, list) or (isinstance(value, str) and value.startswith("["))

    def texts(self, name: str) -> list[str]:
        """A list of strings; in a query it is the text of a JSON array."""
        value = self._values.get(name)
        if isinstance(value, str) and value.startswith("["):
            value = _parsed(value)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise invalid_params(name, "must be a list of strings")
        if not all(is_unicode(item) for item in value):
            raise invalid_params(name, "must be a list of strings")
        return value


def _parsed(text: str) -> Any:
    try:
        return loads(text)
    except (ValueError, RecursionError):
        return None


def is_unicode(text: str) -> bool:
    """JSON may hold halves of characters; nobody could be sent such a text again."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
