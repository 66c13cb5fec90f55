"""The venue's orders, trades and positions in our words. Pure: JSON in, records out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from domain.fills import Fill
from domain.identifiers import order_id_of_venue_client_id
from domain.orders import OrderStatus
from domain.sides import Side
from venues.deribit.listings import milliseconds, number
from venues.deribit.names import instrument_id
from venues.port import OrderReport

_AT_ONCE = ("immediate_or_cancel", "fill_or_kill")

type Told = Mapping[str, Any]


def label_of(told: Told) -> str:
    """Our client id of an order or trade; empty where it is not ours."""
    label = str(told.get("label") or "")
    return label if order_id_of_venue_client_id(label) is not None else ""


def status_of(told: Told) -> OrderStatus:
    """Where an order stands. A conditional order that waits is accepted."""
    match told["order_state"]:
        case "filled":
            return OrderStatus.FILLED
        case "rejected":
            return OrderStatus.REJECTED
        case "cancelled":
            return OrderStatus.EXPIRED if ended_by_time(told) else OrderStatus.CANCELED
    partly = number(told.get("filled_amount") or 0) > 0
    return OrderStatus.PARTIALLY_FILLED if partly else OrderStatus.ACCEPTED


def ended_by_time(told: Told) -> bool:
    """Whether a cancelled order ended by its time in force, and not by anybody's request."""
    if told.get("cancel_reason") == "user_request":
        return told.get("time_in_force") in _AT_ONCE
    return told.get("time_in_force") in (*_AT_ONCE, "good_til_day")


def report_of(told: Told) -> OrderReport:
    """An order as the venue has it."""
    return OrderReport(
        venue_client_id=str(told.get("label") or ""),
        venue_order_id=str(told["order_id"]),
        instrument_id=instrument_id(str(told["instrument_name"])),
        status=status_of(told),
        filled_qty=number(told.get("filled_amount") or 0),
        quantity=number(told["amount"]) if "amount" in told else None,
        price=price_of(told),
        trigger_price=trigger_price_of(told),
    )


def price_of(told: Told) -> Decimal | None:
    """The limit price; what the venue shows for a market order is none."""
    if told.get("order_type") not in ("limit", "stop_limit", "take_limit"):
        return None
    price = told.get("price")
    return None if price in (None, "market_price") else number(price)


def trigger_price_of(told: Told) -> Decimal | None:
    price = told.get("trigger_price")
    return None if price is None else number(price)


def chosen(found: Sequence[Told]) -> Told:
    """The one order among those, at least one, that share a label.

    A conditional order that has triggered is shown next to the order it became: that one counts.
    Of several that are equally real an open one counts first, then the one that traded most.
    """
    return max(_real(found) or found, key=_weight)


def contradiction(found: Sequence[Told]) -> str | None:
    """What is wrong if several real orders share a label: more is at the venue than was sent."""
    real = {str(told["order_id"]): str(told["order_state"]) for told in _real(found)}
    if len(real) < 2:
        return None
    orders = ", ".join(f"{order_id} {state}" for order_id, state in sorted(real.items()))
    return f"the venue has {len(real)} orders under the label {found[0]['label']}: {orders}"


def _real(found: Sequence[Told]) -> list[Told]:
    return [told for told in found if told["order_state"] != "triggered"]


def _weight(told: Told) -> tuple[bool, Decimal]:
    is_open = told["order_state"] in ("open", "untriggered")
    return is_open, number(told.get("filled_amount") or 0)


def fill_of(told: Told, account_id: str) -> Fill:
    """A trade of one of our orders; a maker's rebate is a negative fee, as everywhere."""
    order_id = order_id_of_venue_client_id(str(told["label"]))
    assert order_id is not None, "asked for by label_of"
    return Fill(
        order_id=order_id,
        account_id=account_id,
        instrument_id=instrument_id(str(told["instrument_name"])),
        trade_id=str(told["trade_id"]),
        venue_order_id=str(told["order_id"]),
        side=Side.BUY if told["direction"] == "buy" else Side.SELL,
        quantity=number(told["amount"]),
        price=number(told["price"]),
        fee=number(told["fee"]),
        fee_currency=str(told["fee_currency"]),
        is_maker=told.get("liquidity") == "M",
        ts_event=milliseconds(told["timestamp"]),
    )
