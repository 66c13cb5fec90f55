"""The one error tree. Each error has a stable code, an HTTP status and says what to do.

Refusals of an order (risk, venue, deadline) are results, not errors; see `domain.orders`.
"""

from __future__ import annotations

from typing import ClassVar


class OdumError(Exception):
    """Base of all errors raised on purpose. `str(error)` says what happened and what to do."""

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False


class InvalidOrder(OdumError):
    """The request can never become an order; `code` is refined per cause by `field_code`."""

    code = "invalid_order"
    status = 422

    def __init__(self, field_code: str, message: str) -> None:
        super().__init__(message)
        self.field_code = field_code


class UnknownOrder(OdumError):
    code = "order_not_found"
    status = 404

    def __init__(self, order_id: str) -> None:
        super().__init__(f"There is no order {order_id!r}; check the id with GET /api/live/orders.")


class ConflictingOrder(OdumError):
    """The client order id was used before for a different request (promise 2)."""

    code = "client_order_id_reused"
    status = 409

    def __init__(self, client_order_id: str) -> None:
        super().__init__(
            f"client_order_id {client_order_id!r} already names a different order of this "
            "strategy; send a new id for a new order."
        )


class OrderFinished(OdumError):
    code = "order_finished"
    status = 409

    def __init__(self, order_id: str, status: str) -> None:
        super().__init__(f"Order {order_id} is already {status}; there is nothing left to change.")


class UnknownOrderList(OdumError):
    code = "order_list_not_found"
    status = 404

    def __init__(self, list_id: str) -> None:
        super().__init__(f"There is no order list {list_id!r}; check the id.")


class ConflictingOrderList(OdumError):
    """The client list id was used before for a different list."""

    code = "client_list_id_reused"
    status = 409

    def __init__(self, client_list_id: str) -> None:
        super().__init__(
            f"client_list_id {client_list_id!r} already names a different list of this strategy; "
            "send a new id for a new list."
        )


class OrderListFinished(OdumError):
    code = "order_list_finished"
    status = 409

    def __init__(self, list_id: str, status: str) -> None:
        super().__init__(f"Order list {list_id} is already {status}.")


class NotAmendable(OdumError):
    """The order cannot be amended as asked, now or ever; the message says what is possible."""

    code = "not_amendable"
    status = 409


class AmendUnderWay(OdumError):
    code = "amend_under_way"
    status = 409

    def __init__(self, order_id: str, amend_id: str) -> None:
        super().__init__(
            f"Order {order_id} has the amend {amend_id!r} under way; wait for its end, or cancel."
        )


class ConflictingAmend(OdumError):
    """The amend id was used before for other terms."""

    code = "amend_id_reused"
    status = 409

    def __init__(self, amend_id: str) -> None:
        super().__init__(
            f"amend_id {amend_id!r} already names another amend of this order; send a new id."
        )


class TradingStopped(OdumError):
    code = "trading_stopped"
    status = 409

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"Trading is stopped ({reason or 'no reason given'}); cancels still work. "
            "Start it with POST /api/live/start."
        )


class IllegalTransition(OdumError):
    """A programming error: a command was applied to an order whose state forbids it."""

    code = "illegal_transition"


class LeaseLost(OdumError):
    """This process no longer owns the venue account, so it must not send commands to it."""

    code = "lease_lost"
    retryable = True
