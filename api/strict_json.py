"""JSON as we take it: nothing that two readers could understand differently."""

from __future__ import annotations

import json
from typing import Any

import orjson

from domain.errors import OdumError


class MalformedJson(OdumError):
    code = "invalid_json"
    status = 400

    def __init__(self, cause: str) -> None:
        super().__init__(f"The body is not valid JSON: {cause}.")


class DuplicateKey(OdumError):
    code = "duplicate_key"
    status = 400

    def __init__(self, key: str) -> None:
        super().__init__(
            f"The key {key!a} stands twice in one object; which value was meant is not ours to "
            "guess: send one of them."
        )


def strict_json(raw: bytes) -> Any:
    """The value. Raises MalformedJson (also for NaN, broken UTF-8 and endless nesting) and
    DuplicateKey: readers keep the first or the last of two equal keys, as they please."""
    try:
        value = orjson.loads(raw)
        # The quick reader keeps the last one and says nothing; this one sees the pairs.
        json.loads(raw.decode(), object_pairs_hook=_once, parse_int=_unread, parse_float=_unread)
    except (ValueError, RecursionError) as error:
        raise MalformedJson(str(error)) from None
    return value


def _once(pairs: list[tuple[str, Any]]) -> None:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise DuplicateKey(key)
        seen.add(key)


def _unread(_: str) -> None:
    """A number costs nothing where only keys are looked at."""
