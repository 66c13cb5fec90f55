"""`odum status`: what the API says of itself, and the processes of the stack on this machine."""

import time
from typing import Any

import psutil
import typer

from console.cli.client import connect
from console.cli.errors import CliError, ExitCode
from console.cli.options import JsonOption, KeyOption, UrlOption, single_command
from console.cli.output import pick, print_fields, print_json, print_table, warn
from workers.home import odum_home
from workers.stack.stack_file import RunningProcess, Stack, read_stack

_COLUMNS = ("name", "state", "pid", "restarts", "uptime_s", "memory_mb")
_VENUE_COLUMNS = (
    "venue",
    "connected",
    "holder",
    "last_message_age_ms",
    "clock_offset_ms",
    "rate_limit",
    "errors",
)

app = single_command()


@app.command()
def status(as_json: JsonOption = False, url: UrlOption = None, api_key: KeyOption = None) -> None:
    """Show the state of trading, and of the local processes when the stack runs here."""
    stack = None if url else read_stack(odum_home())
    processes = _processes(stack) if stack else []
    answer, trouble = _ask(url, api_key)
    if as_json:
        problem = trouble.as_json() if trouble else None
        print_json({"api": answer, "problem": problem, "processes": processes})
    else:
        if processes:
            print_table(_COLUMNS, [[row[name] for name in _COLUMNS] for row in processes])
            typer.echo()
        venues = answer.pop("venues", [])
        print_fields(answer)
        if venues:
            typer.echo()
            print_table(_VENUE_COLUMNS, [_venue_row(venue) for venue in venues])
            for problem in (text for venue in venues for text in venue.get("problems", ())):
                warn(problem)
        if trouble:
            warn(str(trouble))
    if trouble:
        raise typer.Exit(trouble.exit_code)


def _ask(url: str | None, api_key: str | None) -> tuple[dict[str, Any], CliError | None]:
    try:
        answer: dict[str, Any] = connect(url, api_key).get("/api/live/status")
    except CliError as error:
        if error.exit_code is ExitCode.BAD_INPUT:
            raise
        return {}, error
    return answer, None


def _venue_row(venue: dict[str, Any]) -> list[Any]:
    """`rate_limit` is the one of which most is used; `errors` counts those of the last minute."""
    limits = venue.get("rate_limits", [])
    tightest = max(limits, key=lambda one: one["used"] / one["limit"], default=None)
    offset_ms = venue.get("clock_offset_ms")
    shown = {
        **venue,
        "clock_offset_ms": None if offset_ms is None else round(offset_ms, 1),
        "rate_limit": tightest and "{name} {used}/{limit}".format(**tightest),
        "errors": f"{venue['errors']}/{venue['commands']}" if venue.get("commands") else None,
    }
    return pick(shown, *_VENUE_COLUMNS)


def _processes(stack: Stack) -> list[dict[str, Any]]:
    supervisor = _row(stack.supervisor, with_children=False)
    return [supervisor, *(_row(entry, with_children=True) for entry in stack.processes.values())]


def _row(entry: RunningProcess, *, with_children: bool) -> dict[str, Any]:
    process = entry.find()
    row: dict[str, Any] = {
        "name": entry.name,
        "state": entry.state if process else "gone",
        "pid": entry.pid,
        "restarts": entry.restarts,
        "uptime_s": None,
        "memory_mb": None,
        "log": entry.log,
    }
    if process:
        row["uptime_s"] = round(time.time() - entry.started_at)
        family = [process, *process.children(recursive=True)] if with_children else [process]
        row["memory_mb"] = _memory_mb(family)
    return row


def _memory_mb(family: list[psutil.Process]) -> int | None:
    """Memory of these processes; a page that several share counts once, where the system knows."""
    try:
        infos = [member.memory_full_info() for member in family]
    except psutil.Error:
        return None
    return round(sum(getattr(info, "pss", info.uss) for info in infos) / 1e6)
