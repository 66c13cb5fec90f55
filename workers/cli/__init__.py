"""The `odum` command: one program for the stack on this machine and for the API anywhere.

Commands that only speak HTTP come from the console. Each is imported when it is called for, so
that `odum order show` does not pay for what `odum up` needs.
"""

import os
import sys
from importlib import import_module
from pathlib import Path
from traceback import extract_tb
from typing import Any, NoReturn

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
    """The console script `odum`: however a command ends, it is one sentence and an exit code by
    class; with --json one document."""
    try:
        # The console's commands know nothing of our folders; they find the stack by this variable.
        os.environ.setdefault(HOME_VARIABLE, str(odum_home()))
        code = app(standalone_mode=False)
    except CliError as error:
        _fail(str(error), error.exit_code, error.as_json())
    except OdumError as error:
        _fail(str(error), ExitCode.UNAVAILABLE, {"code": error.code, "detail": str(error)})
    except typer.TyperException as error:
        _refuse_usage(error)
    except Exception as error:  # noqa: BLE001 - the border of this process: it is reported
        sentence = _unforeseen(error)
        _fail(sentence, ExitCode.INTERNAL, {"code": "internal_error", "detail": sentence})
    sys.exit(code if isinstance(code, int) else ExitCode.OK)


def _refuse_usage(error: typer.TyperException) -> NoReturn:
    show = getattr(error, "show", None)
    if show is not None and not _wants_json():
        show()  # with the usage of the command, or its help where nothing was said
        sys.exit(ExitCode.BAD_INPUT)
    sentence = error.format_message()
    _fail(sentence, ExitCode.BAD_INPUT, {"code": "wrong_usage", "detail": sentence})


def _unforeseen(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        return f"{error.strerror}{where}."
    at = extract_tb(error.__traceback__)[-1]
    place = f"{Path(at.filename).name}:{at.lineno}"
    return f"Something unforeseen happened, please report it: {error!r} at {place}."


def _fail(sentence: str, code: ExitCode, document: dict[str, Any]) -> NoReturn:
    if _wants_json():
        print_json({**document, "exit_code": int(code)})
    else:
        warn(sentence)
    sys.exit(code)


def _wants_json() -> bool:
    return "--json" in sys.argv[1:]
