"""Parameters of a statement by name, so that its text and its call cannot disagree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Named:
    """Gives each name its number: `named["status"]` is `$3`, and `named.args(values)` the values in
    that order."""

    def __init__(self, *names: str) -> None:
        self._numbers = {name: number for number, name in enumerate(names, start=1)}
        assert len(self._numbers) == len(names), "each name stands once"

    def __getitem__(self, name: str) -> str:
        return f"${self._numbers[name]}"

    def args(self, values: Mapping[str, Any]) -> list[Any]:
        """Raises KeyError for a name without a value."""
        return [values[name] for name in self._numbers]
