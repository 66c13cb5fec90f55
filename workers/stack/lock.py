"""One supervisor per state folder."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workers.home import run_folder
from workers.stack.errors import AlreadyRunning, StackError
from workers.stack.stack_file import read_stack


@contextmanager
def locked_home(home: Path) -> Iterator[None]:
    """Hold the state folder for the length of the block; the kernel lets go when we die.

    Raises AlreadyRunning, with the pid of the one that holds it.
    """
    try:
        run_folder(home).mkdir(parents=True, exist_ok=True)
        lock = (run_folder(home) / "lock").open("w")
    except OSError as error:
        raise StackError(
            f"The state folder {home} cannot be written ({error.strerror}); mend its permissions, "
            "or set ODUM_HOME to another folder."
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stack = read_stack(home)
            pid = f" (pid {stack.supervisor.pid})" if stack else ""
            raise AlreadyRunning(
                f"A stack already runs on {home}{pid}; stop it with `odum down`, or set ODUM_HOME "
                "to another folder."
            ) from None
        yield
