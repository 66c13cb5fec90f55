"""Ties a program's life to the supervisor's, then becomes that program.

    python tether.py PARENT_PID DEATH_SIGNAL USER PROGRAM [ARGUMENT...]

Linux delivers DEATH_SIGNAL to the program when the supervisor dies, even by kill -9. A small
program of its own, because the wish must be made between fork and exec, after the change of user
(which cancels it), and Python code is not safe there in a process that has threads. USER is ""
to stay the same user. Elsewhere than on Linux the program just runs: `odum down` cleans up.
"""

import ctypes
import os
import pwd
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Change the user, ask for the death signal, run the program in this process."""
    parent, death_signal = int(sys.argv[1]), int(sys.argv[2])
    user, program = sys.argv[3], sys.argv[4:]
    if user:
        _become(user)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        # The supervisor may have died before the wish was made; then nobody would tell us.
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
    os.execv(program[0], program)


def _become(user: str) -> None:
    entry = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    os.environ["HOME"] = entry.pw_dir


if __name__ == "__main__":
    main()
