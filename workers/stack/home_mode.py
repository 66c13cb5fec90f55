"""Which mode a state folder belongs to: paper's orders, positions, limits and keys are never those
of a testnet, and both are never those of real money."""

from __future__ import annotations

from pathlib import Path

from workers.stack.errors import UnusableState
from workers.stack.state_file import read_word, write_word

_FILE = "mode"


def mode_of(home: Path) -> str | None:
    """The mode of the first start on this folder; None before it.

    Raises UnusableState where the file does not say: to guess could mix paper with real money.
    """
    try:
        found = read_word(home / _FILE)
    except FileNotFoundError:
        return None
    if not found:
        raise UnusableState(
            f"{home / _FILE} is damaged and does not say which mode the state belongs to; write "
            "paper, testnet or live into it, whichever was started on this folder, or set "
            "ODUM_HOME to another folder."
        )
    return found


def claim_home(home: Path, mode: str) -> None:
    """Write the mode at the first start. Raises UnusableState when the folder is of another one.

    The caller holds the lock of the folder.
    """
    if mode_of(home) is None:
        write_word(home / _FILE, mode)
    require_mode(home, mode)


def require_mode(home: Path, mode: str) -> None:
    """Raises UnusableState when the folder is of another mode, or does not say of which."""
    found = mode_of(home)
    if found not in (None, mode):
        raise UnusableState(
            f"The state in {home} belongs to mode {found!r}, and this profile's mode is {mode!r}; "
            "the two must not share orders, positions and limits: set ODUM_HOME to another folder."
        )
