"""trading.routing of a profile decides who gets an order that names no venue."""

from decimal import Decimal
from pathlib import Path

import pytest

from domain.admission import AdmissionFacts
from domain.instruments import Instrument
from domain.orders import OrderStatus
from tests.support.orders import NOW, a_quote, a_request, an_instrument, risk_facts
from tests.unit.config.profiles import PAPER, changed, load
from workers.order_admission import order_admission

NAUTILUS = an_instrument(venue="OKX", instrument_id="BTC-USDT.OKX")
OTHER = an_instrument(venue="DERIBIT", instrument_id="BTC_USDT.DERIBIT")


def venue_for(
    folder: Path, listed: list[Instrument], *, prefer_nautilus: bool, fallback_enabled: bool
) -> str:
    """Where a buy of BTC/USDT goes, with the better price at Deribit; or why nowhere."""
    routing = {"prefer_nautilus": prefer_nautilus, "fallback_enabled": fallback_enabled}
    admission = order_admission(load(changed(PAPER, trading__routing=routing), folder, {}))
    asks = {NAUTILUS.instrument_id: Decimal(101), OTHER.instrument_id: Decimal("100.5")}
    facts = AdmissionFacts(
        now=NOW,
        trading=True,
        quotes={
            one.instrument_id: a_quote(instrument_id=one.instrument_id, ask=asks[one.instrument_id])
            for one in listed
        },
        per_instrument={one.instrument_id: risk_facts() for one in listed},
    )
    request = a_request(instrument_id=None, pair="BTC/USDT")
    order = admission.decide(request, NOW, listed, facts, {}).order
    return order.venue if order.status is OrderStatus.APPROVED else str(order.reason)


@pytest.mark.parametrize(
    ("prefer_nautilus", "fallback_enabled", "both", "deribit_alone"),
    [
        (True, True, "OKX", "DERIBIT"),
        (True, False, "OKX", "No preferred venue can take BTC/USDT now"),
        (False, True, "DERIBIT", "DERIBIT"),
        (False, False, "DERIBIT", "DERIBIT"),
    ],
)
def test_preference_and_fallback(
    prefer_nautilus: bool, fallback_enabled: bool, both: str, deribit_alone: str, tmp_path: Path
) -> None:
    how = {"prefer_nautilus": prefer_nautilus, "fallback_enabled": fallback_enabled}
    assert venue_for(tmp_path, [NAUTILUS, OTHER], **how) == both
    assert venue_for(tmp_path, [OTHER], **how).startswith(deribit_alone)
