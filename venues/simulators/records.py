"""Orders and fills to ledger records and back."""

from decimal import Decimal

from venues.simulators.ledger import Record
from venues.simulators.matching import Side, TimeInForce
from venues.simulators.orders import Fill, Order, OrderType, Status


def accepted_record(order: Order) -> Record:
    """An order as it was accepted."""
    return {
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


def accepted_order(record: Record) -> Order:
    """The order that ``accepted_record`` wrote."""
    return Order(
        order_id=record["order_id"],
        account=record["account"],
        client_order_id=record["client_order_id"],
        symbol=record["symbol"],
        side=Side(record["side"]),
        type=OrderType(record["type"]),
        price=_decimal(record["price"]),
        quantity=Decimal(record["quantity"]),
        time_in_force=TimeInForce(record["time_in_force"]),
        post_only=record["post_only"],
        reduce_only=record["reduce_only"],
        quote_quantity=_decimal(record["quote_quantity"]),
        created_ns=record["t"],
        updated_ns=record["t"],
    )


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
    }


def ended_record(order: Order) -> Record:
    """The end of an order that did not fill completely."""
    assert order.status in (Status.CANCELED, Status.EXPIRED)
    return {
        "event": order.status.lower(),
        "t": order.updated_ns,
        "order_id": order.order_id,
        "client_order_id": order.client_order_id,
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
