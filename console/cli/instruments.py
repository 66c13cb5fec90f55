"""`odum instruments`: what can be traded, over all venues."""

from typing import Annotated

import typer

from console.cli.client import connect
from console.cli.options import JsonOption, KeyOption, UrlOption, single_command
from console.cli.order_terms import in_capitals
from console.cli.output import pick, print_json, print_table

INSTRUMENTS = "/api/live/instruments"

_COLUMNS = (
    "instrument_id",
    "kind",
    "pair",
    "settlement",
    "tick",
    "lot",
    "min_qty",
    "min_notional",
    "multiplier",
    "inverse",
    "taker_fee",
    "expires_at",
)

app = single_command()


@app.command()
def instruments(
    pair: Annotated[
        str | None, typer.Argument(help="Only this asset pair, e.g. BTC/USDT, at every venue.")
    ] = None,
    *,
    venue: Annotated[str | None, typer.Option(help="Only this venue.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="SPOT, PERPETUAL, FUTURE, OPTION, STOCK or FOREX.")
    ] = None,
    base: Annotated[str | None, typer.Option(help="Only what trades this asset.")] = None,
    quote: Annotated[str | None, typer.Option(help="Only what is priced in this asset.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
    cursor: Annotated[str | None, typer.Option(help="From an earlier answer: the next.")] = None,
    as_json: JsonOption = False,
    url: UrlOption = None,
    api_key: KeyOption = None,
) -> None:
    """List the instruments of all venues."""
    query = {
        "pair": in_capitals(pair),
        "venue": in_capitals(venue),
        "kind": in_capitals(kind),
        "base": in_capitals(base),
        "quote": in_capitals(quote),
        "limit": limit,
        "cursor": cursor,
    }
    page = connect(url, api_key).get(INSTRUMENTS, query)
    if as_json:
        print_json(page)
        return
    print_table(_COLUMNS, [pick(row, *_COLUMNS) for row in page["instruments"]])
    if page["next_cursor"]:
        typer.echo(f"more: --cursor {page['next_cursor']}")
