"""Faults that pydantic finds, in our codes. The codes are part of the API: they never change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.problems import FieldProblem

# A request with thousands of unknown fields must not get thousands of errors back.
_LISTED_MAX = 20
_STEP_LENGTH_MAX = 64

_CODES = {
    "missing": "missing_field",
    "extra_forbidden": "unknown_field",
    "enum": "unknown_value",
    "literal_error": "unknown_value",
    "string_pattern_mismatch": "malformed_value",
    "string_too_long": "malformed_value",
    "string_too_short": "malformed_value",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "int_from_float": "wrong_type",
    "int_parsing": "wrong_type",
    "int_parsing_size": "out_of_range",
    "bool_parsing": "wrong_type",
}
_MESSAGES = {
    "missing": "is required",
    "model_attributes_type": "must be a JSON object",
    "extra_forbidden": "is not a field of this request; remove it or correct its spelling",
}
# Codes that our own validators raise; pydantic passes them through.
OURS = frozenset(
    {
        "invalid_decimal",
        "not_positive",
        "too_many_digits",
        "wrong_type",
        "instrument_or_pair",
        "price_required",
        "price_not_allowed",
        "post_only_not_allowed",
        "trigger_price_required",
        "trigger_price_not_allowed",
        "trigger_type_not_allowed",
        "trailing_offset_required",
        "trailing_offset_not_allowed",
        "trailing_offset_type_required",
        "trailing_offset_type_not_allowed",
        "time_in_force_not_allowed",
        "expire_at_required",
        "expire_at_not_allowed",
        "display_qty_not_allowed",
        "display_qty_out_of_range",
        "nothing_to_amend",
        "scope_or_all",
        "leg_not_allowed",
        "leg_required",
        "order_type_not_allowed",
        "invalid_cursor",
        "invalid_value",
        "out_of_range",
    }
)


def field_problems(faults: Sequence[Mapping[str, Any]]) -> list[FieldProblem]:
    """One problem a fault, in the order of the fields; at least one."""
    return [_field_problem(fault) for fault in faults[:_LISTED_MAX]]


def _field_problem(fault: Mapping[str, Any]) -> FieldProblem:
    kind: str = fault["type"]
    context = fault.get("ctx") or {}
    # The first step says body, query or path. A check across fields names the field to blame.
    steps = [*fault["loc"][1:], *([context["field"]] if "field" in context else [])]
    path = ".".join(map(printable, steps)) or str(fault["loc"][0])
    return FieldProblem(path=path, code=_code(kind), message=_message(fault))


def _code(kind: str) -> str:
    if kind in OURS:
        return kind
    return _CODES.get(kind, "wrong_type" if kind.endswith("_type") else "invalid_value")


def _message(fault: Mapping[str, Any]) -> str:
    message: str = _MESSAGES.get(fault["type"], fault["msg"])
    return message.replace("Input should", "must", 1)


def printable(step: object) -> str:
    """A step of the path. The caller chose the names of unknown fields: keep them printable."""
    return str(step).encode("unicode_escape").decode("ascii")[:_STEP_LENGTH_MAX]
