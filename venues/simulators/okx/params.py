"""Reading requests: OKX sends every value as a string, in a query or in a JSON object."""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from venues.simulators.okx.errors import ApiError, bad_parameter, bad_term, empty

_CLIENT_ID = re.compile(r"[A-Za-z0-9]{1,32}")
_TAG = re.compile(r"[A-Za-z0-9]{1,16}")


class Params:
    """Values by name. An empty text, list or null counts as not sent, as on the venue.

    ``of_order`` says that what is wrong is told of the order, not of the request.
    """

    def __init__(self, values: Mapping[str, Any], *, of_order: bool = False) -> None:
        self._values = values
        self._of_order = of_order

    def __contains__(self, name: str) -> bool:
        return self.get(name) != ""

    def get(self, name: str) -> str:
        """A text, empty if it was not sent."""
        value = self._values.get(name)
        if value is None or value in ([], {}):
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value)

    def text(self, name: str) -> str:
        """A text that must be there."""
        value = self.get(name)
        if not value:
            raise self.wrong(name) if self._of_order else empty(name)
        return value

    def choice(self, name: str, known: Mapping[str, Any], default: str | None = None) -> Any:
        """What one of some words stands for."""
        word = self.get(name) or default
        if word is None:
            raise self.wrong(name) if self._of_order else empty(name)
        if word not in known:
            raise self.wrong(name)
        return known[word]

    def decimal(self, name: str) -> Decimal:
        """A positive number that must be there."""
        self.text(name)
        return cast(Decimal, self.optional_decimal(name))

    def optional_decimal(self, name: str) -> Decimal | None:
        """A positive number, None if it was not sent."""
        text = self.get(name)
        if not text:
            return None
        try:
            value = Decimal(text)
        except InvalidOperation:
            raise self.wrong(name) from None
        if not value.is_finite() or value <= 0:
            raise self.wrong(name)
        return value

    def integer(self, name: str) -> int | None:
        """A whole number, None if it was not sent."""
        text = self.get(name)
        if not text:
            return None
        if not (text.isascii() and text.isdigit()):
            raise self.wrong(name)
        return int(text)

    def boolean(self, name: str) -> bool:
        """Whether something is wanted; not, if it was not sent."""
        return bool(self.choice(name, {"true": True, "false": False}, "false"))

    def limit(self, most: int = 100, usual: int | None = None) -> int:
        """How many rows are wanted; more than there may be are cut, as on the venue.

        Without a wish as many as are ``usual``, which are the most where nothing is said.
        """
        wanted = self.integer("limit")
        if wanted is None:
            return most if usual is None else usual
        return max(1, min(wanted, most))

    def client_id(self, name: str) -> str:
        """A client id: at most 32 letters and digits; empty if none was sent."""
        value = self.get(name)
        if value and not _CLIENT_ID.fullmatch(value):
            raise self.wrong(name)
        return value

    def tag(self) -> str:
        """The tag of an order: at most 16 letters and digits; empty if none was sent."""
        value = self.get("tag")
        if value and not _TAG.fullmatch(value):
            raise self.wrong("tag")
        return value

    def refuse(self, unsimulated: Mapping[str, Collection[str]]) -> None:
        """Refuse what is sent with another value than those that change nothing."""
        for name, harmless in unsimulated.items():
            if name in self and self.get(name) not in harmless:
                raise self.wrong(name)

    def wrong(self, name: str) -> ApiError:
        """The refusal of a parameter."""
        return bad_term(name) if self._of_order else bad_parameter(name)
