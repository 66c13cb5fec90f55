"""Small files that say one word about a state folder: written whole, and read with suspicion."""

import os
from pathlib import Path


def write_word(path: Path, word: str) -> None:
    """Replace the file. After a loss of power it holds the old word or this one, never nothing."""
    draft = path.with_name(f"{path.name}.draft")
    with draft.open("w", encoding="utf-8") as file:
        file.write(f"{word}\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read_word(path: Path) -> str:
    """What the file says; "" where it is empty or is no text. Raises OSError if it is not there."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        return ""
