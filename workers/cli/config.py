"""`odum config check|show`: what a profile means, before anything is started with it."""

from pathlib import Path
from typing import Annotated

import typer

from config import masked, notes_on
from console.cli.options import JsonOption, command_group
from console.cli.output import print_json
from workers.cli.profile import load_profile
from workers.home import config_path

app = command_group("Check a profile, or show the one in use.")


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A JSON profile.")], as_json: JsonOption = False
) -> None:
    """Check a profile as a process would at its start; all its problems, and exit code 2.

    What it asks for and does not get is noted, and is no problem.
    """
    settings = load_profile(file)
    notes = list(notes_on(settings))
    if as_json:
        print_json({"file": str(file), "ok": True, "mode": settings.mode, "notes": notes})
        return
    typer.echo(f"{file} is a valid {settings.mode} profile.")
    for note in notes:
        typer.echo(f"  note: {note}")


@app.command()
def show(
    file: Annotated[Path | None, typer.Argument(help="Default: the profile in use.")] = None,
    _as_json: JsonOption = False,
) -> None:
    """Show a profile with its variables expanded and its secrets masked; always JSON."""
    print_json(masked(load_profile(file or config_path())))
