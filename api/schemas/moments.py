"""Moments of a request: RFC 3339 text with its zone, so that nobody has to guess a unit."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

# Years that every calendar we hand a moment to can hold, in any zone.
YEAR_MIN, YEAR_MAX = 1970, 9000

_RFC_3339 = re.compile(
    r"(\d{4})-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_EXAMPLE = "2026-12-31T23:59:59Z"


def moment(value: object) -> datetime:
    """The moment, in UTC."""
    if not isinstance(value, str):
        raise PydanticCustomError("wrong_type", f'must be a string such as "{_EXAMPLE}"')
    match = _RFC_3339.fullmatch(value)
    if match is None:
        raise PydanticCustomError(
            "invalid_value", f'must be a time of RFC 3339 with its zone, such as "{_EXAMPLE}"'
        )
    if not YEAR_MIN <= int(match[1]) <= YEAR_MAX:
        raise PydanticCustomError(
            "out_of_range",
            "must be a year from {first} to {last}",
            {"first": YEAR_MIN, "last": YEAR_MAX},
        )
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except ValueError:
        raise PydanticCustomError("invalid_value", "must be a time that there is") from None


Moment = Annotated[
    datetime,
    PlainValidator(moment),
    PlainSerializer(datetime.isoformat, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": [_EXAMPLE]}),
]
"""A moment of a request."""
