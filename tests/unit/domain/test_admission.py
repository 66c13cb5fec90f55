"""What becomes of a new request: its order, its events and its deadline."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from domain.admission import AdmissionFacts, Opening, OrderAdmission
from domain.audit import Link, first_break
from domain.instruments import Instrument
from domain.orders import OrderStatus
from domain.risk import RiskEngine
from domain.routing import SmartOrderRouter
from tests.support.orders import (
    NOW,
    a_perpetual,
    a_quote,
    a_request,
    an_instrument,
    risk_facts,
    risk_limits,
)

LIMITS = risk_limits(max_order_notional=Decimal(2_000))
ACCOUNTS = {"BINANCE_SPOT": "spot-account", "BINANCE_FUTURES": "futures-account"}
ADMISSION = OrderAdmission(
    SmartOrderRouter(LIMITS.quote_age_max),
    RiskEngine(),
    LIMITS,
    accounts=ACCOUNTS,
    send_within=timedelta(seconds=10),
)
MARKET = [an_instrument(), a_perpetual()]


def facts(*, trading: bool = True, quoted: bool = True, **changes: Any) -> AdmissionFacts:
    quotes = {i.instrument_id: a_quote(instrument_id=i.instrument_id) for i in MARKET}
    return AdmissionFacts(
        now=NOW,
        trading=trading,
        quotes=quotes if quoted else {},
        per_instrument={i.instrument_id: risk_facts(**changes) for i in MARKET},
    )


def opened(known: AdmissionFacts | None = None, **terms: Any) -> Opening:
    request = a_request(**terms)
    candidates = ADMISSION.candidates(request, MARKET, {})
    return ADMISSION.decide(request, NOW, candidates, known or facts(), {})


def names(opening: Opening) -> list[str]:
    return [event.name for event in opening.events]


def test_an_approved_order_has_its_route_its_account_and_its_approval_on_record() -> None:
    opening = opened()

    assert opening.order.status is OrderStatus.APPROVED
    assert opening.order.account_id == "spot-account"
    assert names(opening) == ["OrderReceived", "OrderRouted", "RiskApproved"]


def test_the_approval_says_what_it_covers() -> None:
    approval = opened(quantity=Decimal("2.5")).events[-1].detail

    assert (approval["quantity"], approval["reference_price"]) == ("2.5", "100")
    assert "max_exposure" in approval["rules"]


def test_the_audit_chain_of_an_opening_holds_and_ends_in_the_order() -> None:
    opening = opened()
    order_id = opening.order.order_id
    chain = [(Link(order_id, e.version, e.name, e.detail, e.at), e.hash) for e in opening.events]

    assert first_break(chain) is None
    assert (opening.order.version, opening.order.last_hash) == (3, opening.events[-1].hash)


def test_a_denied_order_is_recorded_with_rule_limit_and_value() -> None:
    opening = opened(quantity=Decimal(11))

    assert (opening.order.status, opening.order.reason_code) == (
        OrderStatus.DENIED,
        "max_order_size",
    )
    assert names(opening) == ["OrderReceived", "OrderRouted", "RiskDenied"]
    detail = opening.events[-1].detail
    assert (detail["rule"], detail["limit"], detail["value"]) == ("max_order_size", "10", "11")


def test_an_order_without_a_route_is_denied_before_risk_is_asked() -> None:
    opening = opened(instrument_id="DOGEUSDT.BINANCE_SPOT")

    assert (opening.order.status, opening.order.reason_code) == (OrderStatus.DENIED, "routing")
    assert names(opening) == ["OrderReceived", "RiskDenied"]
    assert opening.order.instrument_id == "DOGEUSDT.BINANCE_SPOT"


def test_a_venue_without_an_account_of_ours_is_no_candidate() -> None:
    foreign: list[Instrument] = [an_instrument(venue="OKX", instrument_id="BTCUSDT.OKX")]

    assert ADMISSION.candidates(a_request(instrument_id="BTCUSDT.OKX"), foreign, {}) == []
    assert ADMISSION.candidates(a_request(instrument_id=None, pair="BTC/USDT"), foreign, {}) == []


def test_nothing_is_approved_while_trading_is_stopped() -> None:
    order = opened(facts(trading=False)).order

    assert (order.status, order.reason_code) == (OrderStatus.DENIED, "trading_stopped")


def test_nothing_is_approved_without_a_quote() -> None:
    order = opened(facts(quoted=False)).order

    assert (order.status, order.reason_code) == (OrderStatus.DENIED, "max_quote_age_ms")


def test_the_send_deadline_counts_from_the_arrival_however_late_the_admission_is() -> None:
    request = a_request(send_within_ms=1_500)
    arrived = NOW - timedelta(seconds=30)
    order = ADMISSION.decide(
        request, arrived, ADMISSION.candidates(request, MARKET, {}), facts(), {}
    ).order

    assert order.send_deadline == arrived + timedelta(milliseconds=1_500)
    assert order.created_at == NOW


def test_a_pair_is_routed_to_a_spot_instrument() -> None:
    order = opened(instrument_id=None, pair="BTC/USDT").order

    assert order.instrument_id == "BTCUSDT.BINANCE_SPOT"


def test_the_same_request_and_facts_give_the_same_opening() -> None:
    assert opened() == opened()
