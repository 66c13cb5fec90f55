"""What `odum up` shows when everything runs: addresses, the key, and commands to try."""

import os
import shlex
import sys
from pathlib import Path

from workers.home import HOME_VARIABLE
from workers.operator_key import KEY_FILE


def welcome(urls: dict[str, str], home: Path, instrument: str) -> str:
    """The text, for this stack and this working directory."""
    lines = []
    if api := urls.get("api"):
        lines.append(f"  API docs     {api}/docs  (asks for the key)")
    if temporal_ui := urls.get("temporal_ui"):
        lines.append(f"  Temporal UI  {temporal_ui}")
    key_file = home / KEY_FILE
    if key_file.exists():
        lines.append(f"  API key      {key_file.read_text().strip()}  (in {_short(key_file)})")
    if api:
        lines += ["", "Try next:", *_commands(api, key_file, home, instrument)]
    lines += ["", "Ctrl-C stops everything."]
    return "\n".join(["", *lines])


def _commands(api: str, key_file: Path, home: Path, instrument: str) -> list[str]:
    odum = _odum(home)
    curl = f'curl -s -H "X-API-Key: $(cat {_short(key_file)})" {api}/api/live'
    body = (
        f'{{"strategy_id": "demo", "client_order_id": "first", "instrument_id": "{instrument}", '
        '"side": "BUY", "order_type": "MARKET", "quantity": "0.01"}'
    )
    return [
        f"  {odum} order submit {instrument} BUY 0.01",
        f"  {odum} order list",
        f"  {odum} positions",
        f"  {odum} status",
        f"  {curl}/orders -H 'Content-Type: application/json' -d '{body}'",
        f"  {curl}/positions",
    ]


def _odum(home: Path) -> str:
    program = _short(Path(sys.prefix) / "bin" / "odum")
    if HOME_VARIABLE in os.environ:
        return f"{HOME_VARIABLE}={shlex.quote(_short(home))} {program}"
    return program


def _short(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
