"""Our fills, made of executions and what they cost.

A fill is told when its commission is known, or when IB has been asked often enough and does not
say: then without its fee. It is told again, under the same trade id, when IB corrects or busts it,
or names its commission after all; the books restate it then. A correction waits for its own
commission too, and has that of what it corrects where IB names none.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from domain.fills import Fill
from domain.identifiers import order_id_of_venue_client_id
from domain.sides import Side
from venues.interactive_brokers.executions import Executions, as_corrected, trade_id, trim
from venues.interactive_brokers.messages import CommissionSaid, ExecutionSaid
from venues.port import FillNews

logger = logging.getLogger(__name__)

ANSWERS_WITHOUT_COMMISSION = 20
"""So many answers, half a second apart, may name an execution without what it cost."""

_REMEMBERED = 100_000


@dataclass(slots=True)
class _Waiting:
    """A trade, or its correction, whose commission is not known yet."""

    said: ExecutionSaid
    answers: int = 0


class Fills:
    """`name` gives the instrument id of an execution. While `learning`, what IB tells is known to
    whoever pulls, and is no news."""

    def __init__(
        self,
        account_id: str,
        name: Callable[[ExecutionSaid], str],
        tell: Callable[[FillNews], None],
    ) -> None:
        self._account_id = account_id
        self._name = name
        self._tell = tell
        self._executions = Executions()
        self._waiting: dict[str, _Waiting] = {}
        self._told: OrderedDict[str, Fill] = OrderedDict()
        self.learning = False

    @property
    def is_waiting(self) -> bool:
        """Whether an execution is known without its commission."""
        return bool(self._waiting)

    @property
    def waiting_since(self) -> datetime | None:
        """When the oldest of those was; None where there is none."""
        return min((waiting.said.at for waiting in self._waiting.values()), default=None)

    def holds(self, ref: str) -> bool:
        """Whether a fill of an order waits for its commission."""
        return any(waiting.said.order_ref == ref for waiting in self._waiting.values())

    def add(self, said: ExecutionSaid) -> ExecutionSaid:
        """An execution of ours, its correction, or a repetition; the trade as it is then."""
        latest = self._executions.add(said)
        self._settle(latest)
        return latest

    def add_cost(self, said: CommissionSaid) -> None:
        """A commission, of ours or not."""
        latest = self._executions.add_cost(said)
        if latest is not None:
            self._settle(latest)

    def asked_in_vain(self) -> None:
        """IB has told its executions once more, and of some still not what they cost."""
        for waiting in list(self._waiting.values()):
            waiting.answers += 1
            if waiting.answers >= ANSWERS_WITHOUT_COMMISSION:
                exec_id = waiting.said.exec_id
                logger.error("IB tells no commission for execution %s: booked without it", exec_id)
                self._hand_on(waiting.said)

    def of(self, executions: Sequence[ExecutionSaid]) -> list[Fill]:
        """Our fills among the executions, as they stand now, oldest first. One whose commission is
        still awaited is left out: it will be told."""
        ours = [said for said in as_corrected(executions) if is_ours(said)]
        trades = [self._executions.add(said) for said in ours]
        fills = [self._fill(said) for said in trades if self._is_complete(said)]
        return sorted(fills, key=lambda fill: (fill.ts_event, fill.trade_id))

    def _is_complete(self, said: ExecutionSaid) -> bool:
        """Whether nothing is to be waited for. The books take a fee with the terms that it is of,
        or where they had none: told ahead of its own, a correction would keep the old one."""
        told = self._told.get(trade_id(said.exec_id))
        was_told = told is not None and _has_terms(told, said)
        return was_told or not said.quantity or self._executions.has_own_cost(said)

    def _settle(self, said: ExecutionSaid) -> None:
        """Tell the trade if it is complete and differs from what was told of it."""
        trade = trade_id(said.exec_id)
        if not self._is_complete(said):
            self._waiting.setdefault(trade, _Waiting(said)).said = said
            return
        self._waiting.pop(trade, None)
        told = self._told.get(trade)
        if told is None or _differs(told, said, self._executions.cost(said)):
            self._hand_on(said)

    def _hand_on(self, said: ExecutionSaid) -> None:
        fill = self._fill(said)
        self._waiting.pop(fill.trade_id, None)
        self._told[fill.trade_id] = fill
        trim(self._told, _REMEMBERED)
        if not self.learning:
            self._tell(FillNews(fill))

    def _fill(self, said: ExecutionSaid) -> Fill:
        order_id = order_id_of_venue_client_id(said.order_ref)
        assert order_id is not None, "an execution that is not ours"
        cost = self._executions.cost(said)
        return Fill(
            order_id=order_id,
            account_id=self._account_id,
            instrument_id=self._name(said),
            trade_id=trade_id(said.exec_id),
            venue_order_id=str(said.perm_id),
            side=Side.BUY if said.bought else Side.SELL,
            quantity=said.quantity,
            price=said.price,
            fee=cost.commission or Decimal(0) if cost is not None else Decimal(0),
            fee_currency=cost.currency if cost is not None else said.currency,
            is_maker=said.is_maker,
            ts_event=said.at,
        )


def is_ours(said: ExecutionSaid) -> bool:
    return order_id_of_venue_client_id(said.order_ref) is not None


def _has_terms(told: Fill, said: ExecutionSaid) -> bool:
    return (told.quantity, told.price) == (said.quantity, said.price)


def _differs(told: Fill, said: ExecutionSaid, cost: CommissionSaid | None) -> bool:
    """Whether IB says something else now: other terms, or a fee that it had not named."""
    fee_is_new = bool(cost is not None and cost.commission and not told.fee)
    return fee_is_new or not _has_terms(told, said)
