"""What can stop a stack from starting. Each message is one sentence and says what to do."""

from domain.errors import OdumError

INSTALL = "install the packages again with `scripts/bootstrap runtime`"


class StackError(OdumError):
    """The local stack cannot start, or cannot go on."""

    code = "stack_error"


class AlreadyRunning(StackError):
    """Another supervisor holds this state folder."""

    code = "stack_already_running"


class PortInUse(StackError):
    """A port that the stack needs is taken by another process."""

    code = "port_in_use"


class UnusableState(StackError):
    """What is on disk is corrupt, or belongs to another version of an engine."""

    code = "unusable_state"
