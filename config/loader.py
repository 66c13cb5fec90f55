"""From a JSON file to ``Settings``, or to one error that lists everything wrong with the file."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from config.dates import dates
from config.errors import ConfigError
from config.expand import expand
from config.problems import problems_in
from config.settings import Settings

_EXPONENT_MAX = 38  # as many digits as an amount may have
_SHOWN = 40
_TOO_DEEP = "its values are nested too deeply to be a profile"


def load_settings(path: Path, env: Mapping[str, str]) -> Settings:
    """Read the profile at ``path``, expanding ``${NAME}`` from ``env``. The dates in the names of
    the paper market's contracts need not stand there: today says what they are.

    Raises ``ConfigError`` when the file cannot be read, is not JSON, names a variable that is not
    set, or does not describe a system that fits together.
    """
    source = ProfileSource(Settings, path, env)
    values = source()
    try:
        return Settings(**values)
    except ValidationError as error:
        raise ConfigError(str(path), problems_in(error, values)) from None


def masked(settings: Settings) -> dict[str, Any]:
    """``settings`` as plain JSON values, each secret replaced by asterisks: safe to print."""
    return settings.model_dump(mode="json")


class ProfileSource(PydanticBaseSettingsSource):
    """A JSON profile as a source of settings: strict JSON, variables expanded."""

    def __init__(
        self, settings_cls: type[BaseSettings], path: Path, env: Mapping[str, str]
    ) -> None:
        super().__init__(settings_cls)
        self._path = path
        self._env = env

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """One top-level value, its key, and whether it still needs decoding (it never does)."""
        return self().get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """All values of the profile. Raises ``ConfigError``."""
        parsed = _parse(str(self._path), _read(self._path))
        try:
            expanded, problems = expand(parsed, dates(datetime.now(UTC)) | dict(self._env))
        except RecursionError:
            raise ConfigError(str(self._path), [_TOO_DEEP]) from None
        if problems:
            raise ConfigError(str(self._path), problems)
        return dict(expanded)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(str(path), [f"it cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise ConfigError(str(path), ["it is not UTF-8 text; save it as UTF-8"]) from None


def _parse(source: str, text: str) -> dict[str, Any]:
    try:
        parsed = json.loads(
            text,
            parse_float=_number,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ConfigError(source, [f"{where}: not valid JSON: {error.msg}"]) from None
    except ValueError as error:
        raise ConfigError(source, [str(error)]) from None
    except RecursionError:
        raise ConfigError(source, [_TOO_DEEP]) from None
    if not isinstance(parsed, dict):
        raise ConfigError(source, ["the file must hold one JSON object"])
    return parsed


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON readers keep the last of two equal keys; which limit was meant is not ours to guess."""
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f"key {json.dumps(key)} stands twice in one object; keep one of them")
        result[key] = value
    return result


def _number(text: str) -> Decimal:
    """Exact: a limit of 0.1 must be 0.1. As a whole number 1e999999999 would fill the memory."""
    with suppress(InvalidOperation):  # raised where the exponent alone is out of all bounds
        number = Decimal(text)
        if abs(number.adjusted()) <= _EXPONENT_MAX:
            return number
    raise ValueError(f"{text[:_SHOWN]} is no number that a profile can mean")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value; write a number")
