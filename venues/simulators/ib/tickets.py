"""Order tickets: an order as a client of the API wrote it."""

from dataclasses import dataclass, replace
from decimal import Decimal

from venues.simulators.ib.listings import Wanted
from venues.simulators.ib.wire_format import Fields

TRAIL_LIMIT = "TRAIL LIMIT"
REDUCE_WITHOUT_BLOCK = 3
"""What IB makes of an OCA group whose type was left open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """The terms of an order. ``limit`` and ``aux`` are IB's lmtPrice and auxPrice."""

    action: str
    quantity: Decimal
    order_type: str
    limit: Decimal | None
    aux: Decimal | None
    tif: str
    account: str
    order_ref: str
    oca_group: str = ""
    oca_type: int = REDUCE_WITHOUT_BLOCK
    outside_rth: bool = False
    display_size: int = 0
    trigger_method: int = 0
    good_till_date: str = ""
    trail_stop_price: Decimal | None = None
    trailing_percent: Decimal | None = None
    limit_offset: Decimal | None = None
    parent_id: int = 0
    transmit: bool = True
    what_if: bool = False

    @property
    def unchangeable(self) -> "Ticket":
        """What must stay as it is when an order is placed again: all but prices and quantity."""
        return replace(
            self,
            quantity=Decimal(0),
            limit=None,
            aux=None,
            trail_stop_price=None,
            transmit=True,
        )


def read_contract(fields: Fields) -> Wanted:
    """The twelve contract fields of a request."""
    con_id, symbol, sec_type = fields.integer(), fields.text(), fields.text()
    expiry = fields.text()
    fields.skip(2)  # strike, right
    multiplier, exchange = fields.text(), fields.text()
    fields.skip(1)  # primary exchange: it only breaks ties that there are none of here
    return Wanted(
        con_id=con_id,
        symbol=symbol,
        sec_type=sec_type,
        expiry=expiry,
        multiplier=multiplier,
        exchange=exchange,
        currency=fields.text(),
        local_symbol=fields.text(),
        trading_class=fields.text(),
    )
