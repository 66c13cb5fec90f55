"""What the generated documentation cannot know by itself."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from api.problems import MEDIA_TYPE, Problem

DESCRIPTION = """
Odum Live takes orders, checks them against risk limits, sends them to a venue and follows them to
their last fill, through crashes of any part.

- **Any 2xx answer to an order survives.** No answer, or a 5xx? Send the same request again with the
  same `client_order_id`: it gives the same order, never a second one.
- **Decimals are strings**, in both directions.
- **Errors are [problem details](https://www.rfc-editor.org/rfc/rfc9457)** with a stable `code`.
- Every route but the two health checks needs the header `X-API-Key`, this description too.
"""

TAGS = [
    {"name": "orders", "description": "Place, look up, amend, cancel; decide what is stuck."},
    {"name": "order lists", "description": "Brackets and OCO pairs over any venue."},
    {"name": "positions", "description": "The fold of all fills."},
    {"name": "instruments", "description": "What can be traded, over all venues."},
    {"name": "trading", "description": "State of the system and the switch for new commands."},
    {"name": "health", "description": "For supervisors and load balancers."},
]

_MEANINGS = {
    400: "The body is not JSON.",
    401: "No, a wrong or an expired API key.",
    403: "The key may not do this.",
    404: "There is no such thing, or it is not yours.",
    409: "It does not fit the present state.",
    413: "The body is too large.",
    415: "The body is not declared as JSON.",
    422: "Refused; `code` and `errors` say why.",
    503: "A part that is needed cannot be reached; send the same request again.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route for these statuses."""
    return {status: {"model": Problem, "description": _MEANINGS[status]} for status in statuses}


def describe_problems(app: FastAPI) -> None:
    """Give the problems their media type, and drop the framework's own shape of errors."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = generate()
            for operation in _operations(document):
                _correct(operation["responses"])
            for unused in ("HTTPValidationError", "ValidationError"):
                document["components"]["schemas"].pop(unused, None)
        return generate()

    app.openapi = openapi  # type: ignore[method-assign]


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def _correct(responses: dict[str, Any]) -> None:
    for status, response in list(responses.items()):
        if status < "400":
            continue
        content = response["content"]["application/json"]
        if content["schema"].get("$ref", "").endswith("/HTTPValidationError"):
            del responses[status]
        else:
            response["content"] = {MEDIA_TYPE: content}
