"""Bodies that are too large, not JSON or broken are turned away before anybody reads them."""

from collections.abc import AsyncIterator

import pytest

from api.body import BODY_BYTES_MAX
from tests.support.live_api import LiveApi, order_body

_JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{" + b" " * BODY_BYTES_MAX + b"}", _JSON, 413, "body_too_large"),
        (b'{"a": 1}', {"Content-Type": "text/plain"}, 415, "unsupported_media_type"),
        (b"a=1", {"Content-Type": "application/x-www-form-urlencoded"}, 415, None),
        (b"{}", {}, 415, "unsupported_media_type"),
        (b"{", _JSON, 400, "invalid_json"),
        (b"\xff\xfe", _JSON, 400, "invalid_json"),
        (b'{"quantity": NaN}', _JSON, 400, "invalid_json"),
        (b'{"client_order_id": "\\ud800"}', _JSON, 400, "invalid_json"),
        (b"[" * 5000, _JSON, 400, "invalid_json"),
        (b'{"quantity": "1", "quantity": "100"}', _JSON, 400, "duplicate_key"),
        (b'{"a": {"b": [{"c": 1, "c": 1}]}}', _JSON, 400, "duplicate_key"),
        (b'{"\\u0061": 1, "a": 1}', _JSON, 400, "duplicate_key"),
        (b"", _JSON, 422, "missing_field"),
        (b"null", _JSON, 422, "wrong_type"),
        (b"[]", _JSON, 422, "wrong_type"),
        (b'"buy"', _JSON, 422, "wrong_type"),
        (b'{"quantity": ' + b"[" * 1000 + b"]" * 1000 + b"}", _JSON, 422, "missing_field"),
    ],
)
async def test_a_bad_body_is_refused_and_recorded(
    api: LiveApi, body: bytes, headers: dict[str, str], status: int, code: str | None
) -> None:
    before = await api.refusals()

    answer = await api.http.post("/api/live/orders", content=body, headers=headers)

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == (code or "unsupported_media_type")
    assert await api.refusals() == [*before, ("boss", answer.json()["code"])]


async def test_a_body_without_a_length_is_bounded_too(api: LiveApi) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 100 * BODY_BYTES_MAX:
            sent += 1024
            yield b" " * 1024

    answer = await api.http.post("/api/live/orders", content=endless(), headers=_JSON)

    assert answer.status_code == 413
    assert sent <= BODY_BYTES_MAX + 1024, "it was read no further than needed"


async def test_a_charset_may_be_named(api: LiveApi) -> None:
    answer = await api.http.post(
        "/api/live/orders",
        json=order_body(quantity="0"),
        headers={"Content-Type": "Application/JSON; charset=utf-8"},
    )

    assert answer.json()["code"] == "not_positive"


async def test_the_other_routes_are_bounded_as_well(api: LiveApi) -> None:
    answer = await api.http.post(
        "/api/live/stop", content=b" " * (BODY_BYTES_MAX + 1), headers=_JSON
    )

    assert answer.status_code == 413
    assert (await api.services.trading.state()).running
