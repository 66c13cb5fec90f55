"""The embedded PostgreSQL is a real one: safe by its settings, and it survives kill -9."""

import asyncio
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import asyncpg
import psutil
import pytest

from tests.support.engines import embedded_postgres, running, throw_away_folder
from workers.stack.embedded_postgres import EmbeddedPostgres
from workers.stack.errors import UnusableState
from workers.stack.plan import postgres_process
from workers.stack.postgres_program import postgres_binary
from workers.stack.postgres_state import clear_leftovers


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    with embedded_postgres() as running_server:
        yield running_server


@contextmanager
def started(server: EmbeddedPostgres) -> Iterator[subprocess.Popen[bytes]]:
    with running(postgres_process(server, server.folder.parent)) as process:
        yield process


@contextmanager
def same_user_stranger(server: EmbeddedPostgres) -> Iterator[subprocess.Popen[bytes]]:
    """A program that has nothing to do with PostgreSQL, but runs as the same system user."""
    with subprocess.Popen(["sleep", "60"], user=server.system_user or None) as process:
        try:
            yield process
        finally:
            process.kill()


def cluster_state(server: EmbeddedPostgres) -> str:
    """What the control file says of the last end."""
    program = str(postgres_binary().with_name("pg_controldata"))
    report = subprocess.run(
        [program, str(server.folder)], capture_output=True, text=True, check=True
    ).stdout
    line = next(line for line in report.splitlines() if "cluster state" in line)
    return line.partition(":")[2].strip()


def stopped_server(home: Path, port: int) -> EmbeddedPostgres:
    return EmbeddedPostgres(home / "postgres", port, "odum", "odum", "odum")


async def test_commits_are_safe_and_the_footprint_small(server: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(server.dsn)
    expected = {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "autovacuum": "on",
        "jit": "off",
        "shared_buffers": "64MB",
        "listen_addresses": "127.0.0.1",
        "server_encoding": "UTF8",
    }
    found = {name: await connection.fetchval(f"SHOW {name}") for name in expected}
    await connection.close()
    assert found == expected


async def test_a_wrong_password_is_refused(server: EmbeddedPostgres) -> None:
    wrong = replace(server, password="wrong")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(wrong.dsn)
    with pytest.raises(UnusableState, match="another user or password"):
        await wrong.probe()


async def test_acknowledged_commits_survive_kill_9(unused_tcp_port: int) -> None:
    with throw_away_folder() as home:
        server = stopped_server(home, unused_tcp_port)
        with started(server) as process:
            connection = await asyncpg.connect(server.dsn)
            await connection.execute("CREATE TABLE t (n int); INSERT INTO t VALUES (42)")
            process.kill()
            process.wait()
            connection.terminate()
        assert (server.folder / "postmaster.pid").exists()
        with started(server):
            connection = await asyncpg.connect(server.dsn)
            assert await connection.fetchval("SELECT n FROM t") == 42
            await connection.close()


async def test_an_orphaned_checkpointer_does_not_sign_the_database_off(
    unused_tcp_port: int,
) -> None:
    """It outlives a killed server when it is busy. A shutdown checkpoint of its own would tell the
    next start that there is nothing to replay, while other orphans may have committed since."""
    with throw_away_folder() as home:
        server = stopped_server(home, unused_tcp_port)
        with started(server) as process:
            checkpointer = next(
                child
                for child in psutil.Process(process.pid).children()
                if "checkpointer" in " ".join(child.cmdline())
            )
            checkpointer.suspend()  # as if it were busy
            process.kill()
            process.wait()
            clearing = asyncio.create_task(asyncio.to_thread(clear_leftovers, server.folder))
            await asyncio.sleep(0.3)
            with suppress(psutil.NoSuchProcess):
                checkpointer.resume()
            await clearing
        assert cluster_state(server) == "in production"


async def test_a_pid_file_that_names_a_living_stranger_does_not_block(
    unused_tcp_port: int,
) -> None:
    """After a reboot the old pid may belong to any process; PostgreSQL would believe it."""
    with throw_away_folder() as home:
        server = stopped_server(home, unused_tcp_port)
        with started(server):
            pass
        with same_user_stranger(server) as stranger:
            (server.folder / "postmaster.pid").write_text(
                f"{stranger.pid}\n{server.folder}\n1\n{server.port}\n\n127.0.0.1\n0 0\nready\n"
            )
            with started(server):
                assert await server.probe()
            assert stranger.poll() is None


async def test_a_server_that_was_left_running_is_taken_over(unused_tcp_port: int) -> None:
    with throw_away_folder() as home:
        server = stopped_server(home, unused_tcp_port)
        with started(server) as left_behind, started(server):
            # Reaped here, because it is our own child; it went by the fast shutdown.
            assert left_behind.wait(5) == 0
            assert await server.probe()


async def test_corrupt_state_ends_the_server_with_its_reason_in_the_log(
    unused_tcp_port: int,
) -> None:
    with throw_away_folder() as home:
        server = stopped_server(home, unused_tcp_port)
        with started(server) as process:
            process.send_signal(signal.SIGINT)
            process.wait()
        (server.folder / "global" / "pg_control").write_bytes(b"\0" * 8192)
        with pytest.raises(AssertionError, match="ended while starting"), started(server):
            pass
