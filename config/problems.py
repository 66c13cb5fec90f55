"""Validation errors as lines that a person can act on: ``trading.venues[0]: must be ...``."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from config.checks import CheckFailed

_SHOWN = 60
_SECRET_KEYS = frozenset({"password", "key", "api_key", "credentials"})
# Here an object or a list is wanted, so a plain value stands for all of its parts: for a key too,
# where someone put the variable with the key one level too high.
_PARTS_EXPECTED = frozenset({"model_type", "model_attributes_type", "dict_type", "tuple_type"})
_NOT_SHOWN = _PARTS_EXPECTED | {"extra_forbidden", "missing"}


def problems_in(error: ValidationError, values: Any) -> list[str]:
    """One line per fault in ``values``, which ``error`` was raised for; secrets are not shown."""
    lines: list[str] = []
    for fault in error.errors(include_url=False, include_input=False):
        cause = fault.get("ctx", {}).get("error")
        if isinstance(cause, CheckFailed):
            lines.extend(cause.problems)
            continue
        location = fault["loc"]
        reason = _reason(fault["type"], fault["msg"])
        lines.append(f"{_path(location)}: {reason}{_got(fault['type'], location, values)}")
    return lines


def _path(location: Sequence[int | str]) -> str:
    path = ""
    for step in location:
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    return path.removeprefix(".")


def _reason(kind: str, message: str) -> str:
    match kind:
        case "extra_forbidden":
            return "unknown key; remove it or correct its spelling"
        case "missing":
            return "is required"
        case _:
            return message.removeprefix("Value error, ").replace("Input should", "must", 1)


def _got(kind: str, location: Sequence[int | str], values: Any) -> str:
    """`` (got ...)`` where a plain value that is no secret is wanted and given; else nothing."""
    if kind in _NOT_SHOWN or _SECRET_KEYS.intersection(location):
        return ""
    for step in location:
        try:
            values = values[step]
        except (KeyError, IndexError, TypeError):
            return ""
    # A text with an @ may be a URL with a password in it.
    if isinstance(values, dict | list) or "@" in str(values):
        return ""
    text = str(values) if isinstance(values, Decimal) else repr(values)
    return f" (got {text[:_SHOWN]}{'...' if len(text) > _SHOWN else ''})"
