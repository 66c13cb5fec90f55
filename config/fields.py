"""Field types of the settings. Each refuses what would only fail later, far from the profile.

Values may come from environment variables, so numbers and booleans are accepted as strings.
"""

import os
import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from config.certificates import holds_certificates
from domain.identifiers import STRATEGY_ID

# What a relative path of a profile starts from: each process has its own current directory.
PROJECT_ROOT = Path(__file__).resolve().parent.parent


def _not_a_boolean(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("must be a number, not a boolean")  # noqa: TRY004 (pydantic wants it)
    return value


def _empty_is_absent(value: Any) -> Any:
    return None if value == "" else value


def _looks_like(pattern: str, meaning: str) -> AfterValidator:
    """The whole text matches ``pattern``; ``meaning`` says so in words."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(f"must be {meaning}")
        return value

    return AfterValidator(check)


def _not_empty(value: SecretStr) -> SecretStr:
    if not value.get_secret_value():
        raise ValueError("must not be empty")
    return value


def _at_least_one[T](values: tuple[T, ...]) -> tuple[T, ...]:
    if not values:
        raise ValueError("must name at least one")
    return values


def _hard_to_guess(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if len(text) < 16:
        raise ValueError("must have at least 16 characters")
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("must be printable ASCII without spaces, as an HTTP header can carry it")
    return value


def _in_project(value: str) -> Path:
    return PROJECT_ROOT / value


def _readable_file(value: str) -> str:
    path = _in_project(value)
    if not path.is_file():
        raise ValueError(f"there is no file {path}")
    if not os.access(path, os.R_OK):
        raise ValueError(f"the file {path} may not be read by this user")
    return str(path)


def _certificates(value: str) -> str:
    if not holds_certificates(value):
        raise ValueError(f"the file {value} holds no certificate in PEM")
    return value


def _folder(value: str) -> str:
    path = _in_project(value)
    if not path.is_dir():
        raise ValueError(f"there is no folder {path}")
    return str(path)


def _url(*schemes: str) -> AfterValidator:
    def check(value: str) -> str:
        try:
            parts = urlsplit(value)
            host, login, _ = parts.hostname, parts.username, parts.port
        except ValueError as error:
            raise ValueError(f"must be a URL ({error})") from None
        if login is not None:
            # A URL is printed and logged; a password in it would be too.
            raise ValueError("must not carry a user name or password")
        if parts.scheme not in schemes or not host:
            raise ValueError(
                f"must be a URL with {' or '.join(schemes)}, as in {schemes[0]}://host"
            )
        return value.rstrip("/")

    return AfterValidator(check)


# The venue clients abort the whole process on text that is not ASCII; no name here can hold any.
type Host = Annotated[str, _looks_like(r"[A-Za-z0-9_.:-]{1,253}", "a host name or an IP address")]
type Address = Annotated[str, _looks_like(r"[A-Za-z0-9_.-]{1,253}:[0-9]{1,5}", "<host>:<port>")]
type Name = Annotated[
    str, _looks_like(r"[A-Za-z0-9_.-]{1,64}", "1 to 64 letters, digits, dots, dashes, underscores")
]
type StrategyName = Annotated[
    str,
    _looks_like(
        rf"\*|{STRATEGY_ID.pattern}",
        "* or the name of a strategy: up to 32 letters, digits, dashes and underscores",
    ),
]
type VenueName = Annotated[
    str, _looks_like(r"[A-Z][A-Z0-9_]{0,31}", "the name of a venue, as in BINANCE_SPOT")
]
type InstrumentName = Annotated[
    str,
    _looks_like(
        r"[A-Z0-9][A-Z0-9_-]{0,31}\.[A-Z][A-Z0-9_]{0,31}",
        "<symbol>.<venue>, as in BTCUSDT.BINANCE_SPOT",
    ),
]
type AccountName = Annotated[
    str, _looks_like(r"[A-Z0-9_]{1,32}-[A-Za-z0-9]{1,32}", "an account, as in BINANCE_SPOT-main")
]
type ProcessName = Annotated[
    str, _looks_like(r"[a-z][a-z0-9_]{0,31}", "the name of a process, as in nautilus")
]
type OptionName = Annotated[
    str, _looks_like(r"[a-z][a-z0-9_]{0,31}", "small letters, digits and underscores")
]
type OptionValue = Annotated[
    str, _looks_like(r"[A-Za-z0-9_.:,/ -]{1,256}", "plain text of at most 256 characters")
]

type Amount = Annotated[
    Decimal, BeforeValidator(_not_a_boolean), Field(gt=0, max_digits=38, allow_inf_nan=False)
]
type Count = Annotated[int, BeforeValidator(_not_a_boolean), Field(gt=0, le=2**31 - 1)]
type Port = Annotated[int, BeforeValidator(_not_a_boolean), Field(ge=1, le=65535)]
type Seed = Annotated[int, BeforeValidator(_not_a_boolean), Field(ge=0, le=2**63 - 1)]

type HttpUrl = Annotated[str, _url("http", "https")]
type VenueUrl = Annotated[str, _url("http", "https", "ws", "wss", "tcp")]

type Secret = Annotated[SecretStr, AfterValidator(_not_empty)]
type CallerKey = Annotated[SecretStr, AfterValidator(_hard_to_guess)]

type ReadableFile = Annotated[str, AfterValidator(_readable_file)]
type CertificatesFile = Annotated[
    str, AfterValidator(_readable_file), AfterValidator(_certificates)
]
type Folder = Annotated[str, AfterValidator(_folder)]

type Some[T] = Annotated[tuple[T, ...], AfterValidator(_at_least_one)]
"""A list that is not empty."""

type Optional[T] = Annotated[T | None, BeforeValidator(_empty_is_absent)]
"""Absent, null or empty. ``"${NAME:-}"`` in a profile therefore means: none unless NAME is set."""
