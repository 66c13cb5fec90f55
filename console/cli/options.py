"""How our commands look alike: the same kind of application, the same options."""

from typing import Annotated

import typer

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
UrlOption = Annotated[
    str | None,
    typer.Option("--url", envvar="ODUM_URL", help="The API; default: the stack on this machine."),
]
KeyOption = Annotated[
    str | None,
    typer.Option("--api-key", envvar="ODUM_API_KEY", help="Default: the key in ODUM_HOME."),
]


def command_group(help_text: str) -> typer.Typer:
    """An application of several commands, plain text throughout: rich costs 0.2 s at each start."""
    return typer.Typer(
        help=help_text, no_args_is_help=True, add_completion=False, rich_markup_mode=None
    )


def single_command() -> typer.Typer:
    """An application that is one command."""
    return typer.Typer(add_completion=False, rich_markup_mode=None)
