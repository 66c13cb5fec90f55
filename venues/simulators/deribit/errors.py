"""The venue's refusals: its own codes and texts (docs.deribit.com, RPC error codes, API 2.1.1)."""

from decimal import Decimal
from typing import Any


class RpcError(Exception):
    """A JSON-RPC error. ``ends_session`` also ends the connection, as a rate limit does."""

    def __init__(
        self,
        code: int,
        message: str,
        data: dict[str, Any] | str | None = None,
        *,
        status: int = 400,
        ends_session: bool = False,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data
        self.status = status
        self.ends_session = ends_session

    @property
    def body(self) -> dict[str, Any]:
        """The ``error`` member of the answer."""
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        if self.data is not None:
            body["data"] = self.data
        return body


def invalid_params(param: str, reason: str) -> RpcError:
    """A parameter that is missing or makes no sense."""
    return RpcError(-32602, "Invalid params", {"reason": reason, "param": param})


def method_not_found() -> RpcError:
    return RpcError(-32601, "Method not found")


def invalid_request() -> RpcError:
    return RpcError(-32600, "request entity is not valid JSON-RPC")


def invalid_json() -> RpcError:
    """Text that is no JSON at all."""
    return RpcError(11050, "bad_request", "invalid json")


def internal_error() -> RpcError:
    """What the venue says of its own mistakes, and so of ours."""
    return RpcError(11094, "internal_server_error", status=500)


def not_simulated(param: str) -> RpcError:
    """A term that the venue knows and this simulator does not; it must not get lost."""
    return invalid_params(param, "the simulator does not have it")


def too_many_requests() -> RpcError:
    """The credits are used up: the venue says so and ends the session."""
    return RpcError(10028, "too_many_requests", status=429, ends_session=True)


def unauthorized(reason: str = "invalid_token") -> RpcError:
    """No token, or one that is expired or unknown."""
    return RpcError(13009, "unauthorized", {"reason": reason})


def forbidden() -> RpcError:
    """The token, or the key, does not have the scope that the method wants."""
    return RpcError(13021, "forbidden")


def invalid_credentials() -> RpcError:
    return RpcError(13004, "invalid_credentials")


def websocket_only() -> RpcError:
    return RpcError(10030, "must_be_websocket_request")


def raw_needs_authentication() -> RpcError:
    return RpcError(13778, "raw_subscriptions_not_available_for_unauthorized")


def order_not_found() -> RpcError:
    return RpcError(10004, "order_not_found")


def not_open_order() -> RpcError:
    return RpcError(11044, "not_open_order")


def non_unique_label() -> RpcError:
    return RpcError(13032, "non_unique_order_label")


def not_enough_funds() -> RpcError:
    return RpcError(10009, "not_enough_funds")


def quantity_too_low() -> RpcError:
    return RpcError(10002, "qty_too_low")


def wrong_tick() -> RpcError:
    return RpcError(10043, "price_wrong_tick")


def wrong_trigger_tick() -> RpcError:
    return RpcError(10044, "trigger_price_wrong_tick")


def price_too_high(limit: Decimal) -> RpcError:
    return RpcError(10007, f"price_too_high {limit:f}")


def price_too_low(limit: Decimal) -> RpcError:
    return RpcError(10005, f"price_too_low {limit:f}")


def invalid_display_amount() -> RpcError:
    return RpcError(10036, "invalid_max_show_amount")


def too_many_open_orders(limit: int) -> RpcError:
    return RpcError(10013, f"pme_max_total_open_orders {limit}")


def invalid_trigger_price() -> RpcError:
    return RpcError(11036, "invalid_trigger_price")


def invalid_arguments_for_instrument() -> RpcError:
    return RpcError(10031, "invalid_args_for_instrument")


def post_only_reject() -> RpcError:
    return RpcError(11054, "post_only_reject")


def post_only_not_allowed() -> RpcError:
    return RpcError(11055, "post_only_not_allowed")


def other_reject(reason: str) -> RpcError:
    return RpcError(11030, f"other_reject {reason}")


def timed_out() -> RpcError:
    """``valid_until`` had passed before the matching engine took the request up."""
    return RpcError(13888, "timed_out")


def temporarily_unavailable() -> RpcError:
    return RpcError(13028, "temporarily_unavailable", status=503)


def unavailable() -> RpcError:
    """The method is not available now; it was not executed."""
    return RpcError(13503, "unavailable", status=503)


def system_maintenance() -> RpcError:
    return RpcError(11051, "system_maintenance", status=503)


def book_closed() -> RpcError:
    """The instrument has expired."""
    return RpcError(10012, "book_closed")


def order_overlap() -> RpcError:
    """The order would trade with one of its own account, which refuses such orders."""
    return RpcError(10003, "order_overlap")
