"""IB's order types: what each is to the matching core, and for which products IB has it."""

from collections.abc import Mapping
from dataclasses import dataclass

from venues.simulators.ib.tickets import TRAIL_LIMIT
from venues.simulators.orders import OrderType

STOCK, FUTURE, FOREX = "STK", "FUT", "CASH"
_ALL = frozenset({STOCK, FUTURE, FOREX})
_LISTED = frozenset({STOCK, FUTURE})


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderKind:
    """``pegged`` orders follow the quote, ``on_close`` ones wait for the end of the session.

    ``takes_price`` says that lmtPrice is needed; of a pegged order it is a cap that may be missing.
    ``detail`` is how contract details name the type.
    """

    core: OrderType
    detail: str
    products: frozenset[str] = _ALL
    takes_price: bool = False
    pegged: bool = False
    on_close: bool = False


_STOP_LIMIT = OrderKind(core=OrderType.STOP_LIMIT, detail="STPLMT", takes_price=True)

KINDS: Mapping[str, OrderKind] = {
    "MKT": OrderKind(core=OrderType.MARKET, detail="MKT"),
    "LMT": OrderKind(core=OrderType.LIMIT, detail="LMT", takes_price=True),
    "STP": OrderKind(core=OrderType.STOP_MARKET, detail="STP"),
    "STP LMT": _STOP_LIMIT,
    "STPLMT": _STOP_LIMIT,
    "MIT": OrderKind(core=OrderType.TAKE_PROFIT_MARKET, detail="MIT"),
    "LIT": OrderKind(core=OrderType.TAKE_PROFIT_LIMIT, detail="LIT", takes_price=True),
    "TRAIL": OrderKind(core=OrderType.TRAILING_STOP_MARKET, detail="TRAIL"),
    TRAIL_LIMIT: OrderKind(core=OrderType.TRAILING_STOP_LIMIT, detail="TRAILLMT"),
    "MTL": OrderKind(core=OrderType.LIMIT, detail="MTL", products=_LISTED),
    "MOC": OrderKind(core=OrderType.MARKET, detail="MOC", products=_LISTED, on_close=True),
    "LOC": OrderKind(
        core=OrderType.LIMIT, detail="LOC", products=_LISTED, takes_price=True, on_close=True
    ),
    "REL": OrderKind(core=OrderType.LIMIT, detail="REL", products=_LISTED, pegged=True),
    "MIDPRICE": OrderKind(
        core=OrderType.LIMIT, detail="MIDPX", products=frozenset({STOCK}), pegged=True
    ),
}

OTHERS_OF_IB = frozenset(
    {
        "BOX TOP", "FUNARI", "LWD", "MKT PRT", "MIDPX", "PASSV REL", "PEG BENCH", "PEG BEST",
        "PEG MID", "PEG MKT", "PEG PRIM", "PEG STK", "QUOTE", "REL + LMT", "REL + MKT", "RPI",
        "SNAP MID", "SNAP MKT", "SNAP PRIM", "STP PRT", "TRAIL LIT", "TRAIL MIT", "TRAIL REL + LMT",
        "TRAIL REL + MKT", "VOL", "VWAP",
    }
)  # fmt: skip
"""Types that IB has and that are not played here: refused with 387, as types unknown are not."""


def details_of(product: str) -> str:
    """The orderTypes of contract details: types and times in force, without a space."""
    types = {kind.detail for kind in KINDS.values() if product in kind.products}
    return ",".join(sorted(types | {"ALERT", "DAY", "GTC", "GTD", "IOC", "OCA", "WHATIF"}))
