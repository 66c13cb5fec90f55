"""`odum order ...`: send orders and follow their lives."""

import time
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import typer

from console.cli.client import ApiClient, connect, segment
from console.cli.errors import CliError, ExitCode
from console.cli.lives import event_line, print_order, print_orders
from console.cli.once import new_id, post_once
from console.cli.options import JsonOption, KeyOption, UrlOption, command_group
from console.cli.order_terms import in_capitals, order_type_of, said
from console.cli.output import pick, print_json, print_json_line, print_table
from domain.orders import (
    OrderStatus,
    OrderType,
    TimeInForce,
    TrailingOffsetType,
    TriggerType,
)
from domain.sides import Side

ORDERS = "/api/live/orders"

_WATCH_INTERVAL_S = 0.2

app = command_group("Send orders and follow them.")

OrderId = Annotated[str, typer.Argument(metavar="ORDER_ID")]


class Decision(StrEnum):
    """What an operator may decide about an order that waits for a decision."""

    RETRY = "retry"
    SKIP = "skip"
    ABORT = "abort"


@app.command()
def submit(
    instrument: Annotated[
        str, typer.Argument(help="BTCUSDT.BINANCE_SPOT, or BTC/USDT for the best venue.")
    ],
    side: Annotated[Side, typer.Argument(case_sensitive=False)],
    quantity: Annotated[str, typer.Argument()],
    *,
    order_type: Annotated[
        OrderType | None,
        typer.Option("--type", case_sensitive=False, help="Default: what the prices say."),
    ] = None,
    price: Annotated[str | None, typer.Option(help="Makes it a LIMIT order.")] = None,
    trigger_price: Annotated[
        str | None, typer.Option("--trigger", help="Makes it a STOP order.")
    ] = None,
    trigger_type: Annotated[TriggerType | None, typer.Option(case_sensitive=False)] = None,
    trailing_offset: Annotated[
        str | None, typer.Option("--trail", help="Makes it a TRAILING_STOP_MARKET order.")
    ] = None,
    trailing_offset_type: Annotated[
        TrailingOffsetType | None, typer.Option("--trail-in", case_sensitive=False)
    ] = None,
    expire_at: Annotated[
        str | None, typer.Option(help="When a GTD order ends, as 2026-01-31T12:00:00Z.")
    ] = None,
    display_qty: Annotated[
        str | None, typer.Option("--display", help="How much of it others see.")
    ] = None,
    time_in_force: Annotated[
        TimeInForce | None, typer.Option("--tif", case_sensitive=False)
    ] = None,
    post_only: Annotated[bool, typer.Option("--post-only")] = False,
    reduce_only: Annotated[bool, typer.Option("--reduce-only")] = False,
    strategy: Annotated[str, typer.Option(help="On whose behalf.")] = "demo",
    client_order_id: Annotated[
        str | None, typer.Option("--id", help="Send again under the same id: the same order.")
    ] = None,
    send_within_ms: Annotated[
        int | None, typer.Option(help="Not sent to the venue within this time: EXPIRED, unsent.")
    ] = None,
    wait_ms: Annotated[int, typer.Option(help="How long to wait for the venue.")] = 2000,
    as_json: JsonOption = False,
    url: UrlOption = None,
    api_key: KeyOption = None,
) -> None:
    """Send one order and show what the venue says."""
    if trailing_offset is not None and trailing_offset_type is None:
        trailing_offset_type = TrailingOffsetType.PRICE
    if expire_at is not None and time_in_force is None:
        time_in_force = TimeInForce.GTD
    terms = said(
        price=price,
        trigger_price=trigger_price,
        trigger_type=trigger_type,
        trailing_offset=trailing_offset,
        trailing_offset_type=trailing_offset_type,
        time_in_force=time_in_force,
        expire_at=expire_at,
        post_only=post_only,
        reduce_only=reduce_only,
        display_qty=display_qty,
        send_within_ms=send_within_ms,
    )
    body = {
        "strategy_id": strategy,
        "client_order_id": client_order_id or new_id(),
        # A pair names no venue; the router picks one.
        ("pair" if "/" in instrument else "instrument_id"): instrument,
        "side": side,
        "order_type": order_type_of(order_type, terms),
        "quantity": quantity,
        **terms,
    }
    client = connect(url, api_key)
    _show(post_once(client, ORDERS, body, "client_order_id", {"wait_ms": wait_ms}), as_json)


@app.command()
def show(
    order_id: OrderId,
    as_json: JsonOption = False,
    url: UrlOption = None,
    api_key: KeyOption = None,
) -> None:
    """Show one order with its fills and its events."""
    _show(connect(url, api_key).get(f"{ORDERS}/{segment(order_id)}"), as_json)


@app.command("list")
def list_orders(
    *,
    strategy: Annotated[str | None, typer.Option()] = None,
    status: Annotated[OrderStatus | None, typer.Option(case_sensitive=False)] = None,
    instrument: Annotated[str | None, typer.Option()] = None,
    venue: Annotated[str | None, typer.Option()] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most this many, newest first.")] = 20,
    attention: Annotated[
        bool, typer.Option("--attention", help="Only what a person should look at.")
    ] = False,
    cursor: Annotated[str | None, typer.Option(help="From the end of an earlier page.")] = None,
    as_json: JsonOption = False,
    url: UrlOption = None,
    api_key: KeyOption = None,
) -> None:
    """List orders, newest first."""
    query = {
        "strategy_id": strategy,
        "status": status,
        "instrument_id": in_capitals(instrument),
        "venue": in_capitals(venue),
        "limit": limit,
        "attention": "true" if attention else None,
        "cursor": cursor,
    }
    page = connect(url, api_key).get(ORDERS, query)
    if as_json:
        print_json(page)
    else:
        print_orders(page)


@app.command()
def watch(
    order_id: OrderId,
    as_json: JsonOption = False,
    url: UrlOption = None,
    api_key: KeyOption = None,
) -> None:
    """Print each event of an order as it happens, until the order is finished."""
    client = connect(url, api_key)
    for event in follow(client, order_id):
        if as_json:
            print_json_line(event)
        else:
            typer.echo(event_line(event))
    if not as_json:
        _show(client.get(f"{ORDERS}/{segment(order_id)}"), as_json)


@app.command()
def cancel(
    order_id: OrderId,
    as_json: JsonOption = False,
    url: UrlOption = None,
    api_key: KeyOption = None,
) -> None:
    """Ask for an order to be cancelled."""
    _show(connect(url, api_key).post(f"{ORDERS}/{segment(order_id)}/cancel", {}), as_json)


@app.command()
def amend(
    order_id: OrderId,
    *,
    quantity: Annotated[str | None, typer.Option(help="The new total.")] = None,
    price: Annotated[str | None, typer.Option()] = None,
    trigger_price: Annotated[str | None, typer.Option("--trigger")] = None,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Cancel and send the rest anew where it must be so."),
    ] = False,
    amend_id: Annotated[
        str | None, typer.Option("--id", help="Send again under the same id: the same amend.")
    ] = None,
    wait_ms: Annotated[int, typer.Option(help="How long to wait for the venue.")] = 2000,
    as_json: JsonOption = False,
    url: UrlOption = None,
    api_key: KeyOption = None,
) -> None:
    """Give a working order other terms."""
    body = {
        "amend_id": amend_id or new_id(),
        **said(quantity=quantity, price=price, trigger_price=trigger_price, replace=replace),
    }
    path = f"{ORDERS}/{segment(order_id)}/amend"
    answer = post_once(connect(url, api_key), path, body, "amend_id", {"wait_ms": wait_ms})
    if as_json:
        print_json(answer)
        return
    typer.echo(f"amend {answer['amend_id']}  {answer['outcome']}\n")
    print_order(answer["order"])


@app.command("cancel-all")
def cancel_all(
    *,
    strategy: Annotated[str | None, typer.Option()] = None,
    venue: Annotated[str | None, typer.Option()] = None,
    instrument: Annotated[str | None, typer.Option()] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Of every strategy, everywhere. Operators only.")
    ] = False,
    as_json: JsonOption = False,
    url: UrlOption = None,
    api_key: KeyOption = None,
) -> None:
    """Cancel every live order that matches all that is said; also while trading is stopped."""
    body = said(
        strategy_id=strategy,
        venue=in_capitals(venue),
        instrument_id=in_capitals(instrument),
        all=everything,
    )
    answer = connect(url, api_key).post(f"{ORDERS}/cancel-all", body)
    if as_json:
        print_json(answer)
        return
    columns = ("order_id", "status", "strategy_id", "instrument_id")
    print_table(columns, [pick(order, *columns) for order in answer["orders"]])
    typer.echo(f"\n{len(answer['orders'])} orders, {len(answer['order_lists'])} order lists")


@app.command()
def resolve(
    order_id: OrderId,
    decision: Annotated[Decision, typer.Argument(case_sensitive=False)],
    *,
    reason: Annotated[str, typer.Option(help="Goes into the audit trail.")] = "",
    as_json: JsonOption = False,
    url: UrlOption = None,
    api_key: KeyOption = None,
) -> None:
    """Decide about an order that waits for a decision: retry the step, skip it, or abort."""
    body = {"decision": decision, "reason": reason}
    _show(connect(url, api_key).post(f"{ORDERS}/{segment(order_id)}/resolve", body), as_json)


@app.command()
def acknowledge(
    order_id: OrderId,
    *,
    reason: Annotated[str, typer.Option(help="What was found and done; for the audit trail.")],
    as_json: JsonOption = False,
    url: UrlOption = None,
    api_key: KeyOption = None,
) -> None:
    """Settle an order's anomaly, so that it leaves the attention list."""
    path = f"{ORDERS}/{segment(order_id)}/acknowledge"
    _show(connect(url, api_key).post(path, {"reason": reason}), as_json)


def follow(
    client: ApiClient, order_id: str, timeout_s: float | None = None
) -> Iterator[dict[str, Any]]:
    """The order's events, each once, until it is terminal. Raises CliError after `timeout_s`."""
    seen = 0
    deadline = None if timeout_s is None else time.monotonic() + timeout_s
    while True:
        order = client.get(f"{ORDERS}/{segment(order_id)}")
        events = order["events"]
        yield from events[seen:]
        seen = len(events)
        if OrderStatus(order["status"]).is_terminal:
            return
        if deadline is not None and time.monotonic() > deadline:
            raise CliError(
                f"Order {order_id} is still {order['status']} after {timeout_s:.0f} s.",
                ExitCode.UNAVAILABLE,
            )
        time.sleep(_WATCH_INTERVAL_S)


def _show(order: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(order)
    else:
        print_order(order)
