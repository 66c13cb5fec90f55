"""The `odum` command: one program for the stack on this machine and for the API anywhere.

Commands that only speak HTTP come from the console. Each is imported when it is called for, so
that `odum order show` does not pay for what `odum up` needs.
"""

import os
import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from console.cli.errors import CliError, ExitCode
from console.cli.output import print_json, warn
from domain.errors import OdumError
from workers.home import HOME_VARIABLE, odum_home

# Where each command is; in the order of `odum --help`.
COMMANDS = {
    "up": "workers.cli.up",
    "down": "workers.cli.down",
    "status": "workers.cli.status",
    "order": "console.cli.order",
    "order-list": "console.cli.order_list",
    "positions": "console.cli.positions",
    "instruments": "console.cli.instruments",
    "trading": "console.cli.trading",
    "config": "workers.cli.config",
    "doctor": "workers.cli.doctor",
    "bench": "workers.cli.bench",
}


class _LazyGroup(TyperGroup):
    def list_commands(self, _ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: Any, name: str) -> Any:
        if name not in COMMANDS:
            return None
        command = typer.main.get_command(import_module(COMMANDS[name]).app)
        command.name = name
        return command


app = typer.Typer(
    cls=_LazyGroup,
    help="Odum Live: orders to venues, durably.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def _root() -> None:
    """Make typer treat the application as a group of commands."""


def main() -> None:
    """The console script `odum`."""
    # The console's commands know nothing of our folders; they find the stack by this variable.
    os.environ.setdefault(HOME_VARIABLE, str(odum_home()))
    try:
        app()
    except CliError as error:
        _fail(str(error), error.exit_code, error.as_json())
    except OdumError as error:
        code = ExitCode.UNAVAILABLE
        _fail(str(error), code, {"code": error.code, "detail": str(error), "exit_code": code})
    except KeyboardInterrupt:
        sys.exit(130)


def _fail(sentence: str, code: ExitCode, document: dict[str, Any]) -> None:
    if "--json" in sys.argv[1:]:
        print_json(document)
    else:
        warn(sentence)
    sys.exit(code)
