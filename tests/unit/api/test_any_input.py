"""Whatever is sent, the answer is a problem that says what is wrong, never an unforeseen error."""

from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.live_api import LiveApi, order_body

# The fixture is only read; a new one for each example would test nothing more.
often = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])

_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = st.sampled_from(
    [*order_body(), "pair", "time_in_force", "post_only", "reduce_only", "send_within_ms"]
)


@often
@given(changes=st.dictionaries(_FIELDS | st.text(max_size=8), _JSON, min_size=1, max_size=3))
async def test_any_json_in_any_field(api: LiveApi, changes: dict[str, Any]) -> None:
    answer = await api.http.post("/api/live/orders", json=order_body() | changes)

    # 503: it was a good order after all, and Temporal is out of reach here.
    assert answer.status_code in (400, 422, 503), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] != "internal_error"


@often
@given(quantity=st.decimals(), price=st.decimals())
async def test_any_number(api: LiveApi, quantity: Any, price: Any) -> None:
    body = order_body(quantity=str(quantity), price=str(price))

    answer = await api.http.post("/api/live/orders", json=body)

    assert answer.status_code in (422, 503), answer.text


@often
@given(quantity=st.from_regex(r"[0-9]{1,15}(\.[0-9]{1,12})?", fullmatch=True))
async def test_any_decimal_that_is_well_formed(api: LiveApi, quantity: str) -> None:
    answer = await api.http.post("/api/live/orders", json=order_body(quantity=quantity))

    assert answer.status_code in (422, 503), answer.text


@often
@given(body=st.binary(max_size=200))
async def test_any_bytes(api: LiveApi, body: bytes) -> None:
    answer = await api.http.post(
        "/api/live/orders", content=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@often
@given(
    name=st.sampled_from(["strategy_id", "status", "instrument_id", "venue", "limit", "cursor"]),
    value=st.text(min_size=1),
)
async def test_any_query(api: LiveApi, name: str, value: str) -> None:
    answer = await api.http.get(f"/api/live/orders?{name}={quote(value)}")

    assert answer.status_code in (200, 422), answer.text


@often
# Dots are steps of a path to the client, which then asks for another one.
@given(order_id=st.text(min_size=1).filter(lambda text: text not in (".", "..")))
async def test_any_order_id(api: LiveApi, order_id: str) -> None:
    answer = await api.http.get(f"/api/live/orders/{quote(order_id, safe='')}")

    assert answer.status_code in (404, 405), answer.text
