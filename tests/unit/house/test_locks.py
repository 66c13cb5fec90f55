"""The locks pin everything by hash, name no host, and agree with each other and pyproject.toml."""

import re
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
LOCKS = ("runtime", "dev", "uv")


def pinned(lock: str) -> dict[str, str]:
    """Name to ``version ; marker`` of every package of a lock."""
    text = (PROJECT / "requirements" / f"{lock}.txt").read_text()
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==(.+?) \\$", text, re.MULTILINE))


def canonical(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9_.-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name[0]).lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_a_pin_with_hashes(lock: str) -> None:
    text = (PROJECT / "requirements" / f"{lock}.txt").read_text()
    blocks = re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    assert len(blocks) == len(pinned(lock)) > 0
    for block in blocks:
        assert re.fullmatch(r"\S+==[^#]+?( +--hash=sha256:[0-9a-f]{64})+", block), block[:80]


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_a_host(lock: str) -> None:
    text = (PROJECT / "requirements" / f"{lock}.txt").read_text()
    assert not re.search(r"://|--(extra-)?index|--find-links|--trusted-host", text)


def test_dev_holds_all_of_runtime_in_the_same_versions() -> None:
    assert pinned("runtime").items() <= pinned("dev").items()


def test_the_locks_cover_what_pyproject_asks_for() -> None:
    pyproject = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    groups = pyproject["dependency-groups"]
    running = pyproject["project"]["dependencies"] + groups["build"]
    assert {canonical(name) for name in running} <= set(pinned("runtime"))
    assert {canonical(name) for name in running + groups["dev"]} <= set(pinned("dev"))


def test_the_build_needs_nothing_that_is_not_locked() -> None:
    pyproject = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    assert pyproject["build-system"]["requires"] == pyproject["dependency-groups"]["build"]
