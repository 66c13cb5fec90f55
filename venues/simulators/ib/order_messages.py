"""What the API says of orders: openOrder, orderStatus and completedOrder, field by field.

The layout of openOrder is that of a recorded one from a real TWS; its many fields that no simulated
order uses have the values that the real one sends.
"""

from collections.abc import Sequence
from decimal import Decimal

from venues.simulators.ib.listings import Listed
from venues.simulators.ib.ticket_book import Booked
from venues.simulators.ib.wire_format import UNSET_DOUBLE, UNSET_INTEGER, Field

_MARGINS = (UNSET_DOUBLE,) * 9
_COMMISSION_UNKNOWN = (UNSET_DOUBLE, UNSET_DOUBLE, UNSET_DOUBLE, "")


def order_status(booked: Booked, status: str = "") -> Sequence[Field]:
    """orderStatus; ``status`` where it is not the order's own."""
    last = booked.average_price
    return (
        3,
        booked.order_id,
        status or booked.status,
        booked.executed,
        booked.ticket.quantity - booked.executed,
        booked.average_price,
        booked.perm_id,
        0,  # parentId
        last,
        booked.client_id,
        "",  # whyHeld
        "0.0",  # mktCapPrice
    )


def contract(listed: Listed) -> Sequence[Field]:
    """The eleven contract fields of openOrder, completedOrder and executions."""
    return (
        listed.con_id,
        listed.symbol,
        listed.sec_type,
        listed.expiry,
        "0",
        "?",
        listed.multiplier,
        listed.exchange,
        listed.currency,
        listed.local_symbol,
        listed.trading_class,
    )


def open_order(
    booked: Booked, version: int, status: str = "", commission: Decimal | None = None
) -> Sequence[Field]:
    """openOrder; ``commission`` is that of the executions so far, once it is known."""
    ticket = booked.ticket
    charged: Sequence[Field] = _COMMISSION_UNKNOWN
    if commission is not None:
        charged = (commission, UNSET_DOUBLE, UNSET_DOUBLE, booked.listed.currency)
    return (
        5,
        booked.order_id,
        *contract(booked.listed),
        *_terms(booked, (booked.client_id, booked.perm_id)),
        "0",  # discretionaryAmt
        "",  # goodAfterTime
        f"{booked.perm_id}.0/{ticket.account}/{ticket.quantity:f}",  # sharesAllocation
        *("", "", ""),  # faGroup, faMethod, faPercentage
        *(("",) if version < 177 else ()),  # faProfile
        "",  # modelCode
        ticket.good_till_date,
        *("", "", "", "0", "", "-1", "0"),  # rule80A to auctionStrategy
        *("", "", "", "", ""),  # startingPrice to stockRangeUpper
        ticket.display_size or UNSET_INTEGER,
        *("0", "0", "0", "", ticket.oca_type or 3, "0", "0", "", "0"),  # blockOrder to parentId
        ticket.trigger_method,
        *("", "0", "None", ""),  # volatility to deltaNeutralAuxPrice
        *("0", "", "", "", "?", "0", "0", ""),  # the eight that follow "None"
        *("0", ""),  # continuousUpdate, referencePriceType
        *_trailing(booked),
        *("", "", ""),  # basisPoints, basisPointsType, comboLegsDescrip
        *("0", "0", "0"),  # legs, leg prices, smart routing parameters
        *(UNSET_INTEGER, UNSET_INTEGER, ""),  # scale
        "",  # hedgeType
        *("0", "", "IB", "0", "0", "", "0", "0"),  # optOutSmartRouting to whatIf
        status or booked.status,
        *_MARGINS,
        *charged,
        *("", "0", "0", "0"),  # warningText, randomizeSize, randomizePrice, conditions
        "None",  # adjustedOrderType
        UNSET_DOUBLE,  # triggerPrice
        _trail_stop(booked),
        *(UNSET_DOUBLE,) * 4,
        "0",  # adjustableTrailingUnit
        *("", "", ""),  # softDollarTier
        *("0", "0", "0", "0", "0"),  # cashQty to usePriceMgmtAlgo
        *_newer(version),
    )


def completed_order(
    booked: Booked, version: int, completed_time: str, completed_status: str
) -> Sequence[Field]:
    """completedOrder: it has no orderId and no clientId."""
    ticket = booked.ticket
    return (
        101,
        *contract(booked.listed),
        *_terms(booked, (booked.perm_id,)),
        *("0", "", "", "", ""),  # discretionaryAmt to faPercentage
        *(("",) if version < 177 else ()),
        "",  # modelCode
        ticket.good_till_date,
        *("", "", "", "0", "", "-1"),  # rule80A to exemptCode
        *("", "", "", "", ""),  # startingPrice to stockRangeUpper
        ticket.display_size or UNSET_INTEGER,
        *(
            "0",
            "0",
            "",
            ticket.oca_type or 3,
            ticket.trigger_method,
        ),  # sweepToFill to triggerMethod
        *("", "0", "None", ""),  # volatility to deltaNeutralAuxPrice
        *("0", "0", "0", ""),  # the four that follow "None"
        *("0", ""),  # continuousUpdate, referencePriceType
        *_trailing(booked),
        *("", "0", "0", "0"),  # comboLegsDescrip, legs, leg prices, routing parameters
        *(UNSET_INTEGER, UNSET_INTEGER, ""),  # scale
        *("", "", "IB", "0", "0", "", "0"),  # hedgeType to solicited
        booked.status,
        *("0", "0", "0"),  # randomizeSize, randomizePrice, conditions
        _trail_stop(booked),
        UNSET_DOUBLE,  # lmtPriceOffset
        *("0", "0", "0", ""),  # cashQty to autoCancelDate
        booked.executed,
        *("0", "0", "", "0", "0"),  # refFuturesConId to routeMarketableToBbo
        UNSET_INTEGER,  # parentPermId
        completed_time,
        completed_status,
        *(_PEG_EXTRAS if version >= 170 else ()),
    )


_PEG_EXTRAS: Sequence[Field] = ("", "", "", "", "")


def _terms(booked: Booked, ids: Sequence[Field]) -> Sequence[Field]:
    """From action to hidden; ``ids`` stand behind orderRef."""
    ticket = booked.ticket
    return (
        ticket.action,
        ticket.quantity,
        ticket.order_type,
        "0.0" if ticket.limit is None else ticket.limit,
        "0.0" if ticket.aux is None else ticket.aux,
        ticket.tif,
        ticket.oca_group,
        ticket.account,
        "",  # openClose
        "0",  # origin
        ticket.order_ref,
        *ids,
        ticket.outside_rth,
        "0",  # hidden
    )


def _trailing(booked: Booked) -> Sequence[Field]:
    return (_trail_stop(booked), booked.ticket.trailing_percent)


def _trail_stop(booked: Booked) -> Field:
    """Where a trailing stop would trigger now."""
    order = booked.order
    if order is None or booked.ticket.order_type != "TRAIL" or order.trigger_price is None:
        return UNSET_DOUBLE
    return order.trigger_price


def _newer(version: int) -> Sequence[Field]:
    """What later versions append: duration 158, postToAts 160, autoCancelParent 162, peg 170."""
    fields: tuple[Field, ...] = ()
    for since, more in (
        (158, (UNSET_INTEGER,)),
        (160, (UNSET_INTEGER,)),
        (162, ("0",)),
        (170, _PEG_EXTRAS),
    ):
        if version >= since:
            fields = (*fields, *more)
    return fields
