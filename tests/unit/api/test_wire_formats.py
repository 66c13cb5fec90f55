"""What goes over the wire says exactly what we know, and the documentation says what is true."""

import base64
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from api.auth import OPEN_PATHS
from api.errors import RefusedField
from api.paging import parse_cursor
from api.schemas.commands import AmendSubmission
from api.schemas.moments import Moment
from api.schemas.numbers import PositiveDecimal, plain
from api.schemas.order_lists import OrderListSubmission
from api.schemas.orders import FillResponse, OrderResponse, OrderSubmission
from domain.fills import Fill
from domain.orders import OrderRequest, UnifiedOrder
from tests.support.live_api import LiveApi

_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)
_POSITIVE: TypeAdapter[Decimal] = TypeAdapter(PositiveDecimal)


@given(st.decimals(min_value="0.000000000001", max_value=10**15 - 1, places=12))
def test_a_decimal_survives_the_wire_exactly(value: Decimal) -> None:
    if value > 0:
        assert _POSITIVE.validate_python(plain(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [("0.10", "0.1"), ("1E+3", "1000"), ("0E-8", "0"), ("1E-12", "0.000000000001")],
)
def test_decimals_are_written_plainly(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


def test_an_order_is_shown_with_all_that_we_know_of_it() -> None:
    # The audit trail shows the hash, and how an amend goes on; the rest is our own bookkeeping.
    amend = {"amend_replace", "amend_requested_at", "amend_sent_at"}
    internal = {"fingerprint", "last_hash", "strategy_seq", "earlier_filled_qty"} | amend
    known = {field.name for field in fields(UnifiedOrder)} - internal

    assert set(OrderResponse.model_fields) == known | {"leaves_qty", "avg_px"}


def test_a_fill_is_shown_with_all_that_we_know_of_it() -> None:
    assert set(FillResponse.model_fields) == {f.name for f in fields(Fill)} - {"order_id"}


def test_a_submission_can_say_all_that_an_order_request_holds() -> None:
    ours = {"order_list_id"}  # only a list's own orders name it
    asked = {field.name for field in fields(OrderRequest)} - ours
    assert set(OrderSubmission.model_fields) == asked


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2027-01-15T08:00:00Z", 0.0),
        ("2027-01-15t08:00:00z", 0.0),
        ("2027-01-15T09:30:00.25+01:30", 0.25),
        ("2027-01-14T20:00:00.000001-12:00", 0.000001),
    ],
)
def test_a_moment_is_the_same_in_every_zone(text: str, seconds: float) -> None:
    found = _MOMENT.validate_python(text)
    assert found.tzinfo is UTC
    assert found - datetime(2027, 1, 15, 8, tzinfo=UTC) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "MDAwMS0wMS0wMVQwMDowMDowMCswOTowMCBvMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjI=",  # before year 1
        "bm90IGEgdGltZQ==",
    ],
)
def test_a_forged_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(RefusedField):
        parse_cursor(cursor)


def test_a_cursor_names_the_order_to_the_microsecond() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    order_id = "o" + "a" * 23
    cursor = base64.urlsafe_b64encode(f"{moment.isoformat()} {order_id}".encode()).decode()
    assert parse_cursor(cursor) == (moment, order_id)


async def test_the_documented_examples_are_good_orders(api: LiveApi) -> None:
    schemas = (await api.http.get("/openapi.json")).json()["components"]["schemas"]

    examples = schemas["OrderSubmission"]["examples"]
    types = [OrderSubmission(**example).order_type for example in examples]
    assert types == ["MARKET", "LIMIT", "STOP_MARKET"]
    for name, schema in {
        "OrderListSubmission": OrderListSubmission,
        "AmendSubmission": AmendSubmission,
    }.items():
        assert [schema(**example) for example in schemas[name]["examples"]]


async def test_the_documentation_shows_keys_and_problems(api: LiveApi) -> None:
    document = (await api.http.get("/openapi.json")).json()
    schemes = document["components"]["securitySchemes"]

    assert (
        schemes["APIKeyHeader"] | {"type": "apiKey", "name": "X-API-Key"}
        == (schemes["APIKeyHeader"])
    )
    for path, method, operation in _operations(document):
        assert operation["summary"], path
        assert ("security" in operation) is (path not in OPEN_PATHS), path
        for status, answer in operation["responses"].items():
            if status >= "400":
                assert list(answer["content"]) == ["application/problem+json"], (path, method)
    assert "HTTPValidationError" not in document["components"]["schemas"]


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
