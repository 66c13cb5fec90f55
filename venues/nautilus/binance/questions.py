"""Signed questions to one product of Binance, their answers read as what is expected."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any, TypeVar

import msgspec
from nautilus_trader.adapters.binance.http.error import BinanceError
from nautilus_trader.core.nautilus_pyo3 import HttpError, HttpMethod, HttpTimeoutError

from venues.nautilus.binance.account import error_reply
from venues.nautilus.binance.http import MeteredHttp
from venues.nautilus.binance.paths import PATHS
from venues.nautilus.binance.settings import BinanceSettings
from venues.nautilus.budgets import OutOfBudget
from venues.port import VenueUnreachable

# What the client library raises when there is no answer, or none that it can read.
_NO_ANSWER = (HttpError, HttpTimeoutError, msgspec.MsgspecError, TimeoutError, OSError, OutOfBudget)

_T = TypeVar("_T")


class Refused(VenueUnreachable):
    """The venue answered, with an error."""

    def __init__(self, message: str, venue_code: int | None, said: str) -> None:
        super().__init__(message)
        self.venue_code = venue_code
        self.said = said


class _Time(msgspec.Struct):
    serverTime: int  # noqa: N815 - the venue's name


class Questions:
    """Everything that is no clear answer raises VenueUnreachable."""

    def __init__(self, http: MeteredHttp, settings: BinanceSettings) -> None:
        self.http = http
        self.paths = PATHS[settings.product]
        self._venue = settings.venue
        self._patience: timedelta = settings.timeouts.question

    async def signed(self, path: str, kind: type[_T], **params: Any) -> _T:
        """An answer that only the owner of the key gets."""
        named = {name: str(value) for name, value in params.items() if value is not None}
        return await self._asked(path, kind, named | {"timestamp": ""})

    async def public(self, path: str, kind: type[_T], **params: Any) -> _T:
        """An answer that anybody gets."""
        return await self._asked(path, kind, {name: str(value) for name, value in params.items()})

    async def time_ms(self) -> int:
        """The venue's clock."""
        return (await self.public(self.paths.time, _Time)).serverTime

    async def _asked(self, path: str, kind: type[_T], params: dict[str, str]) -> _T:
        ask = self.http.sign_request if "timestamp" in params else self.http.send_request
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                return msgspec.json.decode(await ask(HttpMethod.GET, path, params), type=kind)
        except BinanceError as error:
            reply = error_reply(error)
            raise Refused(
                f"{self._venue} refused the question {path}: {reply}; ask again later.",
                reply.code,
                str(reply),
            ) from error
        except _NO_ANSWER as error:
            raise VenueUnreachable(
                f"{self._venue} did not answer the question {path} "
                f"({type(error).__name__}: {error}); ask again."
            ) from error
