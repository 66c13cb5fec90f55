"""The trading switch as the API sees it: a quick no, before anything is started.

Admission and submission ask the database itself, so this copy may be half a second old.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from db.trading_switch import TradingState, TradingSwitch
from domain.errors import TradingStopped

BELIEVED_S = 0.5


class TradingGate:
    """Reads and sets the switch; remembers it for half a second."""

    def __init__(
        self, switch: TradingSwitch, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._switch = switch
        self._monotonic = monotonic
        self._believed: TradingState | None = None
        self._read_at = 0.0

    async def require_running(self) -> None:
        """Raises TradingStopped."""
        state = self._believed
        if state is None or self._monotonic() - self._read_at >= BELIEVED_S:
            state = await self.state()
        if not state.running:
            raise TradingStopped(state.reason)

    async def state(self) -> TradingState:
        return self._remember(await self._switch.state())

    async def set(self, running: bool, by: str, reason: str) -> TradingState:
        return self._remember(await self._switch.set(running, by, reason))

    def _remember(self, state: TradingState) -> TradingState:
        self._believed = state
        self._read_at = self._monotonic()
        return state
