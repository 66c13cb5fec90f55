"""Order tickets: an order as a client of the API wrote it, and reading it from the wire."""

from dataclasses import dataclass
from decimal import Decimal

from venues.simulators.ib.errors import invalid
from venues.simulators.ib.listings import Wanted
from venues.simulators.ib.wire_format import UNSET_INTEGER, Fields

_PEGGED = frozenset({"PEG BENCH", "PEGBENCH"})
_NOT_SET = frozenset({"", "0", "0.0", "false", UNSET_INTEGER})


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
    oca_type: int = 0
    outside_rth: bool = False
    display_size: int = 0
    trigger_method: int = 0
    good_till_date: str = ""
    trail_stop_price: Decimal | None = None
    trailing_percent: Decimal | None = None


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


def read_ticket(fields: Fields, version: int, sec_type: str) -> Ticket:
    """The rest of a placeOrder message, behind its contract.

    Raises ApiError for features that are not simulated: an order must not lose a term silently.
    """
    fields.skip(2)  # secIdType, secId
    if sec_type == "BAG":
        raise invalid("Combination orders are not simulated")
    action, quantity = fields.text().upper(), fields.decimal()
    order_type, limit, aux = fields.text().upper(), fields.decimal(), fields.decimal()
    tif, oca_group, account = fields.text().upper(), fields.text(), fields.text()
    fields.skip(2)  # openClose, origin
    order_ref, transmit, parent_id = fields.text(), fields.flag(), fields.integer()
    fields.skip(2)  # blockOrder, sweepToFill
    display_size, trigger_method = fields.integer(), fields.integer()
    outside_rth = fields.flag()
    _refuse(fields, "hidden")
    fields.skip(1)  # sharesAllocation
    _refuse(fields, "discretionaryAmt")
    _refuse(fields, "goodAfterTime")
    good_till_date = fields.text()
    # faGroup, faMethod, faPercentage, faProfile, modelCode, shortSaleSlot, designatedLocation,
    # exemptCode
    fields.skip(8 if version < 177 else 7)
    oca_type = fields.integer()
    fields.skip(2)  # rule80A, settlingFirm
    _refuse(fields, "allOrNone")
    _refuse(fields, "minQty")
    fields.skip(13)  # percentOffset to volatilityType: of order types that are refused
    delta_neutral = fields.text().upper()
    if delta_neutral not in ("", "NONE"):
        raise invalid("Delta neutral orders are not simulated")
    # A client that modifies what it read back sends "None", and eight fields with it.
    fields.skip(9 if delta_neutral else 1)
    fields.skip(2)  # continuousUpdate, referencePriceType
    trail_stop_price, trailing_percent = fields.decimal(), fields.decimal()
    fields.skip(2)
    if fields.decimal():
        raise invalid("Scale orders are not simulated")
    fields.skip(3)  # scaleTable, activeStartTime, activeStopTime
    if fields.text():
        raise invalid("Hedge orders are not simulated")
    fields.skip(4)  # optOutSmartRouting, clearingAccount, clearingIntent, notHeld
    if fields.flag():
        raise invalid("Delta neutral contracts are not simulated")
    if fields.text():
        raise invalid("Algo orders are not simulated")
    fields.skip(1)  # algoId
    if fields.flag():
        raise invalid("What-if orders are not simulated")
    fields.skip(4)  # orderMiscOptions, solicited, randomizeSize, randomizePrice
    if order_type in _PEGGED:
        raise invalid("Pegged orders are not simulated")
    if fields.integer():
        raise invalid("Conditions are not simulated")
    if not transmit or parent_id:
        raise invalid("Orders that are not transmitted or have a parent are not simulated")
    return Ticket(
        action=action,
        quantity=quantity or Decimal(0),
        order_type=order_type,
        limit=limit,
        aux=aux,
        tif=tif or "DAY",
        account=account,
        order_ref=order_ref,
        oca_group=oca_group,
        oca_type=oca_type,
        outside_rth=outside_rth,
        display_size=display_size,
        trigger_method=trigger_method,
        good_till_date=good_till_date,
        trail_stop_price=trail_stop_price,
        trailing_percent=trailing_percent,
    )


def _refuse(fields: Fields, term: str) -> None:
    if fields.text() not in _NOT_SET:
        raise invalid(f"The term {term} is not simulated")
