"""`odum up`: the stack of a profile, in the foreground."""

import os
from pathlib import Path
from typing import Annotated

import typer

from config import notes_on
from console.cli.errors import CliError, ExitCode
from console.cli.options import JsonOption, single_command
from workers.cli.profile import load_profile
from workers.home import CONFIG_VARIABLE, config_path, odum_home
from workers.stack.demo import show_demo_order
from workers.stack.plan import make_plan, process_names
from workers.stack.supervisor import run_stack
from workers.stack.voice import Voice
from workers.stack.welcome import welcome

app = single_command()


@app.command()
def up(
    config: Annotated[
        Path | None, typer.Option(help=f"The profile; default: {CONFIG_VARIABLE}.")
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Send a small order and show its life.")
    ] = False,
    without: Annotated[
        str, typer.Option(metavar="NAMES", help="Leave out processes, by name.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Start the stack, keep it running, stop it with Ctrl-C."""
    path = config.resolve() if config else config_path()
    home = odum_home()
    settings = load_profile(path)
    if demo and settings.mode != "paper":
        raise CliError(
            f"--demo sends a market order: it is for paper, and {path.name} is {settings.mode}.",
            ExitCode.BAD_INPUT,
        )
    left_out = frozenset(name for name in without.split(",") if name)
    names = process_names(settings)
    if unknown := left_out - set(names):
        raise CliError(
            f"--without: {', '.join(sorted(unknown))} is none of {', '.join(names)}.",
            ExitCode.BAD_INPUT,
        )
    plan = make_plan(settings, home, path, left_out)
    instrument = settings.venues[settings.trading.venues[0]].instruments[0]
    voice = Voice(as_json)

    async def when_ready() -> None:
        if demo:
            await show_demo_order(instrument, voice)
        voice.say("serving", welcome(plan.urls, home, instrument), **plan.urls)

    voice.say("starting", f"odum: {plan.mode} stack, state in {home}, pid {os.getpid()}")
    for note in notes_on(settings):
        voice.say("note", f"  note: {note}")
    run_stack(plan, voice, when_ready)
