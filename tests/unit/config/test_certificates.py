"""A certificate or key that cannot be used is refused at start, not waited for for ever."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from tests.support.tls_postgres import server_certificate
from tests.unit.config.profiles import PAPER, changed, load, problems

PG = "database__postgres__"
REMOTE: dict[str, Any] = {PG + "embedded": False, "temporal__embedded": False}
VERIFIED = {PG + "ssl": "verify-full"}


def no_certificate(folder: Path) -> Path:
    """What a download that went wrong leaves under the right name."""
    file = folder / "downloaded.pem"
    file.write_text("<html>404</html>")
    return file


def key_alone(folder: Path) -> Path:
    text = server_certificate(folder).read_text()
    file = folder / "key.pem"
    file.write_text(text[: text.index("-----BEGIN CERTIFICATE")])
    return file


def locked(folder: Path) -> Path:
    """The key of the certificate, but it needs a password."""
    key = serialization.load_pem_private_key((folder / "server.pem").read_bytes(), None)
    file = folder / "locked.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"hush"),
        )
    )
    return file


@pytest.mark.parametrize("made", [no_certificate, key_alone])
@pytest.mark.parametrize(
    ("path", "changes"),
    [
        (
            "database.postgres.ssl_root_cert_file",
            lambda file: {PG + "ssl_root_cert_file": file, **VERIFIED},
        ),
        (
            "temporal.tls.server_root_ca_cert_file",
            lambda file: {"temporal__tls": {"server_root_ca_cert_file": file}},
        ),
        (
            "temporal.tls.client_cert_file",
            lambda file: {"temporal__tls": {"client_cert_file": file, "client_key_file": file}},
        ),
    ],
)
def test_a_file_without_a_certificate_is_refused(
    path: str,
    changes: Callable[[str], dict[str, Any]],
    made: Callable[[Path], Path],
    tmp_path: Path,
) -> None:
    file = str(made(tmp_path))
    (problem,) = problems(changed(PAPER, **REMOTE, **changes(file)), tmp_path)
    assert problem.startswith(f"{path}: the file {file} holds no certificate in PEM")


@pytest.mark.parametrize("made", [no_certificate, key_alone, locked])
def test_a_key_must_be_that_of_its_certificate(
    made: Callable[[Path], Path], tmp_path: Path
) -> None:
    certificate = server_certificate(tmp_path)
    (tmp_path / "other").mkdir()
    key = made(tmp_path if made is locked else tmp_path / "other")
    tls = {"client_cert_file": str(certificate), "client_key_file": str(key)}

    assert problems(changed(PAPER, **REMOTE, temporal__tls=tls), tmp_path) == (
        f"temporal.tls.client_key_file: {key} is not the private key (PEM, without a password)"
        f" of {certificate}",
    )


def test_certificate_and_key_belong_together(tmp_path: Path) -> None:
    tls = {"client_cert_file": str(server_certificate(tmp_path))}
    assert problems(changed(PAPER, **REMOTE, temporal__tls=tls), tmp_path) == (
        "temporal.tls: client_cert_file and client_key_file belong together; give both",
    )


def test_authorities_that_nothing_is_verified_by_are_refused(tmp_path: Path) -> None:
    server_certificate(tmp_path)
    changes = {PG + "ssl_root_cert_file": str(tmp_path / "root.pem")}
    assert problems(changed(PAPER, **REMOTE, **changes), tmp_path) == (
        "database.postgres.ssl_root_cert_file: is for ssl verify-ca and verify-full only"
        " (ssl is disable)",
    )


def test_what_fits_is_taken(tmp_path: Path) -> None:
    pair, root = str(server_certificate(tmp_path)), str(tmp_path / "root.pem")
    tls = {
        "server_root_ca_cert_file": root,
        "client_cert_file": pair,
        "client_key_file": pair,
    }
    changes = {PG + "ssl_root_cert_file": root, **VERIFIED, "temporal__tls": tls}
    assert load(changed(PAPER, **REMOTE, **changes), tmp_path).temporal.tls is not None
