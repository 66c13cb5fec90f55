"""The state of the system on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.schemas.names import ONE_LINE

Reason = Annotated[
    str,
    Field(
        max_length=200,
        pattern=ONE_LINE,
        description="Goes on record; one line of text.",
    ),
]


class SwitchReason(BaseModel):
    """Why trading is stopped or started."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "exchange maintenance"}]}
    )

    reason: Reason = ""


class TradingResponse(BaseModel):
    """Whether new venue commands are sent. Cancels always are."""

    model_config = ConfigDict(from_attributes=True)

    running: bool
    reason: str
    by: str
    at: AwareDatetime


class RateLimitResponse(BaseModel):
    """One of the venue's rate limits, by our own count."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    used: Annotated[int, Field(description="Of `limit`, now.")]
    limit: int
    per_s: Annotated[float, Field(description="The limit is so much within so many seconds.")]


class VenueResponse(BaseModel):
    """One venue account as its owner, the holder of its lease, reported it last."""

    venue: str
    account_id: str
    connected: Annotated[bool, Field(description="False too when nobody holds the lease.")]
    holder: Annotated[str | None, Field(description="The process that owns the account now.")]
    last_message_age_ms: int | None
    clock_offset_ms: Annotated[
        float | None, Field(description="The venue's clock minus ours; null before it was asked.")
    ]
    rate_limits: list[RateLimitResponse]
    commands: Annotated[int, Field(description="Sent to the venue within the last minute.")]
    errors: Annotated[
        int, Field(description="Of these, without an answer, throttled, or met by a server error.")
    ]
    error_rate: Annotated[float | None, Field(description="Errors by commands; null without any.")]
    problems: Annotated[
        list[str], Field(description="What the account lacks to be served in full, for a person.")
    ]


class OrderCountsResponse(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    live: Annotated[int, Field(description="Orders that are not finished.")]
    in_doubt: Annotated[int, Field(description="Of these, SUBMITTING or UNKNOWN.")]
    attention: Annotated[int, Field(description="Orders that a person should look at.")]


class StatusResponse(BaseModel):
    mode: Annotated[str, Field(description="paper, testnet or live.")]
    version: str
    uptime_s: float
    trading: TradingResponse
    venues: list[VenueResponse]
    orders: OrderCountsResponse


class Health(BaseModel):
    status: Literal["ok"] = "ok"
