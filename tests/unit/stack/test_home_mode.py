"""A state folder belongs to one mode: paper orders never meet those of a testnet or real ones."""

import os
from pathlib import Path

import pytest

from workers.stack.errors import UnusableState
from workers.stack.home_mode import claim_home, mode_of


def test_the_first_start_decides(tmp_path: Path) -> None:
    assert mode_of(tmp_path) is None
    claim_home(tmp_path, "paper")
    claim_home(tmp_path, "paper")
    assert mode_of(tmp_path) == "paper"


@pytest.mark.parametrize("other", ["testnet", "live"])
def test_another_mode_is_refused_and_changes_nothing(other: str, tmp_path: Path) -> None:
    claim_home(tmp_path, "paper")
    with pytest.raises(UnusableState, match=rf"belongs to mode 'paper'.*'{other}'.*ODUM_HOME"):
        claim_home(tmp_path, other)
    assert mode_of(tmp_path) == "paper"


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe\x00"])
def test_a_damaged_file_is_neither_a_mode_nor_a_first_start(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "mode").write_bytes(content)
    with pytest.raises(UnusableState, match=r"is damaged .* write paper, testnet or live into it"):
        claim_home(tmp_path, "paper")
    assert (tmp_path / "mode").read_bytes() == content


def test_a_disk_that_fills_up_leaves_no_empty_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as while_full:
        while_full.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            claim_home(tmp_path, "paper")

    assert mode_of(tmp_path) is None
    claim_home(tmp_path, "paper")
