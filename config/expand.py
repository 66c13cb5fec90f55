"""``${NAME}`` and ``${NAME:-default}`` in the strings of a profile. Pure: the environment comes in.

As in a shell, ``${NAME}`` is the value of NAME, which must be set; ``${NAME:-default}`` is the
default when NAME is unset or empty. ``$$`` is a dollar sign, and so is a ``$`` before anything
else. What a variable holds is taken literally and never expanded again.
"""

import re
from collections.abc import Mapping
from typing import Any

_REFERENCE = re.compile(r"\$\$|\$\{(?P<body>[^}]*)(?P<end>\}?)")
_BODY = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<fallback>:-(?P<default>.*))?", re.DOTALL)


def expand(value: Any, env: Mapping[str, str]) -> tuple[Any, list[str]]:
    """Expand every string inside a parsed JSON ``value``; keys are left alone.

    Returns the expanded copy and one problem (``<JSON path>: <reason>``) for each reference that
    could not be resolved.
    """
    problems: list[str] = []
    return _walk(value, env, "", problems), problems


def _walk(value: Any, env: Mapping[str, str], path: str, problems: list[str]) -> Any:
    if isinstance(value, dict):
        return {
            key: _walk(item, env, f"{path}.{key}" if path else key, problems)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_walk(item, env, f"{path}[{i}]", problems) for i, item in enumerate(value)]
    if isinstance(value, str):
        return _expand_text(value, env, path, problems)
    return value


def _expand_text(text: str, env: Mapping[str, str], path: str, problems: list[str]) -> str:
    def resolve(reference: re.Match[str]) -> str:
        if reference[0] == "$$":
            return "$"
        body = _BODY.fullmatch(reference["body"])
        if body is None or not reference["end"]:
            problems.append(
                f"{path}: {reference[0]} is not a reference; write ${{NAME}}, ${{NAME:-default}},"
                " or $$ for a dollar sign"
            )
            return ""
        name, held = body["name"], env.get(body["name"])
        if body["fallback"] is not None:
            return held or body["default"]
        if held is None:
            problems.append(
                f"{path}: environment variable {name} is not set; set it, or give a default"
                f" as ${{{name}:-...}}"
            )
            return ""
        return held

    return _REFERENCE.sub(resolve, text)
