"""State that an engine cannot run on is refused in one sentence that says what to do."""

from pathlib import Path

import pytest

from workers.stack.embedded_postgres import EmbeddedPostgres
from workers.stack.embedded_temporal import EmbeddedTemporal, temporal_version
from workers.stack.errors import UnusableState


def postgres(folder: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(folder, 1, "odum", "odum", "odum")


def postgres_state(folder: Path, version: str) -> Path:
    (folder / "global").mkdir(parents=True)
    (folder / "global" / "pg_control").write_bytes(b"x")
    (folder / "PG_VERSION").write_text(f"{version}\n")
    return folder


def temporal(folder: Path, database: bytes, version: str) -> EmbeddedTemporal:
    (folder / "temporal.db").write_bytes(database)
    if version:
        (folder / "version").write_text(version)
    return EmbeddedTemporal(folder, 1, 2)


async def test_postgres_of_another_version(tmp_path: Path) -> None:
    folder = postgres_state(tmp_path / "postgres", "16")
    with pytest.raises(UnusableState, match=r"belongs to PostgreSQL 16, .* move the folder away"):
        await postgres(folder).prepare()


async def test_a_folder_that_is_no_postgres_state(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    folder.mkdir()
    (folder / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(UnusableState, match="not a complete PostgreSQL state folder"):
        await postgres(folder).prepare()
    assert (folder / "holiday.jpg").exists()


async def test_postgres_state_without_its_control_file(tmp_path: Path) -> None:
    folder = postgres_state(tmp_path / "postgres", "18")
    (folder / "global" / "pg_control").unlink()
    with pytest.raises(UnusableState, match="restore it from a backup"):
        await postgres(folder).prepare()


@pytest.mark.parametrize("version", [b"", b"\xff\xfe\x00"])
async def test_postgres_state_that_does_not_say_its_version(version: bytes, tmp_path: Path) -> None:
    folder = postgres_state(tmp_path / "postgres", "18")
    (folder / "PG_VERSION").write_bytes(version)
    with pytest.raises(UnusableState, match="restore it from a backup"):
        await postgres(folder).prepare()


@pytest.mark.parametrize("version", [b"", b"\xff\xfe\x00"])
async def test_temporal_state_that_does_not_say_its_version(version: bytes, tmp_path: Path) -> None:
    server = temporal(tmp_path, b"SQLite format 3\0...", "to be damaged")
    (tmp_path / "version").write_bytes(version)
    with pytest.raises(UnusableState, match=r"is damaged .* write its version there"):
        await server.prepare()


async def test_temporal_of_another_version(tmp_path: Path) -> None:
    server = temporal(tmp_path, b"SQLite format 3\0...", "1.0.0 (Server 1.20.0)")
    with pytest.raises(UnusableState, match=r"was made by Temporal 1\.0\.0"):
        await server.prepare()


async def test_a_corrupt_temporal_database(tmp_path: Path) -> None:
    server = temporal(tmp_path, b"not a database at all", temporal_version())
    with pytest.raises(UnusableState, match=r"is not a database .* start empty"):
        await server.prepare()


async def test_a_first_start_that_was_killed_does_not_block_the_next(tmp_path: Path) -> None:
    """The dev server makes its schema only in a new file: half a schema would stay half."""
    server = temporal(tmp_path, b"SQLite format 3\0 half made", version="")
    await server.prepare()
    assert not (tmp_path / "temporal.db").exists()
    assert (tmp_path / "unfinished-temporal.db").exists()
