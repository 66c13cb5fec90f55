"""The operator's key of a profile that names no keys: made once, kept in the state folder."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from workers.stack.errors import UnusableState
from workers.stack.state_file import read_word

KEY_FILE = "api_key"


def operator_key(path: Path) -> str:
    """The key in this file, which only its owner may read. Raises UnusableState if it has none."""
    if not path.exists():
        _make(path)
    key = read_word(path)
    if not key:
        raise UnusableState(
            f"{path} holds no key, so nobody could call the API; remove it, and the next start "
            "makes a new one."
        )
    return key


def _make(path: Path) -> None:
    """A draft is linked into place: whoever reads, or starts at the same moment, sees a whole key,
    and of two writers both see the same one."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{secrets.token_urlsafe(32)}\n")
            file.flush()
            os.fsync(descriptor)
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
