"""Which instruments a request means."""

from collections.abc import Iterator

from venues.simulators.instruments import Instrument
from venues.simulators.okx.errors import bad_parameter, no_instrument
from venues.simulators.okx.instruments import INSTRUMENTS, type_of
from venues.simulators.okx.params import Params

INST_TYPES = {name: name for name in ("SPOT", "SWAP", "MARGIN", "FUTURES", "OPTION", "EVENTS")}
CONTRACT_TYPES = {name: name for name in ("SWAP", "FUTURES", "OPTION", "EVENTS")}


def symbols_of(params: Params) -> Iterator[str]:
    """The symbols that ``instType`` and ``instId`` name; all of them without either."""
    inst_type = params.choice("instType", {**INST_TYPES, "ANY": "", "": ""}, "")
    inst_id = params.get("instId")
    if inst_id and inst_id not in INSTRUMENTS:
        raise bad_parameter("instId")
    for symbol, instrument in INSTRUMENTS.items():
        if inst_type in ("", type_of(instrument)) and inst_id in ("", symbol):
            yield symbol


def named(params: Params) -> Instrument:
    """The one instrument of a request; raises OrderError."""
    found = INSTRUMENTS.get(params.text("instId"))
    if found is None:
        raise no_instrument()
    return found


def family_of(instrument: Instrument) -> str:
    """What contracts on one pair have in common."""
    return f"{instrument.base}-{instrument.quote}"
