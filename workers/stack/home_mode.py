"""Which mode a state folder belongs to: paper's orders, positions, limits and keys are never those
of a testnet, and both are never those of real money."""

from __future__ import annotations

from pathlib import Path

from workers.stack.errors import UnusableState

_FILE = "mode"


def mode_of(home: Path) -> str | None:
    """The mode of the first start on this folder; None before it."""
    try:
        return (home / _FILE).read_text().strip()
    except FileNotFoundError:
        return None


def claim_home(home: Path, mode: str) -> None:
    """Write the mode at the first start. Raises UnusableState when the folder is of another one.

    The caller holds the lock of the folder.
    """
    if mode_of(home) is None:
        # Renamed into place, so that no later start finds half of it.
        draft = home / f"{_FILE}.draft"
        draft.write_text(f"{mode}\n")
        draft.replace(home / _FILE)
    require_mode(home, mode)


def require_mode(home: Path, mode: str) -> None:
    """Raises UnusableState when the folder is of another mode."""
    found = mode_of(home)
    if found not in (None, mode):
        raise UnusableState(
            f"The state in {home} belongs to mode {found!r}, and this profile's mode is {mode!r}; "
            "the two must not share orders, positions and limits: set ODUM_HOME to another folder."
        )
