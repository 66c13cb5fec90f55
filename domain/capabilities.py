"""What a venue can do, and whether that is enough for an order: asked before the order is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from domain.instruments import InstrumentKind
from domain.orders import OrderRequest, OrderType, TimeInForce, TrailingOffsetType, TriggerType


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the venue can do, so that an order it cannot serve is refused before it is sent.

    `visibility_horizon` is how long after a submission a "no such order" may still be wrong.
    `amendable` are the order types whose price or quantity can be changed in place, `reducible`
    those of which only the quantity can, and only be made smaller. `cancels_all` says that one
    request can cancel everything. `kinds` narrows the order types by the kind of the instrument,
    where one account trades several: a kind that is not named has all of them.
    """

    order_types: frozenset[OrderType]
    times_in_force: frozenset[TimeInForce]
    post_only: bool
    reduce_only: bool
    client_id_pattern: str
    visibility_horizon: timedelta
    amendable: frozenset[OrderType] = frozenset()
    reducible: frozenset[OrderType] = frozenset()
    display_qty: bool = False
    trigger_types: frozenset[TriggerType] = frozenset()
    trailing_offset_types: frozenset[TrailingOffsetType] = frozenset()
    cancels_all: bool = False
    kinds: Mapping[InstrumentKind, frozenset[OrderType]] = field(default_factory=dict)

    def order_types_for(self, kind: InstrumentKind) -> frozenset[OrderType]:
        return self.order_types & self.kinds.get(kind, self.order_types)

    def amends(self, order_type: OrderType, *, reduces: bool) -> bool:
        """Whether a working order of that type can be amended in place; `reduces` says that its
        quantity shall become smaller, and nothing else."""
        return order_type in self.amendable or (reduces and order_type in self.reducible)


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A term that the venue cannot serve. `field` is the term, `has` what the venue has instead."""

    field: str
    asked: str
    has: str

    def message(self, venue: str) -> str:
        return f"{venue} cannot serve {self.field} {self.asked}; it has {self.has}."


def unsupported(
    request: OrderRequest, kind: InstrumentKind, capabilities: Capabilities
) -> Unsupported | None:
    """The first term of the order that the venue lacks for this kind of instrument, or None.

    A term that the request leaves open (the price that a trigger watches) is the venue's to choose.
    """
    order_types = capabilities.order_types_for(kind)
    if request.order_type not in order_types:
        return Unsupported("order_type", f"{request.order_type} for {kind}", _named(order_types))
    if request.time_in_force not in capabilities.times_in_force:
        has = _named(capabilities.times_in_force)
        return Unsupported("time_in_force", request.time_in_force, has)
    for name, asked, offered in (
        ("post_only", request.post_only, capabilities.post_only),
        ("reduce_only", request.reduce_only, capabilities.reduce_only),
        ("display_qty", request.display_qty is not None, capabilities.display_qty),
    ):
        if asked and not offered:
            return Unsupported(name, str(getattr(request, name)), "no such term")
    trigger, trailing = request.trigger_type, request.trailing_offset_type
    if trigger is not None and trigger not in capabilities.trigger_types:
        return Unsupported("trigger_type", trigger, _named(capabilities.trigger_types))
    if trailing is not None and trailing not in capabilities.trailing_offset_types:
        has = _named(capabilities.trailing_offset_types)
        return Unsupported("trailing_offset_type", trailing, has)
    return None


def _named(terms: Iterable[str]) -> str:
    return ", ".join(sorted(terms)) or "none"
