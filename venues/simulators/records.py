"""Orders and fills to ledger records and back."""

from decimal import Decimal

from venues.simulators.ledger import Record
from venues.simulators.matching import Side, TimeInForce
from venues.simulators.orders import Fill, Group, Order, OrderType, Status, TriggerBy


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
    return record | _condition(order)


def _condition(order: Order) -> Record:
    """The terms that few orders have; only those that are set."""
    terms = {
        "trigger_price": _text(order.trigger_price),
        "trigger_by": order.trigger_by if order.type.is_conditional else None,
        "trailing_offset": _text(order.trailing_offset),
        "trailing_bps": _text(order.trailing_bps),
        "activation_price": _text(order.activation_price),
        "expire_ns": order.expire_ns,
        "display_quantity": _text(order.display_quantity),
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
        expire_ns=record.get("expire_ns"),
        display_quantity=decimal_of(record.get("display_quantity")),
        created_ns=record["t"],
        updated_ns=record["t"],
        group=Group(record["group_id"], record["group_name"]) if "group_id" in record else None,
    )
    order.begin()
    return order


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
    )


def amended_record(order: Order) -> Record:
    """The new terms of an order."""
    return {
        "event": "amended",
        "t": order.updated_ns,
        "order_id": order.order_id,
        "client_order_id": order.client_order_id,
        "price": _text(order.price),
        "quantity": str(order.quantity),
        "trigger_price": _text(order.trigger_price),
    }


def trailed_record(order: Order, now_ns: int) -> Record:
    """Where the trigger of a trailing order is now."""
    return {
        "event": "trailed",
        "t": now_ns,
        "order_id": order.order_id,
        "client_order_id": order.client_order_id,
        "trigger_price": _text(order.trigger_price),
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


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def decimal_of(text: str | None) -> Decimal | None:
    """A decimal that may be missing."""
    return None if text is None else Decimal(text)
