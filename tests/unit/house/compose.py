"""docker-compose.yml as Docker would read it, once its variables are filled in."""

import re
from pathlib import Path
from typing import Any

import yaml

from config.expand import expand

PROJECT = Path(__file__).resolve().parents[3]
FILE = PROJECT / "docker-compose.yml"

REQUIRED = {"ODUM_POSTGRES_PASSWORD": "odum-word", "TEMPORAL_POSTGRES_PASSWORD": "temporal-word"}
"""The variables that compose refuses to start without (``${NAME:?message}``)."""


def compose(**variables: str) -> dict[str, Any]:
    """The file with its variables expanded; they follow the rules of our own profiles."""
    text = re.sub(r"\$\{(\w+):\?[^}]*\}", r"${\1}", FILE.read_text())
    expanded, problems = expand(yaml.safe_load(text), REQUIRED | variables)
    assert not problems
    assert isinstance(expanded, dict)
    return expanded


def ours() -> dict[str, dict[str, Any]]:
    """The services that run our own code."""
    services: dict[str, dict[str, Any]] = compose()["services"]
    return {name: of for name, of in services.items() if of.get("image") == "odum-live"}
