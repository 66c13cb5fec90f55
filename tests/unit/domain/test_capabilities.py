"""An order is held against what its venue can do, before it is sent."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.capabilities import Capabilities, unsupported
from domain.instruments import InstrumentKind
from domain.orders import OrderType, TimeInForce, TrailingOffsetType, TriggerType
from tests.support.orders import a_request

PLAIN = Capabilities(
    order_types=frozenset({OrderType.MARKET, OrderType.LIMIT, OrderType.STOP_MARKET}),
    times_in_force=frozenset({TimeInForce.GTC, TimeInForce.IOC}),
    post_only=False,
    reduce_only=False,
    client_id_pattern=".+",
    visibility_horizon=timedelta(seconds=1),
    trigger_types=frozenset({TriggerType.LAST}),
    kinds={InstrumentKind.SPOT: frozenset({OrderType.MARKET, OrderType.LIMIT})},
)


@pytest.mark.parametrize(
    ("field", "terms", "has"),
    [
        ("order_type", {"order_type": OrderType.STOP_LIMIT}, "LIMIT, MARKET"),
        ("order_type", {"order_type": OrderType.STOP_MARKET}, "LIMIT, MARKET"),
        ("time_in_force", {"time_in_force": TimeInForce.FOK}, "GTC, IOC"),
        ("post_only", {"post_only": True}, "no such term"),
        ("reduce_only", {"reduce_only": True}, "no such term"),
        ("display_qty", {"display_qty": Decimal(1)}, "no such term"),
        ("trigger_type", {"trigger_type": TriggerType.MARK}, "LAST"),
        ("trailing_offset_type", {"trailing_offset_type": TrailingOffsetType.PRICE}, "none"),
    ],
)
def test_what_the_venue_lacks_is_named_with_what_it_has(
    field: str, terms: dict[str, Any], has: str
) -> None:
    lack = unsupported(a_request(**terms), InstrumentKind.SPOT, PLAIN)

    assert lack is not None
    assert (lack.field, lack.has) == (field, has)
    assert lack.message("A_VENUE").startswith(f"A_VENUE cannot serve {field} ")


def test_a_kind_that_is_not_named_has_all_types() -> None:
    stop = a_request(order_type=OrderType.STOP_MARKET)

    assert unsupported(stop, InstrumentKind.PERPETUAL, PLAIN) is None


def test_an_ordinary_order_is_served() -> None:
    assert unsupported(a_request(), InstrumentKind.SPOT, PLAIN) is None
