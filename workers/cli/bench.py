"""`odum bench`: measure the paper stack that runs on this machine."""

import asyncio
from collections.abc import Coroutine
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import asyncpg
import typer

from config import Settings
from console.cli.errors import CliError, ExitCode
from console.cli.options import JsonOption, command_group
from console.cli.output import print_fields, print_json, warn
from db.pool import DATABASE_AWAY
from workers.bench.orders import Target, run
from workers.bench.terms import NotQuoted
from workers.cli.profile import load_profile
from workers.home import config_path, odum_home
from workers.operator_key import KEY_FILE
from workers.profile import process_of
from workers.stack.plan import bare_road_of
from workers.stack.stack_file import read_stack

app = command_group("Measure the paper stack that runs on this machine.")


@app.callback()
def _root() -> None:
    """Make typer treat the application as a group of commands."""


@app.command()
def orders(
    rate: Annotated[float, typer.Option(min=0.1, max=500, help="Orders a second.")] = 20,
    count: Annotated[int, typer.Option(min=4, max=100_000, help="Orders in all.")] = 300,
    venue: Annotated[str, typer.Option(help="The venue to trade on.")] = "BINANCE_SPOT",
    instrument: Annotated[
        str | None, typer.Option(help="Default: the venue's first two in the profile, in turn.")
    ] = None,
    bare: Annotated[bool, typer.Option(help="Also the bare road, for the ratio.")] = True,
    cancels: Annotated[bool, typer.Option(help="Also cancels of resting orders.")] = True,
    as_json: JsonOption = False,
) -> None:
    """Time orders from POST to the venue's acknowledgement, against the road without durability."""
    settings = load_profile(config_path())
    if venue not in settings.trading.venues:
        raise CliError(
            f"{venue!r} is not traded; choose one of {', '.join(settings.trading.venues)}.",
            ExitCode.BAD_INPUT,
        )
    chosen = (instrument,) if instrument else settings.venues[venue].instruments[:2]
    target = _target(odum_home(), settings, venue, chosen)
    report, failed = _measured(run(target, rate, count, bare=bare, cancels=cancels))
    document = asdict(report)
    print_json(document) if as_json else print_fields(document)
    if failed:
        warn(f"{len(failed)} of the requests failed; the first: {failed[0]}")
        raise typer.Exit(failed[0].exit_code)
    if report.lost or report.doubled:
        warn("The venue's ledger and the answers do not agree: see lost and doubled.")
        raise typer.Exit(ExitCode.INTERNAL)


def _measured[T](work: Coroutine[Any, Any, T]) -> T:
    """Raises CliError where the stack lacks what a bench cannot do without."""
    try:
        return asyncio.run(work)
    except NotQuoted as error:
        raise CliError(str(error), ExitCode.UNAVAILABLE) from None
    except (aiohttp.ClientError, *DATABASE_AWAY, asyncpg.PostgresError) as error:
        what = str(error) or type(error).__name__
        raise CliError(
            f"The stack does not answer any more ({what}); see `odum status`.",
            ExitCode.UNAVAILABLE,
        ) from None


def _target(home: Path, settings: Settings, venue: str, instruments: tuple[str, ...]) -> Target:
    stack = read_stack(home)
    bare_road = bare_road_of(process_of(settings, venue))
    if stack is None or bare_road not in stack.urls:
        raise CliError(
            "No paper stack runs here; start it with `make paper`.", ExitCode.UNAVAILABLE
        )
    return Target(
        api_url=stack.urls["api"],
        bare_url=stack.urls[bare_road],
        admin_url=stack.urls["simulators_admin"],
        dsn=settings.database.postgres.dsn(),
        key=(home / KEY_FILE).read_text().strip(),
        venue=venue,
        instruments=instruments,
    )
