"""Structured logs: one JSON object per line on stdout, UTC, with secrets blanked out."""

import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
from pydantic import BaseModel, SecretBytes, SecretStr

MASK = "**********"

# What every LogRecord carries anyway; anything else came from `extra=` and is worth a field.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

# Masking shorter values would blank out ordinary words and still protect nothing.
_SECRET_LENGTH_MIN = 6


class JsonFormatter(logging.Formatter):
    """Formats a record as one JSON line: time, level, process, logger, message, extras, error."""

    def __init__(self, process: str, secrets: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self._process = process
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": self._process,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update({key: value for key, value in vars(record).items() if key not in _STANDARD})
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return self._masked(orjson.dumps(line, default=str).decode())

    def _masked(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text


def configure_logging(process: str, secrets: frozenset[str] = frozenset()) -> None:
    """Send all logs of this process to stdout as JSON lines; `secrets` never appear in them."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter(process, secrets))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def secret_values(settings: BaseModel) -> frozenset[str]:
    """Every secret that the settings hold, as it would look inside a JSON line."""
    escaped = (orjson.dumps(secret).decode()[1:-1] for secret in _secrets(settings))
    return frozenset(text for text in escaped if len(text) >= _SECRET_LENGTH_MIN)


def _secrets(value: object) -> Iterator[str]:
    match value:
        case SecretStr():
            yield value.get_secret_value()
        case SecretBytes():
            yield value.get_secret_value().decode(errors="replace")
        case BaseModel():
            for _, field in value:
                yield from _secrets(field)
        case dict():
            for item in value.values():
                yield from _secrets(item)
        case list() | tuple() | set() | frozenset():
            for item in value:
                yield from _secrets(item)
        case _:
            return
