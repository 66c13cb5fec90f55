"""Orders in flight while something dies: what a strategy does, and when an order has settled."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx

from domain.orders import OrderStatus

SETTLED_WITHIN_S = 60.0
UNQUOTED = "max_quote_age_ms"
ORDERS = "/api/live/orders"
_AGAIN_AFTER_S = 0.3

type Document = dict[str, Any]


async def struck(
    requests: Sequence[Coroutine[Any, Any, Document]],
    moment: Coroutine[Any, Any, None],
    strike: Callable[[], None],
) -> tuple[list[Document], datetime]:
    """All requests at once; `strike` when the moment has come. What the requests came to in the
    end, and when the strike was."""
    tasks = [asyncio.create_task(request) for request in requests]
    await moment
    strike()
    struck_at = datetime.now(UTC)
    return await asyncio.gather(*tasks), struck_at


def in_flight_at(moment: datetime, order: Document, begun: str, *ends: str) -> bool:
    """Whether the order had the event `begun` before that moment, and none of `ends`."""
    before = [e["name"] for e in order["events"] if datetime.fromisoformat(e["at"]) <= moment]
    return begun in before and not any(end in before for end in ends)


async def place_until_taken(client: httpx.AsyncClient, body: Document) -> Document:
    """What a strategy does: the same request with the same id until there is a 2xx.

    A new id only after a definite refusal: while market data are away, risk refuses what it cannot
    value.
    """
    while not (answer := await _answered(client, ORDERS, body)).is_success:
        assert answer.status_code == 422, answer.text
        assert answer.json()["rule"] == UNQUOTED, answer.text
        body = body | {"client_order_id": f"{body['client_order_id']}-again"}
        await asyncio.sleep(_AGAIN_AFTER_S)
    return _document(answer)


async def cancel_until_taken(client: httpx.AsyncClient, order_id: str) -> Document:
    """The same cancel until it is on record; an answer that was lost may have brought the end."""
    answer = await _answered(client, f"{ORDERS}/{order_id}/cancel", {})
    assert answer.is_success or answer.json()["code"] == "order_finished", answer.text
    return _document(answer)


async def amend_until_made(client: httpx.AsyncClient, order_id: str, body: Document) -> Document:
    """The same amend until its end is known; a new one where it could not be made."""
    deadline = time.monotonic() + SETTLED_WITHIN_S
    path = f"{ORDERS}/{order_id}/amend"
    while (answer := await _answered(client, path, body)).status_code != 200:
        assert time.monotonic() < deadline, f"not made: {answer.text}"
        if answer.status_code != 202:
            assert answer.json()["code"] in ("amend_refused", "risk_denied"), answer.text
            body = body | {"amend_id": f"{body['amend_id']}-again"}
            await asyncio.sleep(_AGAIN_AFTER_S)
    return _document(answer)


async def until_settled(client: httpx.AsyncClient, order_ids: Sequence[str]) -> Document:
    """Every order, once each is terminal or confirmed as working at its venue, with no command
    under way."""
    settled: Document = {}
    deadline = time.monotonic() + SETTLED_WITHIN_S
    while len(settled) < len(order_ids):
        waiting = []
        for order_id in order_ids:
            if order_id in settled:
                continue
            answer = await client.get(f"{ORDERS}/{order_id}")
            # Until the database is back, an order that was taken may not be on record.
            if answer.status_code != 404 and _is_settled(order := answer.json()):
                settled[order_id] = order
            else:
                waiting.append(answer.text)
        assert time.monotonic() < deadline, f"not settled: {waiting}"
        await asyncio.sleep(0.3)
    return settled


def _is_settled(order: Document) -> bool:
    status = OrderStatus(order["status"])
    if not status.is_working:
        return status.is_terminal
    # A market order that is only accepted still waits for its fills.
    waits = order["order_type"] == "MARKET" or order["cancel_requested_at"] or order["amend_id"]
    return not waits


async def _answered(client: httpx.AsyncClient, path: str, body: Document) -> httpx.Response:
    """The same request until there is an answer that says what became of it."""
    deadline = time.monotonic() + SETTLED_WITHIN_S
    while True:
        try:
            answer = await client.post(path, json=body)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code != 503:
            return answer
        said = "no answer" if answer is None else answer.text
        assert time.monotonic() < deadline, f"not taken: {said}"
        await asyncio.sleep(_AGAIN_AFTER_S)


def _document(answer: httpx.Response) -> Document:
    document: Document = answer.json()
    return document
