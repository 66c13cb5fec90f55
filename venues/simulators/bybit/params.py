"""Reading request parameters the way Bybit reads them: strings in queries, JSON in bodies."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from venues.simulators.bybit.errors import ApiError, parameter
from venues.simulators.bybit.instruments import Category, Product, category_of, product_of

_DECIMAL = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?", re.ASCII)
_ZERO = re.compile(r"0+(\.0+)?", re.ASCII)
_LINK_ID = re.compile(r"[A-Za-z0-9_-]{1,36}", re.ASCII)


class Params:
    """Typed access to the parameters of one request; every reader raises ApiError."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def text(self, name: str) -> str:
        """A mandatory parameter."""
        if name not in self:
            raise parameter(f"{name} is required")
        return str(self.values[name])

    def optional(self, name: str) -> str | None:
        """A parameter that may be missing or empty."""
        return str(self.values[name]) if name in self else None

    def choice(self, name: str, allowed: Mapping[str, Any], default: str | None = None) -> Any:
        """What one of the venue's words stands for."""
        word = self.optional(name) or default or ""
        if word not in allowed:
            raise parameter(f"{name} invalid")
        return allowed[word]

    def decimal(self, name: str) -> Decimal | None:
        """An optional plain decimal: no sign, no exponent. "0" and "" mean that there is none."""
        word = self.optional(name)
        if word is None:
            return None
        if _DECIMAL.fullmatch(word) is None:
            raise parameter(f"{name} invalid")
        return Decimal(word) or None

    def integer(self, name: str) -> int | None:
        """An optional whole number."""
        word = self.optional(name)
        if word is None:
            return None
        if not (word.isascii() and word.isdigit() and len(word) <= 19):
            raise parameter(f"{name} invalid")
        return int(word)

    def limit(self, default: int, most: int) -> int:
        """The page size, cut to what the venue serves at most."""
        return max(1, min(self.integer("limit") or default, most))

    def flag(self, name: str) -> bool:
        """An optional flag, as JSON or as text."""
        return str(self.values.get(name) or "false").lower() in ("true", "1")

    def refuse(self, unsimulated: Mapping[str, frozenset[str]]) -> None:
        """Refuse what is sent with another value than those that change nothing."""
        for name, harmless in unsimulated.items():
            word = str(self.values.get(name) or "")
            if word in harmless or word.lower() in ("", "false") or _ZERO.fullmatch(word):
                continue
            if self.values.get("category") == Category.SPOT:
                raise ApiError(170130, f"Data sent for parameter '{name}' is not valid.")
            raise parameter(f"{name} invalid")

    def category(self) -> Category:
        """The mandatory category."""
        return category_of(self.text("category"))

    def product(self) -> Product:
        """The product that ``category`` and ``symbol`` name."""
        return product_of(self.category(), self.text("symbol"))

    def link_id(self) -> str | None:
        """An optional client order id."""
        word = self.optional("orderLinkId")
        if word is not None and _LINK_ID.fullmatch(word) is None:
            raise ApiError(10001, "The orderLinkId is invalid or longer than 36 characters.")
        return word
