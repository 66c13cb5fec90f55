"""Any value in any field of any documented route: the answer is never a surprise."""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.live_api import LiveApi

_NASTY = st.sampled_from(
    [
        "A\x00",
        "",
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+12:00",
        "2026-02-30T00:00:00Z",
        "1790000000",
        1790000000,
        10**400,
        -1,
        "1e400",
        "NaN",
        "\u202e\ufeff",
        "'; DROP TABLE unified_orders; --",
    ]
)
_ANY = (
    _NASTY
    | st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=80)
    | st.lists(st.text(max_size=4), max_size=3)
    | st.dictionaries(st.text(max_size=4), st.integers(), max_size=2)
)


@dataclass(frozen=True)
class Operation:
    """One documented operation: how it is called, what its query takes, and a good body with the
    path of every field that it may have."""

    method: str
    path: str
    query: tuple[str, ...]
    body: dict[str, Any] | None
    fields: tuple[tuple[str, ...], ...]


@pytest.fixture
async def operations(api: LiveApi) -> list[Operation]:
    document = (await api.http.get("/openapi.json")).json()
    return [
        _operation(document, method, path, told)
        for path, of_path in document["paths"].items()
        for method, told in of_path.items()
    ]


def _operation(document: dict[str, Any], method: str, path: str, told: dict[str, Any]) -> Operation:
    parameters = told.get("parameters", [])
    query = tuple(one["name"] for one in parameters if one["in"] == "query")
    if "requestBody" not in told:
        return Operation(method, path, query, None, ())
    schema = told["requestBody"]["content"]["application/json"]["schema"]
    model = next(one for one in (schema, *schema.get("anyOf", [])) if "$ref" in one)
    example = _resolved(document, model)["examples"][0]
    return Operation(method, path, query, example, tuple(_fields(document, schema)))


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for one in (schema, *schema.get("anyOf", [])):
        if "$ref" in one:
            for name, field in _resolved(document, one).get("properties", {}).items():
                yield (name,)
                yield from ((name, *rest) for rest in _fields(document, field))


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name: str = schema["$ref"].rpartition("/")[2]
    model: dict[str, Any] = document["components"]["schemas"][name]
    return model


def put(body: Any, path: tuple[str, ...], value: object) -> None:
    *parents, last = path
    for parent in parents:
        if not isinstance(body.get(parent), dict):
            body[parent] = {}
        body = body[parent]
    body[last] = value


@settings(
    max_examples=600,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_any_value_anywhere(
    api: LiveApi, operations: list[Operation], data: st.DataObject
) -> None:
    asked = data.draw(st.sampled_from(operations))
    any_name = st.text(min_size=1, max_size=70).map(lambda text: quote(text, safe=""))
    path = re.sub(r"{\w+}", lambda _: data.draw(any_name | st.just("%00")), asked.path)
    query = {name: str(data.draw(_ANY)) for name in asked.query if data.draw(st.booleans())}
    body = deepcopy(asked.body)
    if body is not None:
        for field in data.draw(st.lists(st.sampled_from(asked.fields), max_size=2)):
            put(body, field, data.draw(_ANY))

    answer = await api.http.request(asked.method, path, params=query, json=body)

    # 503: it was good after all, and Temporal is out of reach here.
    assert answer.status_code < 500 or answer.status_code == 503, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] != "internal_error"
    if path.endswith("/stop"):
        await api.services.trading.set(running=True, by="test", reason="")


def test_the_test_above_reaches_every_field(operations: list[Operation]) -> None:
    fields = {field for one in operations for field in one.fields}
    assert len([one for one in operations if one.body is not None]) >= 7
    assert {("expire_at",), ("entry", "expire_at"), ("venue",), ("amend_id",)} <= fields


async def test_a_parameter_that_no_route_takes_is_refused_on_every_route(
    api: LiveApi, operations: list[Operation]
) -> None:
    guarded = [one for one in operations if one.path.startswith("/api/")]
    assert len(guarded) >= 15
    for one in guarded:
        answer = await api.http.request(one.method, one.path, params={"stategy_id": "x"}, json={})
        said = (answer.status_code, answer.json()["code"])
        assert said == (422, "unknown_field"), one.path


async def test_a_parameter_that_stands_twice_is_refused(api: LiveApi) -> None:
    answer = await api.http.get("/api/live/orders?venue=OKX&venue=BYBIT")
    assert (answer.status_code, answer.json()["code"]) == (422, "duplicate_key")
