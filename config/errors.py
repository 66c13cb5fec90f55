"""The one error of this package."""

from collections.abc import Sequence


class ConfigError(Exception):
    """A profile that cannot be used.

    ``problems`` holds one line each, ``<JSON path>: <reason>``; the text is all of them, because
    a person who mends a profile wants to mend it once. No secret value is ever part of a line.
    """

    def __init__(self, source: str, problems: Sequence[str]) -> None:
        self.source = source
        self.problems = tuple(problems)
        super().__init__("\n".join([f"{source} cannot be used:", *(f"  {p}" for p in problems)]))
