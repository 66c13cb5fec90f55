"""Orders and fills to ledger records and back."""

from collections.abc import Iterable
from decimal import Decimal

from venues.simulators.ledger import Record
from venues.simulators.matching import SelfTrade, Side, TimeInForce
from venues.simulators.orders import (
    Condition,
    Fill,
    Group,
    Manner,
    Order,
    OrderType,
    Status,
    TriggerBy,
)


def accepted_record(order: Order) -> Record:
    """An order as it was accepted."""
    record = {
        "event": "accepted",
        "t": order.created_ns,
        "order_id": order.order_id,
        "client_order_id": order.client_order_id,
        "account": order.account,
        "symbol": order.symbol,
        "side": order.side,
        "type": order.type,
        "time_in_force": order.time_in_force,
        "post_only": order.post_only,
        "reduce_only": order.reduce_only,
        "price": _text(order.price),
        "quantity": str(order.quantity),
        "quote_quantity": _text(order.quote_quantity),
    }
    return record | _rare_terms(order)


def _rare_terms(order: Order) -> Record:
    """The terms that few orders have; only those that are set."""
    terms = {
        "trigger_price": _text(order.trigger_price),
        "trigger_by": order.trigger_by if order.type.is_conditional else None,
        "trailing_offset": _text(order.trailing_offset),
        "trailing_bps": _text(order.trailing_bps),
        "activation_price": _text(order.activation_price),
        "limit_offset": _text(order.limit_offset),
        "expire_ns": order.expire_ns,
        "display_quantity": _text(order.display_quantity),
        "self_trade": None if order.self_trade is SelfTrade.ALLOWED else order.self_trade,
        "alternative": _condition_record(order.alternative),
        "venue_terms": dict(order.venue_terms) or None,
        "group_id": order.group.group_id if order.group else None,
        "group_name": order.group.name if order.group else None,
    }
    return {name: value for name, value in terms.items() if value is not None}


def accepted_order(record: Record) -> Order:
    """The order that ``accepted_record`` wrote."""
    order = Order(
        order_id=record["order_id"],
        account=record["account"],
        client_order_id=record["client_order_id"],
        symbol=record["symbol"],
        side=Side(record["side"]),
        type=OrderType(record["type"]),
        price=decimal_of(record["price"]),
        quantity=Decimal(record["quantity"]),
        time_in_force=TimeInForce(record["time_in_force"]),
        post_only=record["post_only"],
        reduce_only=record["reduce_only"],
        quote_quantity=decimal_of(record["quote_quantity"]),
        trigger_price=decimal_of(record.get("trigger_price")),
        trigger_by=TriggerBy(record.get("trigger_by", TriggerBy.LAST)),
        trailing_offset=decimal_of(record.get("trailing_offset")),
        trailing_bps=decimal_of(record.get("trailing_bps")),
        activation_price=decimal_of(record.get("activation_price")),
        limit_offset=decimal_of(record.get("limit_offset")),
        expire_ns=record.get("expire_ns"),
        display_quantity=decimal_of(record.get("display_quantity")),
        self_trade=SelfTrade(record.get("self_trade", SelfTrade.ALLOWED)),
        alternative=condition_of(record.get("alternative")),
        venue_terms=record.get("venue_terms", {}),
        created_ns=record["t"],
        updated_ns=record["t"],
        group=Group(record["group_id"], record["group_name"]) if "group_id" in record else None,
    )
    order.begin()
    return order


def carried_record(order: Order, fills: Iterable[Fill]) -> Record:
    """An open order as it stands, for a new part of a ledger to begin with."""
    return accepted_record(order) | {
        "event": "carried",
        "status": order.status,
        "executed": str(order.executed),
        "cumulative_quote": str(order.cumulative_quote),
        "shown": str(order.shown),
        "amended": order.amended,
        "triggered": order.triggered,
        "triggered_ns": order.triggered_ns,
        "updated_ns": order.updated_ns,
        "fills": [filled_record(fill) for fill in fills],
    }


def carried_order(record: Record) -> tuple[Order, list[Fill]]:
    """The order and the fills that ``carried_record`` wrote."""
    order = accepted_order(record)
    order.status = Status(record["status"])
    order.executed = Decimal(record["executed"])
    order.cumulative_quote = Decimal(record["cumulative_quote"])
    order.shown = Decimal(record["shown"])
    order.amended = int(record["amended"])
    order.triggered, order.triggered_ns = record["triggered"], record["triggered_ns"]
    order.updated_ns = record["updated_ns"]
    return order, [filled_fill(fill) for fill in record["fills"]]


def filled_record(fill: Fill) -> Record:
    """One side of a trade."""
    return {
        "event": "filled",
        "t": fill.time_ns,
        "order_id": fill.order_id,
        "client_order_id": fill.client_order_id,
        "account": fill.account,
        "trade_id": fill.trade_id,
        "symbol": fill.symbol,
        "side": fill.side,
        "price": str(fill.price),
        "quantity": str(fill.quantity),
        "fee": str(fill.fee),
        "fee_asset": fill.fee_asset,
        "maker": fill.is_maker,
        "realized_pnl": str(fill.realized_pnl),
        "closed": str(fill.closed),
    }


def filled_fill(record: Record) -> Fill:
    """The fill that ``filled_record`` wrote."""
    return Fill(
        trade_id=record["trade_id"],
        order_id=record["order_id"],
        client_order_id=record["client_order_id"],
        account=record["account"],
        symbol=record["symbol"],
        side=Side(record["side"]),
        price=Decimal(record["price"]),
        quantity=Decimal(record["quantity"]),
        fee=Decimal(record["fee"]),
        fee_asset=record["fee_asset"],
        is_maker=record["maker"],
        realized_pnl=Decimal(record["realized_pnl"]),
        time_ns=record["t"],
        closed=Decimal(record.get("closed", 0)),
    )


def amended_record(order: Order) -> Record:
    """The new terms of an order."""
    other = _condition_record(order.alternative)
    return {
        "event": "amended",
        "t": order.updated_ns,
        "order_id": order.order_id,
        "client_order_id": order.client_order_id,
        "price": _text(order.price),
        "quantity": str(order.quantity),
        "trigger_price": _text(order.trigger_price),
        "post_only": order.post_only,
        "reduce_only": order.reduce_only,
        "display_quantity": _text(order.display_quantity),
        "trailing_offset": _text(order.trailing_offset),
        "venue_terms": dict(order.venue_terms),
    } | ({} if other is None else {"alternative": other})


def amended_manner(record: Record, order: Order) -> Manner:
    """How an order behaves after an amendment; older ledgers tell only of price and size."""
    if "venue_terms" not in record:
        return order.manner
    return Manner(
        post_only=record["post_only"],
        reduce_only=record["reduce_only"],
        display_quantity=decimal_of(record["display_quantity"]),
        trailing_offset=decimal_of(record["trailing_offset"]),
        venue_terms=record["venue_terms"],
    )


def trailed_record(order: Order, now_ns: int) -> Record:
    """Where the trigger of a trailing order is now."""
    return {
        "event": "trailed",
        "t": now_ns,
        "order_id": order.order_id,
        "client_order_id": order.client_order_id,
        "trigger_price": _text(order.trigger_price),
    }


def switched_record(order: Order, now_ns: int) -> Record:
    """An order with two conditions whose other one was reached."""
    return {
        "event": "switched",
        "t": now_ns,
        "order_id": order.order_id,
        "client_order_id": order.client_order_id,
    }


def triggered_record(order: Order) -> Record:
    """A conditional order that became a working one."""
    return {
        "event": "triggered",
        "t": order.updated_ns,
        "order_id": order.order_id,
        "client_order_id": order.client_order_id,
    }


def ended_record(order: Order) -> Record:
    """The end of an order that did not fill completely."""
    assert order.status in (Status.CANCELED, Status.EXPIRED)
    assert order.end_reason is not None
    return {
        "event": order.status.lower(),
        "t": order.updated_ns,
        "order_id": order.order_id,
        "client_order_id": order.client_order_id,
        "reason": order.end_reason,
    }


def _condition_record(condition: Condition | None) -> Record | None:
    if condition is None:
        return None
    return {
        "type": condition.type,
        "trigger_price": str(condition.trigger_price),
        "trigger_by": condition.trigger_by,
        "price": _text(condition.price),
    }


def condition_of(record: Record | None) -> Condition | None:
    """The other condition that a record tells of."""
    if record is None:
        return None
    return Condition(
        type=OrderType(record["type"]),
        trigger_price=Decimal(record["trigger_price"]),
        trigger_by=TriggerBy(record["trigger_by"]),
        price=decimal_of(record["price"]),
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def decimal_of(text: str | None) -> Decimal | None:
    """A decimal that may be missing."""
    return None if text is None else Decimal(text)
