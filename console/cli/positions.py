"""`odum positions`: what we hold, per account and instrument."""

from typing import Annotated

import typer

from console.cli.client import connect, segment
from console.cli.options import JsonOption, KeyOption, UrlOption, single_command
from console.cli.output import pick, print_json, print_table, shortened

POSITIONS = "/api/live/positions"

_COLUMNS = ("instrument_id", "account_id", "quantity", "avg_px", "realized", "fees", "fill_count")

app = single_command()


@app.command()
def positions(
    instrument: Annotated[str | None, typer.Argument(help="Only this instrument.")] = None,
    as_json: JsonOption = False,
    url: UrlOption = None,
    api_key: KeyOption = None,
) -> None:
    """Show positions, each the sum of its fills."""
    path = f"{POSITIONS}/{segment(instrument)}" if instrument else POSITIONS
    answer = connect(url, api_key).get(path)
    if as_json:
        print_json(answer)
        return
    shown = [{**row, "avg_px": shortened(row["avg_px"])} for row in answer["positions"]]
    print_table(_COLUMNS, [pick(row, *_COLUMNS) for row in shown])
