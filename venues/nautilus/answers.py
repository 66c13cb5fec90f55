"""Matches what the venue says of an order with the submit that waits for it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from domain.outcomes import Accepted, SubmitOutcome, Unknown

_REMEMBERED_MAX = 20_000


class Answers:
    """At most one waiting submit per client order id; the first answer decides.

    A venue says yes or no twice, as the reply to the request and on the user stream, in either
    order. `is_news` knows, for the last orders, which word was the first.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[SubmitOutcome]] = {}
        self._told: OrderedDict[str, type[SubmitOutcome]] = OrderedDict()

    def expect(self, client_id: str) -> asyncio.Future[SubmitOutcome] | None:
        """A future for the answer; None if a submit of this id waits already."""
        if client_id in self._waiting:
            return None
        future: asyncio.Future[SubmitOutcome] = asyncio.get_running_loop().create_future()
        self._waiting[client_id] = future
        self._told.pop(client_id, None)
        return future

    def forget(self, client_id: str) -> None:
        """Nobody waits any more for the answer."""
        self._waiting.pop(client_id, None)

    def is_news(self, client_id: str, outcome: SubmitOutcome) -> bool:
        """Answer the submit that waits for it; True if none does and it was not told before."""
        future = self._waiting.pop(client_id, None)
        if future is not None and not future.done():
            self._remember(client_id, outcome)
            future.set_result(outcome)
            return False
        if isinstance(outcome, Unknown) or self._told.get(client_id) is type(outcome):
            return False
        self._remember(client_id, outcome)
        return True

    def was_accepted(self, client_id: str) -> bool:
        """Whether the venue's last word was that it has the order."""
        return self._told.get(client_id) is Accepted

    def give_up(self, reason: str) -> None:
        """The node is gone: every waiting submit is in doubt."""
        for client_id in list(self._waiting):
            self.is_news(client_id, Unknown(reason))

    def _remember(self, client_id: str, outcome: SubmitOutcome) -> None:
        if isinstance(outcome, Unknown):
            return
        self._told[client_id] = type(outcome)
        if len(self._told) > _REMEMBERED_MAX:
            self._told.popitem(last=False)
