"""Matches what the venue says of an order with the submit that waits for it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from domain.outcomes import Accepted, SubmitOutcome, Unknown

_REMEMBERED_MAX = 20_000


class Answers:
    """At most one waiting submit per client order id; the first answer decides.

    An acceptance comes twice, as the reply to the request and on the user stream, in either order.
    Whichever is second is no news; `is_repeated` remembers that for the last orders.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[SubmitOutcome]] = {}
        self._accepted: OrderedDict[str, None] = OrderedDict()

    def expect(self, client_id: str) -> asyncio.Future[SubmitOutcome] | None:
        """A future for the answer; None if a submit of this id waits already."""
        if client_id in self._waiting:
            return None
        future: asyncio.Future[SubmitOutcome] = asyncio.get_running_loop().create_future()
        self._waiting[client_id] = future
        self._accepted.pop(client_id, None)
        return future

    def forget(self, client_id: str) -> None:
        self._waiting.pop(client_id, None)

    def give(self, client_id: str, outcome: SubmitOutcome) -> bool:
        """Answer the waiting submit; False if none waits, so that the answer is news."""
        future = self._waiting.pop(client_id, None)
        if future is None or future.done():
            return False
        if isinstance(outcome, Accepted):
            self._accepted[client_id] = None
            if len(self._accepted) > _REMEMBERED_MAX:
                self._accepted.popitem(last=False)
        future.set_result(outcome)
        return True

    def is_repeated(self, client_id: str) -> bool:
        """Whether the acceptance of this order was already told as an answer."""
        return client_id in self._accepted

    def give_up(self, reason: str) -> None:
        """The node is gone: every waiting submit is in doubt."""
        for client_id in list(self._waiting):
            self.give(client_id, Unknown(reason))
