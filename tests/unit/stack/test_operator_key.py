"""The generated key: whole or not there, the same for everybody, and its owner's alone."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from workers.operator_key import operator_key
from workers.stack.errors import UnusableState


def test_it_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "api_key"
    key = operator_key(file)
    assert len(key) >= 32
    assert operator_key(file) == key == file.read_text().strip()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_all_who_start_at_once_get_the_same(tmp_path: Path) -> None:
    file = tmp_path / "api_key"
    with ThreadPoolExecutor(16) as starting:
        keys = set(starting.map(lambda _: operator_key(file), range(200)))
    assert keys == {file.read_text().strip()}


def test_a_disk_that_fills_up_leaves_no_empty_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as while_full:
        while_full.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            operator_key(tmp_path / "api_key")

    assert list(tmp_path.iterdir()) == []
    assert operator_key(tmp_path / "api_key")


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe\x00"])
def test_a_file_without_a_key_is_told_in_one_sentence(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "api_key").write_bytes(content)
    with pytest.raises(UnusableState, match=r"holds no key.* remove it"):
        operator_key(tmp_path / "api_key")
