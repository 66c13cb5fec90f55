"""What the API says of orders: openOrder, orderStatus and completedOrder, field by field.

The layout of openOrder is that of a recorded one from a real TWS; its many fields that no simulated
order uses have the values that the real one sends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from venues.simulators.ib.booked import Booked
from venues.simulators.ib.listings import Listed
from venues.simulators.ib.wire_format import UNSET_DOUBLE, UNSET_INTEGER, Field, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What an order would do to the account: the answer to a what-if order. Initial and maintenance
    margin are the same here."""

    margin: Decimal
    margin_change: Decimal
    equity: Decimal
    commission: Decimal


def order_status(booked: Booked, status: str = "") -> Message:
    """orderStatus; ``status`` where it is not the order's own."""
    return (
        3,
        booked.order_id,
        status or booked.status,
        booked.executed,
        booked.ticket.quantity - booked.executed,
        booked.average_price,
        booked.perm_id,
        booked.ticket.parent_id,
        booked.last_price,
        booked.client_id,
        booked.why_held,
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
    booked: Booked,
    version: int,
    status: str = "",
    commission: Decimal | None = None,
    estimate: Estimate | None = None,
) -> Message:
    """openOrder; ``commission`` is that of the executions so far, once it is known, ``estimate``
    what only a what-if order has."""
    ticket = booked.ticket
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
        *("0", "0", "0", "", ticket.oca_type, "0", "0", ""),  # blockOrder to nbboPriceCap
        ticket.parent_id,
        ticket.trigger_method,
        *("", "0", "None", ""),  # volatility to deltaNeutralAuxPrice
        *("0", "", "", "", "?", "0", "0", ""),  # the eight that follow "None"
        *("0", ""),  # continuousUpdate, referencePriceType
        *_trailing(booked),
        *("", "", ""),  # basisPoints, basisPointsType, comboLegsDescrip
        *("0", "0", "0"),  # legs, leg prices, smart routing parameters
        *(UNSET_INTEGER, UNSET_INTEGER, ""),  # scale
        "",  # hedgeType
        *("0", "", "IB", "0", "0", "", "0"),  # optOutSmartRouting to solicited
        estimate is not None,  # whatIf
        status or booked.status,
        *_charges(booked, commission, estimate),
        *("", "0", "0", "0"),  # warningText, randomizeSize, randomizePrice, conditions
        "None",  # adjustedOrderType
        UNSET_DOUBLE,  # triggerPrice
        _trail_stop(booked),
        _limit_offset(booked),
        *(UNSET_DOUBLE,) * 3,  # of adjusted stops
        "0",  # adjustableTrailingUnit
        *("", "", ""),  # softDollarTier
        *("0", "0", "0", "0", "0"),  # cashQty to usePriceMgmtAlgo
        *_newer(version),
    )


def completed_order(
    booked: Booked, version: int, completed_time: str, completed_status: str
) -> Message:
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
        *("0", "0", "", ticket.oca_type, ticket.trigger_method),  # sweepToFill to triggerMethod
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
        _limit_offset(booked),
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
        _limit(booked),
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
    if not booked.kind.core.trails:
        return UNSET_DOUBLE
    order = booked.order
    stop = booked.ticket.trail_stop_price if order is None else order.trigger_price
    return UNSET_DOUBLE if stop is None else stop


def _limit_offset(booked: Booked) -> Field:
    """How far from its trigger a trailing limit order may trade."""
    order = booked.order
    offset = booked.ticket.limit_offset if order is None else order.limit_offset
    return UNSET_DOUBLE if offset is None else offset


def _limit(booked: Booked) -> Field:
    """The limit price: that of the order where the market gave it one."""
    order = booked.order
    limit = booked.ticket.limit if order is None or booked.kind.pegged else order.working_price
    return "0.0" if limit is None else limit


def _charges(booked: Booked, commission: Decimal | None, estimate: Estimate | None) -> Message:
    """Nine margins and equities, the commission, its bounds and its currency."""
    currency = booked.listed.currency
    if estimate is not None:
        before, change, equity = estimate.margin, estimate.margin_change, estimate.equity
        return (
            *(before, before, equity),
            *(change, change, Decimal(0)),
            *(before + change, before + change, equity),
            *(estimate.commission, UNSET_DOUBLE, UNSET_DOUBLE, currency),
        )
    charged = (UNSET_DOUBLE, "") if commission is None else (commission, currency)
    return (*(UNSET_DOUBLE,) * 9, charged[0], UNSET_DOUBLE, UNSET_DOUBLE, charged[1])


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
