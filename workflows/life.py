"""What an order's workflow remembers."""

from __future__ import annotations

from dataclasses import dataclass

from domain.orders import OrderRequest, OrderState, OrderStatus


@dataclass(slots=True)
class Life:
    """A request to begin with. All of it goes along when a long history is continued as a new one.

    `published` is the status that searches see. `cancel_by` wants the order canceled; the row says
    whether that is recorded. `cancel_dropped`: an operator left the order working all the same.
    `told_list` is the version that the list knows whose leg the order is.
    """

    request: OrderRequest
    order: OrderState | None = None
    published: OrderStatus | None = None
    cancel_by: str | None = None
    cancel_dropped: bool = False
    cancels_unconfirmed: int = 0
    told_list: int = 0
