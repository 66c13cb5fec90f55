"""What becomes of a new request: route it, ask risk, and say which order to record.

Routing comes first because a quote, a filter and a position belong to one venue's instrument.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from domain import amendment
from domain.amendment import AmendEvents, AmendFacts, AmendWish
from domain.audit import GENESIS, ChainedEvent, chained
from domain.capabilities import Capabilities, unsupported
from domain.identifiers import order_id_for, venue_client_id
from domain.instruments import Instrument
from domain.market import Quote
from domain.order_events import OpeningEvent, OrderReceived, OrderRouted, RiskApproved, RiskDenied
from domain.orders import OrderRequest, OrderStatus, UnifiedOrder
from domain.risk import Approved, Denied, Proposal, RiskDecision, RiskEngine, RiskFacts, RiskLimits
from domain.routing import NoRoute, Route, SmartOrderRouter

FIRST_LEG = 1


@dataclass(frozen=True, slots=True)
class AdmissionFacts:
    """What the database says, read in one statement, and which turn of the risk clock that was.

    `per_instrument` holds the risk facts of each candidate instrument, `strategy_seq` numbers the
    strategy's last order.
    """

    now: datetime
    trading: bool
    quotes: Mapping[str, Quote]
    per_instrument: Mapping[str, RiskFacts]
    strategy_seq: int = 0
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Opening:
    """An order's first record and the first events of its audit trail."""

    order: UnifiedOrder
    events: tuple[ChainedEvent, ...]


class OrderAdmission:
    """Pure: the same request and facts give the same opening."""

    def __init__(
        self,
        router: SmartOrderRouter,
        engine: RiskEngine,
        limits: RiskLimits,
        accounts: Mapping[str, str],
        send_within: timedelta,
    ) -> None:
        """`accounts` gives the account that trades at each venue; `send_within` is the send
        deadline of orders that name none."""
        self._router = router
        self._engine = engine
        self._limits = limits
        self._accounts = accounts
        self._default_send_within = send_within

    @property
    def par_currencies(self) -> frozenset[str]:
        """Those in which the limits are, one unit each."""
        return self._limits.par_currencies

    def candidates(
        self,
        request: OrderRequest,
        instruments: Sequence[Instrument],
        capabilities: Mapping[str, Capabilities],
    ) -> list[Instrument]:
        """The instruments that the request could be routed to: only where we have an account, and
        only at venues that can serve it, if any can (else risk says what is lacking)."""
        tradable = [i for i in instruments if i.venue in self._accounts]
        if request.instrument_id is not None:
            return [i for i in tradable if i.instrument_id == request.instrument_id]
        offered = [i for i in tradable if i.pair == request.pair]
        able = [
            i
            for i in offered
            if i.venue not in capabilities
            or unsupported(request, i.kind, capabilities[i.venue]) is None
        ]
        return able or offered

    def decide(
        self,
        request: OrderRequest,
        received_at: datetime,
        instruments: Sequence[Instrument],
        facts: AdmissionFacts,
        capabilities: Mapping[str, Capabilities],
    ) -> Opening:
        """The send deadline counts from `received_at`, however late the admission itself is.

        `capabilities` are those of the venues that have told theirs.
        """
        deadline = received_at + self._send_within(request)
        route = self._router.route(request, instruments, facts.quotes, facts.now)
        if isinstance(route, NoRoute):
            denied = Denied("routing", "one venue", route.code, route.reason)
            return self._opening(request, None, denied, deadline, facts)
        decision = self._risk(request, route, facts, capabilities.get(route.instrument.venue))
        return self._opening(request, route, decision, deadline, facts)

    def amend(self, order: UnifiedOrder, wish: AmendWish, facts: AmendFacts) -> AmendEvents:
        """What to record of a wish to amend. Raises what `domain.amendment.decide` raises."""
        return amendment.decide(order, wish, facts, self._engine, self._limits)

    def _send_within(self, request: OrderRequest) -> timedelta:
        if request.send_within_ms is None:
            return self._default_send_within
        return timedelta(milliseconds=request.send_within_ms)

    def _risk(
        self,
        request: OrderRequest,
        route: Route,
        facts: AdmissionFacts,
        capabilities: Capabilities | None,
    ) -> RiskDecision:
        if not facts.trading:
            return Denied(
                "trading_stopped",
                "running",
                "stopped",
                "Trading is stopped; start it with POST /api/live/start.",
            )
        risk_facts = facts.per_instrument[route.instrument.instrument_id]
        return self._engine.decide(
            Proposal(request, route.instrument, route.quote, risk_facts, self._limits, capabilities)
        )

    def _opening(
        self,
        request: OrderRequest,
        route: Route | None,
        decision: RiskDecision,
        deadline: datetime,
        facts: AdmissionFacts,
    ) -> Opening:
        now = facts.now
        order_id = order_id_for(request.strategy_id, request.client_order_id)
        events = _chain(order_id, _events(request, route, decision), now)
        venue = route.instrument.venue if route else ""
        approved = isinstance(decision, Approved)
        order = UnifiedOrder(
            order_id=order_id,
            strategy_id=request.strategy_id,
            client_order_id=request.client_order_id,
            fingerprint=request.fingerprint(),
            instrument_id=(
                route.instrument.instrument_id
                if route
                else request.instrument_id or request.pair or ""
            ),
            venue=venue,
            account_id=self._accounts.get(venue, ""),
            side=request.side,
            order_type=request.order_type,
            quantity=request.quantity,
            price=request.price,
            time_in_force=request.time_in_force,
            post_only=request.post_only,
            reduce_only=request.reduce_only,
            reference_price=(
                decision.reference_price if isinstance(decision, Approved) else Decimal(0)
            ),
            status=OrderStatus.APPROVED if approved else OrderStatus.DENIED,
            leg=FIRST_LEG,
            venue_client_id=venue_client_id(order_id, FIRST_LEG),
            send_deadline=deadline,
            created_at=now,
            updated_at=now,
            version=events[-1].version,
            last_hash=events[-1].hash,
            reason_code=decision.rule if isinstance(decision, Denied) else None,
            reason=decision.message if isinstance(decision, Denied) else None,
            trigger_price=request.trigger_price,
            trigger_type=request.trigger_type,
            trailing_offset=request.trailing_offset,
            trailing_offset_type=request.trailing_offset_type,
            expire_at=request.expire_at,
            display_qty=request.display_qty,
            order_list_id=request.order_list_id,
            strategy_seq=facts.strategy_seq + 1,
        )
        return Opening(order, events)


def _events(
    request: OrderRequest, route: Route | None, decision: RiskDecision
) -> list[OpeningEvent]:
    events: list[OpeningEvent] = [OrderReceived(request)]
    if route is not None:
        quote = route.quote
        events.append(
            OrderRouted(
                route.instrument.instrument_id,
                route.instrument.venue,
                quote.bid if quote else None,
                quote.ask if quote else None,
            )
        )
    if isinstance(decision, Approved):
        events.append(RiskApproved(decision.quantity, decision.reference_price, decision.rules))
    else:
        events.append(RiskDenied(decision.rule, decision.limit, decision.value, decision.message))
    return events


def _chain(
    order_id: str, events: Sequence[OpeningEvent], now: datetime
) -> tuple[ChainedEvent, ...]:
    links: list[ChainedEvent] = []
    for event in events:
        previous = links[-1].hash if links else GENESIS
        links.append(chained(order_id, len(links) + 1, previous, event, now))
    return tuple(links)
