"""A database that must show its certificate is reached with the profile alone."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from db.migrate import migrate
from db.pool import open_pool
from db.schema import HEAD
from tests.support.tls_postgres import tls_before
from tests.unit.config.profiles import PAPER, changed, load
from workers.stack.embedded_postgres import EmbeddedPostgres


def dsn_of(folder: Path, port: int, **postgres: Any) -> str:
    profile = changed(PAPER)
    profile["database"]["postgres"] |= {
        "embedded": False,
        "port": port,
        "ssl": "verify-full",
        **postgres,
    }
    return load(profile, folder, {}).database.postgres.dsn()


async def revision(dsn: str) -> str:
    pool = await open_pool(dsn, size=1)
    try:
        found: str = await pool.fetchval("SELECT version_num FROM alembic_version")
        return found
    finally:
        await pool.close()


async def test_the_authority_that_the_profile_names_is_trusted(
    postgres_server: EmbeddedPostgres, tmp_path: Path
) -> None:
    async with tls_before(postgres_server.port, tmp_path) as port:
        dsn = dsn_of(tmp_path, port, ssl_root_cert_file=str(tmp_path / "root.pem"))
        await migrate(dsn)
        assert await revision(dsn) == HEAD


async def test_without_one_the_authorities_of_the_machine_are_trusted(
    postgres_server: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))  # no ~/.postgresql/root.crt in here
    async with tls_before(postgres_server.port, tmp_path) as port:
        with pytest.raises(ssl.SSLCertVerificationError):
            await revision(dsn_of(tmp_path, port))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "root.pem"))
        assert await revision(dsn_of(tmp_path, port)) == HEAD


async def test_a_certificate_for_another_host_is_refused(
    postgres_server: EmbeddedPostgres, tmp_path: Path
) -> None:
    async with tls_before(postgres_server.port, tmp_path) as port:
        root = str(tmp_path / "root.pem")
        dsn = dsn_of(tmp_path, port, host="localhost", ssl_root_cert_file=root)
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncpg.connect(dsn)
