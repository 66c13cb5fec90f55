"""`odum down`: stops the stack of this state folder, also what a killed supervisor left behind."""

import signal

import typer

from console.cli.errors import CliError, ExitCode
from console.cli.options import JsonOption, single_command
from console.cli.output import print_json
from workers.home import odum_home
from workers.stack.stack_file import Stack, forget_stack, read_stack, stop_leftovers

# The supervisor's own bounds: our processes one after another, then the engines.
_SUPERVISOR_TIMEOUT_S = 60.0

app = single_command()


@app.command()
def down(as_json: JsonOption = False) -> None:
    """Stop the stack on this machine; running already or not, afterwards nothing runs."""
    home = odum_home()
    stack = read_stack(home)
    stopped = _stop(stack) if stack else []
    forget_stack(home)
    if as_json:
        print_json({"home": str(home), "stopped": stopped})
    elif stopped:
        typer.echo(f"stopped {', '.join(stopped)}")
    else:
        typer.echo(f"no stack runs on {home}")


def _stop(stack: Stack) -> list[str]:
    """The names of what was stopped. Raises CliError when the supervisor does not end."""
    supervisor = stack.supervisor
    if supervisor.find() is None:
        return stop_leftovers(stack.processes.values())
    names = [name for name, entry in stack.processes.items() if entry.find()]
    if not supervisor.stop(signal.SIGTERM, _SUPERVISOR_TIMEOUT_S):
        raise CliError(
            f"The supervisor (pid {supervisor.pid}) did not stop within "
            f"{_SUPERVISOR_TIMEOUT_S:.0f} s; kill it with `kill -9 {supervisor.pid}` and run "
            "`odum down` again.",
            ExitCode.INTERNAL,
        )
    return names
