"""The fields of placeOrder behind its contract, in their order, and what becomes of each.

An order must not lose a term silently: a term that is not simulated is refused where it is set.
Those that are passed over change nothing that could be simulated.
"""

from collections.abc import Iterator, Mapping

from venues.simulators.ib.errors import not_simulated, unsupported_type
from venues.simulators.ib.wire_format import UNSET, Fields

NOT_SET = UNSET | {"0", "0.0", "false"}

# What each field is, by its name in IB's documentation; a number is the server version that has it.
_UNTIL_HIDDEN = (
    "secIdType secId action totalQuantity orderType lmtPrice auxPrice tif ocaGroup account "
    "openClose origin orderRef transmit parentId blockOrder sweepToFill displaySize triggerMethod "
    "outsideRth hidden"
)
_UNTIL_DELTA_NEUTRAL = (
    "shortSaleSlot designatedLocation exemptCode ocaType rule80A settlingFirm allOrNone minQty "
    "percentOffset eTradeOnly firmQuoteOnly nbboPriceCap auctionStrategy startingPrice "
    "stockRefPrice delta stockRangeLower stockRangeUpper overridePercentageConstraints volatility "
    "volatilityType deltaNeutralOrderType deltaNeutralAuxPrice"
)
_UNTIL_CONDITIONS = (
    "continuousUpdate referencePriceType trailStopPrice trailingPercent scaleInitLevelSize "
    "scaleSubsLevelSize scalePriceIncrement scaleTable activeStartTime activeStopTime hedgeType "
    "optOutSmartRouting clearingAccount clearingIntent notHeld deltaNeutralContract algoStrategy "
    "algoId whatIf orderMiscOptions solicited randomizeSize randomizePrice conditions"
)
_REST = (
    "adjustedOrderType triggerPrice lmtPriceOffset adjustedStopPrice adjustedStopLimitPrice "
    "adjustedTrailingAmount adjustableTrailingUnit extOperator softDollarTierName "
    "softDollarTierValue cashQty mifid2DecisionMaker mifid2DecisionAlgo mifid2ExecutionTrader "
    "mifid2ExecutionAlgo dontUseAutoPriceForHedge isOmsContainer discretionaryUpToLimitPrice "
    "usePriceMgmtAlgo"
)
_NEWER = (
    (158, "duration"),
    (160, "postToAts"),
    (162, "autoCancelParent"),
    (166, "advancedErrorOverride"),
    (169, "manualOrderTime"),
)
_DELTA_NEUTRAL_FIELDS = 8
_PEG_BENCH = ("PEG BENCH", "PEGBENCH")

REFUSED: Mapping[str, frozenset[str]] = {
    name: NOT_SET | set(also.split())
    for name, also in {
        "blockOrder": "",
        "sweepToFill": "",
        "hidden": "",
        "discretionaryAmt": "",
        "goodAfterTime": "",
        "faGroup": "",
        "faMethod": "",
        "faPercentage": "",
        "faProfile": "",
        "modelCode": "",
        "shortSaleSlot": "",
        "allOrNone": "",
        "minQty": "",
        "percentOffset": "",
        "nbboPriceCap": "",
        "auctionStrategy": "",
        "startingPrice": "",
        "stockRefPrice": "",
        "delta": "",
        "stockRangeLower": "",
        "stockRangeUpper": "",
        "volatility": "",
        "deltaNeutralOrderType": "none",
        "scaleInitLevelSize": "",
        "scaleSubsLevelSize": "",
        "scalePriceIncrement": "",
        "scaleTable": "",
        "activeStartTime": "",
        "activeStopTime": "",
        "hedgeType": "",
        "notHeld": "",
        "deltaNeutralContract": "",
        "algoStrategy": "",
        "randomizeSize": "",
        "randomizePrice": "",
        "conditions": "",
        "adjustedOrderType": "none",
        "cashQty": "",
        "isOmsContainer": "",
        "discretionaryUpToLimitPrice": "",
        "duration": "",
        "postToAts": "",
        "autoCancelParent": "",
    }.items()
}
"""Terms that are not simulated, with the values that leave them open."""


def read_order_fields(fields: Fields, version: int, sec_type: str) -> Mapping[str, str]:
    """The texts of an order by the names of their fields. Raises ApiError for what is refused."""
    read: dict[str, str] = {}
    for name in _names(read, fields, version, sec_type):
        text = read[name] = fields.text()
        if name in REFUSED and text.lower() not in REFUSED[name]:
            raise not_simulated(f"the term {name}")
    return read


def _names(read: Mapping[str, str], fields: Fields, version: int, sec_type: str) -> Iterator[str]:
    """The names of the fields to come. What would make a list follow (conditions, algos, scales,
    hedges) is refused before; only the empty delta neutral that a client repeats is not."""
    yield from _UNTIL_HIDDEN.split()
    if sec_type == "BAG":
        raise not_simulated("combination orders")
    if read["orderType"].upper() in _PEG_BENCH:
        raise unsupported_type()
    yield from ("sharesAllocation", "discretionaryAmt", "goodAfterTime", "goodTillDate")
    yield from ("faGroup", "faMethod", "faPercentage")
    if version < 177:
        yield "faProfile"
    yield "modelCode"
    yield from _UNTIL_DELTA_NEUTRAL.split()
    if read["deltaNeutralOrderType"]:
        fields.skip(_DELTA_NEUTRAL_FIELDS)
    yield from _UNTIL_CONDITIONS.split()
    yield from _REST.split()
    for since, name in _NEWER:
        if version >= since:
            yield name
