"""How the venue is asked: within our share of its rate limits, and with one kind of failure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from venues.deribit.credit_pools import CreditPool
from venues.deribit.failures import INVALID_PARAMS, TOO_MANY_REQUESTS, NoAnswer, VenueSaidNo
from venues.deribit.rest import Lane, RestClient
from venues.port import VenueUnreachable

type Asked = Mapping[str, str | int | bool]
"""The parameters of a question."""


class VenueRefused(VenueUnreachable):
    """The venue does not answer such a question: there is no such instrument, or no right to it.

    `of_terms`: it is the terms that it refuses, whoever asks and whenever.
    """

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.of_terms = code == INVALID_PARAMS


class Questions:
    def __init__(self, rest: RestClient, pool: CreditPool, within: timedelta) -> None:
        self._rest = rest
        self._pool = pool
        self._within_s = within.total_seconds()

    async def ask(self, method: str, params: Asked) -> Any:
        """The answer. Raises VenueUnreachable, and of it VenueRefused for a definite refusal."""
        credit = await self._pool.take(self._within_s)
        if credit is None:
            raise VenueUnreachable(f"DERIBIT: no credit for {method} in time; ask again.")
        try:
            answer = await self._rest.ask(method, params, self._within_s, Lane.QUESTIONS)
        except NoAnswer as failure:
            raise VenueUnreachable(f"DERIBIT did not answer {method}: {failure}") from failure
        except VenueSaidNo as failure:
            credit.answered()
            if failure.code == TOO_MANY_REQUESTS:
                self._pool.exhausted()
            message = f"DERIBIT did not answer {method}: {failure}"
            if failure.is_definite:
                raise VenueRefused(message, failure.code) from failure
            raise VenueUnreachable(message) from failure
        credit.answered()
        return answer
