"""Which orders the venue has spoken of, so that nothing is said or sent twice.

An answer comes twice, as the reply to the request and on the stream, in either order.
"""

from __future__ import annotations

from collections import OrderedDict

from domain.outcomes import Accepted, Rejected, SubmitOutcome

_REMEMBERED_MAX = 20_000


class Answers:
    """The last word on each of the latest orders, and the submits that wait for one."""

    def __init__(self) -> None:
        self._waiting: dict[str, Accepted | Rejected | None] = {}
        self._told: OrderedDict[str, type[SubmitOutcome]] = OrderedDict()

    def begin(self, client_id: str) -> bool:
        """A submit begins; False if it must not: one is under way, or the venue has had it."""
        if client_id in self._waiting or self._told.get(client_id) is Accepted:
            return False
        self._waiting[client_id] = None
        self._told.pop(client_id, None)
        return True

    def finish(self, client_id: str, outcome: SubmitOutcome) -> SubmitOutcome:
        """A submit ends; what the stream said counts where the reply was none."""
        heard = self._waiting.pop(client_id, None)
        if heard is not None and not isinstance(outcome, Accepted | Rejected):
            outcome = heard
        self._remember(client_id, outcome)
        return outcome

    def is_news(self, client_id: str, outcome: Accepted | Rejected) -> bool:
        """The stream speaks of an order: True unless it was told, or a submit will tell it."""
        if client_id in self._waiting:
            self._waiting[client_id] = self._waiting[client_id] or outcome
            return False
        if self._told.get(client_id) is type(outcome):
            return False
        self._remember(client_id, outcome)
        return True

    def has_existed(self, client_id: str) -> None:
        """The venue has, or had, an order of that id."""
        self._remember(client_id, Accepted(""))

    def _remember(self, client_id: str, outcome: SubmitOutcome) -> None:
        if not isinstance(outcome, Accepted | Rejected):
            return
        self._told[client_id] = type(outcome)
        self._told.move_to_end(client_id)
        if len(self._told) > _REMEMBERED_MAX:
            self._told.popitem(last=False)
