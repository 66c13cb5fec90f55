"""`odum order-list ...`: brackets and OCO pairs."""

from typing import Annotated, Any

import typer

from console.cli.client import connect, segment
from console.cli.once import new_id, post_once
from console.cli.options import JsonOption, KeyOption, UrlOption, command_group
from console.cli.order_terms import leg, said
from console.cli.output import pick, print_fields, print_json, print_table
from domain.sides import Side

LISTS = "/api/live/order-lists"

_FIELDS = ("list_id", "kind", "status", "attention", "strategy_id", "client_list_id", "created_at")
_LEG_COLUMNS = ("order_id", "status", "side", "quantity", "order_type", "filled_qty", "avg_px")

app = command_group("Orders that belong together: brackets and OCO pairs.")

ListId = Annotated[str, typer.Argument(metavar="LIST_ID")]


@app.command()
def submit(
    instrument: Annotated[str, typer.Argument(help="BTCUSDT.BINANCE_SPOT")],
    side: Annotated[
        Side, typer.Argument(case_sensitive=False, help="Of the entry; without one, of both.")
    ],
    quantity: Annotated[str, typer.Argument()],
    *,
    take_profit: Annotated[str, typer.Option(help="A leg, as 'LIMIT price=103000'.")],
    stop_loss: Annotated[str, typer.Option(help="A leg, as 'STOP_MARKET trigger_price=98000'.")],
    entry: Annotated[
        str | None, typer.Option(help="A leg, as 'LIMIT price=100000'; makes it a BRACKET.")
    ] = None,
    strategy: Annotated[str, typer.Option(help="On whose behalf.")] = "demo",
    client_list_id: Annotated[
        str | None, typer.Option("--id", help="Send again under the same id: the same list.")
    ] = None,
    as_json: JsonOption = False,
    url: UrlOption = None,
    api_key: KeyOption = None,
) -> None:
    """Send a bracket (an entry and its exits) or an OCO pair (one cancels the other)."""
    body = {
        "strategy_id": strategy,
        "client_list_id": client_list_id or new_id(),
        "kind": "BRACKET" if entry else "OCO",
        "instrument_id": instrument,
        "side": side,
        "quantity": quantity,
        "take_profit": leg(take_profit),
        "stop_loss": leg(stop_loss),
        **said(entry=leg(entry) if entry else None),
    }
    _show(post_once(connect(url, api_key), LISTS, body, "client_list_id"), as_json)


@app.command()
def show(
    list_id: ListId,
    as_json: JsonOption = False,
    url: UrlOption = None,
    api_key: KeyOption = None,
) -> None:
    """Show a list with its orders and its story."""
    _show(connect(url, api_key).get(f"{LISTS}/{segment(list_id)}"), as_json)


@app.command("list")
def list_lists(
    *,
    strategy: Annotated[str | None, typer.Option()] = None,
    attention: Annotated[
        bool, typer.Option("--attention", help="Only what a person should look at.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most this many, newest first.")] = 20,
    as_json: JsonOption = False,
    url: UrlOption = None,
    api_key: KeyOption = None,
) -> None:
    """List brackets and OCO pairs, newest first."""
    query = {
        "strategy_id": strategy,
        "attention": "true" if attention else None,
        "limit": limit,
    }
    found = connect(url, api_key).get(LISTS, query)
    if as_json:
        print_json(found)
        return
    columns = ("list_id", "status", "kind", "instrument_id", "attention", "created_at")
    print_table(columns, [pick(one, *columns) for one in found["order_lists"]])


@app.command()
def cancel(
    list_id: ListId,
    as_json: JsonOption = False,
    url: UrlOption = None,
    api_key: KeyOption = None,
) -> None:
    """Cancel all orders of a list. A position that its entry has made stays."""
    _show(connect(url, api_key).post(f"{LISTS}/{segment(list_id)}/cancel", {}), as_json)


def _show(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    print_fields({name: found.get(name) for name in _FIELDS})
    if legs := found.get("legs"):
        rows = [[one["role"], *pick(one["order"], *_LEG_COLUMNS)] for one in legs]
        typer.echo()
        print_table(("role", *_LEG_COLUMNS), rows)
    for note in found["notes"]:
        typer.echo(f"\n{note['at'][11:19]}  {note['text']}")
