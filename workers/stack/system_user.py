"""The system user that PostgreSQL runs as when the stack is started by root, as in a container."""

import os
import pwd
import stat
import subprocess
from pathlib import Path

from workers.stack.errors import StackError

SYSTEM_USER = "embedded_postgres"

_OTHERS_ENTER = stat.S_IXGRP | stat.S_IXOTH
_OTHERS_READ = stat.S_IRGRP | stat.S_IROTH


def needs_system_user() -> bool:
    """Whether we are root, which PostgreSQL refuses to be."""
    return os.geteuid() == 0


def make_system_user() -> None:
    """Create the system user when it does not exist; raises StackError when that fails."""
    if _exists():
        return
    command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/sh", SYSTEM_USER]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        # Two stacks that start at once on a fresh machine: the other one has created it.
        if _exists():
            return
        raise StackError(
            f"PostgreSQL must not run as root and the system user {SYSTEM_USER!r} could not be "
            f"created ({error}); create it with useradd, or start the stack as an ordinary user."
        ) from None


def let_through(path: Path) -> None:
    """Let the system user reach `path`: search permission on its parents, and no more than that."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | _OTHERS_ENTER)


def let_execute(program: Path) -> None:
    """Let the system user run `program` and read the installation it belongs to."""
    let_through(program)
    if program.stat().st_mode & stat.S_IXOTH:
        return
    # Installed under a strict umask: open all of it, folders and programs to enter and run.
    for path in (program.parent.parent, *program.parent.parent.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | _OTHERS_READ | (_OTHERS_ENTER if mode & stat.S_IXUSR else 0))


def give(path: Path) -> None:
    """Make the system user the owner of `path`."""
    entry = pwd.getpwnam(SYSTEM_USER)
    os.chown(path, entry.pw_uid, entry.pw_gid)


def _exists() -> bool:
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        return False
    return True
