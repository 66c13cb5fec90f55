"""Orders on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StrictInt,
    model_validator,
)

from activities.ports import Decision
from api.schemas.names import ListedName
from api.schemas.numbers import DecimalText, PositiveDecimal
from api.schemas.terms import OrderTerms, require_fitting, unfitting
from api.schemas.trading import Reason
from domain.identifiers import CLIENT_ORDER_ID, STRATEGY_ID
from domain.orders import (
    OrderRequest,
    OrderStatus,
    OrderType,
    TimeInForce,
    TrailingOffsetType,
    TriggerType,
)
from domain.sides import Side

SEND_WITHIN_MS_MIN = 100
SEND_WITHIN_MS_MAX = 60_000

_BUY_AT_MARKET: dict[str, JsonValue] = {
    "strategy_id": "demo",
    "client_order_id": "demo-0001",
    "instrument_id": "BTCUSDT.BINANCE_SPOT",
    "side": "BUY",
    "order_type": "MARKET",
    "quantity": "0.01",
}
_SELL_STOP: dict[str, JsonValue] = {
    "strategy_id": "demo",
    "client_order_id": "demo-0003",
    "instrument_id": "BTCUSDT-PERP.BINANCE_FUTURES",
    "side": "SELL",
    "order_type": "STOP_MARKET",
    "quantity": "0.01",
    "trigger_price": "95000",
    "reduce_only": True,
}
_SELL_LIMIT_BEST_VENUE: dict[str, JsonValue] = {
    "strategy_id": "demo",
    "client_order_id": "demo-0002",
    "pair": "BTC/USDT",
    "side": "SELL",
    "order_type": "LIMIT",
    "quantity": "0.01",
    "price": "101000",
    "time_in_force": "GTC",
    "post_only": True,
}


class OrderSubmission(OrderTerms):
    """A new order. The same submission again gives the same order, never a second one."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [_BUY_AT_MARKET, _SELL_LIMIT_BEST_VENUE, _SELL_STOP]},
    )

    strategy_id: Annotated[str, Field(pattern=STRATEGY_ID.pattern, description="Who trades.")]
    client_order_id: Annotated[
        str,
        Field(
            pattern=CLIENT_ORDER_ID.pattern,
            description="Your own id, new for each new order of the strategy. Send the same one "
            "again when an answer was lost: the order is never placed twice.",
        ),
    ]
    instrument_id: Annotated[
        ListedName | None,
        Field(
            description="What to trade and where, e.g. BTCUSDT.BINANCE_SPOT. Either this or pair."
        ),
    ] = None
    pair: Annotated[
        ListedName | None,
        Field(description="A spot pair, e.g. BTC/USDT, for the venue with the best price now."),
    ] = None
    side: Side
    quantity: Annotated[PositiveDecimal, Field(description="In units of the instrument.")]
    send_within_ms: Annotated[
        StrictInt | None,
        Field(
            ge=SEND_WITHIN_MS_MIN,
            le=SEND_WITHIN_MS_MAX,
            description="An order that could not be sent to its venue within this time ends "
            "EXPIRED, unsent. Without it the system's own deadline holds.",
        ),
    ] = None

    @model_validator(mode="after")
    def _terms_fit(self) -> Self:
        if (self.instrument_id is None) == (self.pair is None):
            raise unfitting("instrument_or_pair", "instrument_id", "send either this or pair")
        require_fitting(self.request())
        return self

    def request(self) -> OrderRequest:
        """The order as the domain knows it: what the client said and nothing else."""
        return OrderRequest(
            strategy_id=self.strategy_id,
            client_order_id=self.client_order_id,
            side=self.side,
            quantity=self.quantity,
            send_within_ms=self.send_within_ms,
            instrument_id=self.instrument_id,
            pair=self.pair,
            **self.terms(),
        )


class OrderResponse(BaseModel):
    """An order as we know it now; `version` grows with each event of its life."""

    model_config = ConfigDict(from_attributes=True)

    order_id: str
    strategy_id: str
    client_order_id: str
    instrument_id: str
    venue: str
    account_id: str
    side: Side
    order_type: OrderType
    quantity: DecimalText
    price: DecimalText | None
    trigger_price: DecimalText | None
    trigger_type: TriggerType | None
    trailing_offset: DecimalText | None
    trailing_offset_type: TrailingOffsetType | None
    time_in_force: TimeInForce
    expire_at: AwareDatetime | None
    post_only: bool
    reduce_only: bool
    display_qty: DecimalText | None
    status: Annotated[
        OrderStatus,
        Field(
            description="SUBMITTING and UNKNOWN: the venue may have the order, and is being asked."
        ),
    ]
    filled_qty: DecimalText
    leaves_qty: Annotated[DecimalText, Field(description="What can still trade.")]
    avg_px: DecimalText | None
    cum_quote: Annotated[DecimalText, Field(description="Sum of quantity times price of fills.")]
    reference_price: Annotated[DecimalText, Field(description="Values the order for exposure.")]
    venue_client_id: str
    venue_order_id: str | None
    leg: Annotated[int, Field(description="Grows each time the order is replaced at its venue.")]
    order_list_id: Annotated[str | None, Field(description="The list that it is a leg of.")]
    triggered_at: AwareDatetime | None
    amend_id: Annotated[str | None, Field(description="The amend under way, with its terms.")]
    amend_quantity: DecimalText | None
    amend_price: DecimalText | None
    amend_trigger_price: DecimalText | None
    send_deadline: AwareDatetime
    created_at: AwareDatetime
    submitted_at: AwareDatetime | None
    cancel_requested_at: AwareDatetime | None
    updated_at: AwareDatetime
    version: int
    reason_code: str | None
    reason: str | None
    anomaly: Annotated[
        str | None, Field(description="Set when the venue contradicted us: a person should look.")
    ]


class OrderReceived(BaseModel):
    """The order is safe with us but not on record yet; ask for it by its order_id."""

    order_id: str
    status: Literal["RECEIVED"] = "RECEIVED"


class FillResponse(BaseModel):
    """One execution, as the venue reported it."""

    model_config = ConfigDict(from_attributes=True)

    trade_id: str
    instrument_id: str
    account_id: str
    venue_order_id: str
    side: Side
    quantity: DecimalText
    price: DecimalText
    fee: Annotated[DecimalText, Field(description="Positive: paid. Negative: received.")]
    fee_currency: str
    is_maker: bool
    ts_event: Annotated[AwareDatetime, Field(description="The venue's time.")]


class EventResponse(BaseModel):
    """One line of the audit trail; `hash` covers the line before it."""

    model_config = ConfigDict(from_attributes=True)

    version: int
    name: str
    detail: dict[str, Any]
    at: AwareDatetime
    hash: str


class OrderDetails(OrderResponse):
    """An order with all its fills and its audit trail."""

    fills: list[FillResponse]
    events: list[EventResponse]


class OrderPage(BaseModel):
    """Orders, newest first. Send `next_cursor` back as `cursor` for the page after this one."""

    orders: list[OrderResponse]
    next_cursor: str | None


class Acknowledgement(BaseModel):
    """What an operator found out about an anomaly, and did."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"reason": "booked the missing fill from the statement"}]},
    )

    reason: Annotated[Reason, Field(min_length=1)]


class Resolution(BaseModel):
    """An operator's decision on a step that could not go on by itself."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"decision": "retry", "reason": "venue is back"}]},
    )

    decision: Decision
    reason: Reason = ""
