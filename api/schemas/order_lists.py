"""Order lists on the wire."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StrictInt,
    model_validator,
)

from api.schemas.names import ListedName
from api.schemas.numbers import PositiveDecimal
from api.schemas.orders import (
    SEND_WITHIN_MS_MAX,
    SEND_WITHIN_MS_MIN,
    OrderResponse,
)
from api.schemas.terms import OrderTerms, unfitting
from domain.identifiers import STRATEGY_ID
from domain.lists.request import (
    CLIENT_LIST_ID,
    EXITS,
    LegTerms,
    ListKind,
    ListStatus,
    OrderListRequest,
    Role,
)
from domain.order_terms import misfit
from domain.orders import OrderType
from domain.sides import Side

_BRACKET: dict[str, JsonValue] = {
    "strategy_id": "demo",
    "client_list_id": "bracket-0001",
    "kind": "BRACKET",
    "instrument_id": "BTCUSDT-PERP.BINANCE_FUTURES",
    "side": "BUY",
    "quantity": "0.01",
    "entry": {"order_type": "LIMIT", "price": "100000"},
    "take_profit": {"order_type": "LIMIT", "price": "103000"},
    "stop_loss": {"order_type": "STOP_MARKET", "trigger_price": "98000"},
}

_TAKES_PROFIT = (OrderType.LIMIT, OrderType.TAKE_PROFIT_MARKET, OrderType.TAKE_PROFIT_LIMIT)
_STOPS_LOSS = (OrderType.STOP_MARKET, OrderType.STOP_LIMIT, OrderType.TRAILING_STOP_MARKET)


class LegSubmission(OrderTerms):
    """One leg; side and quantity come from the list."""

    model_config = ConfigDict(extra="forbid")

    def leg(self) -> LegTerms:
        return LegTerms(**self.terms())


class OrderListSubmission(BaseModel):
    """A bracket or an OCO pair. The same submission again gives the same list."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_BRACKET]})

    strategy_id: Annotated[str, Field(pattern=STRATEGY_ID.pattern)]
    client_list_id: Annotated[
        str, Field(pattern=CLIENT_LIST_ID, description="Your own id, new for each new list.")
    ]
    kind: ListKind
    instrument_id: ListedName
    side: Annotated[
        Side,
        Field(
            description="Of the entry in a BRACKET, whose exits take the other side; of both "
            "orders in an OCO."
        ),
    ]
    quantity: PositiveDecimal
    entry: Annotated[LegSubmission | None, Field(description="For a BRACKET, and only for it.")] = (
        None
    )
    take_profit: LegSubmission
    stop_loss: LegSubmission
    send_within_ms: Annotated[
        StrictInt | None, Field(ge=SEND_WITHIN_MS_MIN, le=SEND_WITHIN_MS_MAX)
    ] = None

    @model_validator(mode="after")
    def _legs_fit(self) -> Self:
        if (self.kind is ListKind.BRACKET) != (self.entry is not None):
            code = "leg_required" if self.entry is None else "leg_not_allowed"
            raise unfitting(code, "entry", "a BRACKET has an entry, an OCO has none")
        for role, allowed in zip(EXITS, (_STOPS_LOSS, _TAKES_PROFIT), strict=True):
            leg = getattr(self, role.lower())
            if leg.order_type not in allowed:
                named = ", ".join(allowed)
                raise unfitting(
                    "order_type_not_allowed", f"{role.lower()}.order_type", f"must be {named}"
                )
        request = self.request()
        for role in request.roles:
            fault = misfit(request.order(role, 1, self.quantity))
            if fault is not None:
                raise unfitting(fault.code, f"{role.lower()}.{fault.field}", fault.message)
        return self

    def request(self) -> OrderListRequest:
        return OrderListRequest(
            strategy_id=self.strategy_id,
            client_list_id=self.client_list_id,
            kind=self.kind,
            instrument_id=self.instrument_id,
            side=self.side,
            quantity=self.quantity,
            send_within_ms=self.send_within_ms,
            take_profit=self.take_profit.leg(),
            stop_loss=self.stop_loss.leg(),
            entry=self.entry.leg() if self.entry else None,
        )


class Note(BaseModel):
    """One line of the list's own story."""

    at: AwareDatetime
    text: str


class OrderListResponse(BaseModel):
    """A list as we know it now; what its orders do, they say themselves."""

    model_config = ConfigDict(from_attributes=True)

    list_id: str
    strategy_id: str
    client_list_id: str
    kind: ListKind
    instrument_id: str
    status: ListStatus
    attention: Annotated[bool, Field(description="A person should look: see notes.")]
    notes: list[Note]
    cancel_requested_at: AwareDatetime | None
    created_at: AwareDatetime
    updated_at: AwareDatetime


class LegResponse(BaseModel):
    """One order of the list. A leg may need several, one after the other."""

    role: Role
    order: OrderResponse


class OrderListDetails(OrderListResponse):
    legs: list[LegResponse]


class OrderListPage(BaseModel):
    """The newest lists, newest first."""

    order_lists: list[OrderListResponse]
