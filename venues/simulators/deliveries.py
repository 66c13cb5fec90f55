"""Positions that ended because their instruments expired, and how the ledger tells of them."""

from dataclasses import dataclass
from decimal import Decimal

from venues.simulators.ledger import Record
from venues.simulators.matching import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A position that its instrument's expiry closed. ``side`` is the side that closes it."""

    delivery_id: int
    account: str
    symbol: str
    side: Side
    price: Decimal
    quantity: Decimal
    fee: Decimal
    fee_asset: str
    realized_pnl: Decimal
    time_ns: int


@dataclass(frozen=True, slots=True)
class Expired:
    """An instrument that is no more: what it was worth at its end, at which price of its index."""

    price: Decimal
    index: Decimal
    time_ns: int


def expired_record(symbol: str, expired: Expired) -> Record:
    """The end of an instrument."""
    return {
        "event": "instrument_expired",
        "t": expired.time_ns,
        "symbol": symbol,
        "price": str(expired.price),
        "index": str(expired.index),
    }


def expired_of(record: Record) -> Expired:
    """The end that ``expired_record`` wrote."""
    return Expired(Decimal(record["price"]), Decimal(record["index"]), record["t"])


def delivered_record(delivery: Delivery) -> Record:
    """The end of a position with its instrument."""
    return {
        "event": "delivered",
        "t": delivery.time_ns,
        "delivery_id": delivery.delivery_id,
        "account": delivery.account,
        "symbol": delivery.symbol,
        "side": delivery.side,
        "price": str(delivery.price),
        "quantity": str(delivery.quantity),
        "fee": str(delivery.fee),
        "fee_asset": delivery.fee_asset,
        "realized_pnl": str(delivery.realized_pnl),
    }


def delivery_of(record: Record) -> Delivery:
    """The delivery that ``delivered_record`` wrote."""
    return Delivery(
        delivery_id=record["delivery_id"],
        account=record["account"],
        symbol=record["symbol"],
        side=Side(record["side"]),
        price=Decimal(record["price"]),
        quantity=Decimal(record["quantity"]),
        fee=Decimal(record["fee"]),
        fee_asset=record["fee_asset"],
        realized_pnl=Decimal(record["realized_pnl"]),
        time_ns=record["t"],
    )
