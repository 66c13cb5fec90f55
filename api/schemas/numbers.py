"""Decimals on the wire: strings both ways, because a JSON number is a float to most readers."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

# Far beyond any real order, and within the 28 digits that decimal arithmetic keeps exactly when it
# divides by a lot or a tick.
WHOLE_DIGITS_MAX = 15
FRACTION_DIGITS_MAX = 12

_TEXT_LENGTH_MAX = 64
_PLAIN = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
_PATTERN = rf"^[0-9]{{1,{WHOLE_DIGITS_MAX}}}(\.[0-9]{{1,{FRACTION_DIGITS_MAX}}})?$"


def positive_decimal(value: object) -> Decimal:
    """The decimal that a string or an integer says; it is exact, finite and above zero."""
    if isinstance(value, float):
        raise PydanticCustomError(
            "invalid_decimal",
            'must be a string such as "0.015": send decimals as strings, for a JSON number is '
            "rounded on its way",
        )
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise PydanticCustomError("wrong_type", 'must be a string such as "0.015"')
    text = str(value)
    match = _PLAIN.fullmatch(text[: _TEXT_LENGTH_MAX + 1])
    if match is None:
        raise PydanticCustomError(
            "invalid_decimal", 'must be a plain decimal such as "0.015" (no exponent, no spaces)'
        )
    _, whole, fraction = match.groups(default="")
    if len(whole) > WHOLE_DIGITS_MAX or len(fraction) > FRACTION_DIGITS_MAX:
        raise PydanticCustomError(
            "too_many_digits",
            "must have at most {whole} digits before and {fraction} after the point",
            {"whole": WHOLE_DIGITS_MAX, "fraction": FRACTION_DIGITS_MAX},
        )
    decimal = Decimal(text)
    if decimal <= 0:
        raise PydanticCustomError("not_positive", "must be above zero")
    return decimal


def plain(value: Decimal) -> str:
    """The decimal without exponent and without trailing zeros."""
    return f"{value.normalize():f}"


PositiveDecimal = Annotated[
    Decimal,
    PlainValidator(positive_decimal),
    PlainSerializer(plain, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _PATTERN, "examples": ["0.015"]}),
]
"""A decimal of a request."""

DecimalText = Annotated[
    Decimal,
    PlainSerializer(plain, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["0.015"]}),
]
"""A decimal of an answer."""
