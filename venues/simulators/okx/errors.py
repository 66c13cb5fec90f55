"""OKX's refusals: codes with their true texts. Source: the "Error Code" chapter of the v5 docs."""

OK = "0"


class ApiError(Exception):
    """A request refused as a whole: ``{"code": ..., "msg": ..., "data": []}``."""

    def __init__(self, code: str, message: str, status: int = 200) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


class OrderError(ApiError):
    """One order of a request refused: the answer is 200, and the order's entry has an sCode."""


class LoginError(ApiError):
    """A WebSocket login refused; the connection is closed after it is told."""


def empty(name: str) -> ApiError:
    """A required parameter is not there."""
    return ApiError("50014", f"Parameter {name} cannot be empty.", 400)


def bad_parameter(name: str) -> ApiError:
    """A parameter that cannot be used."""
    return ApiError("51000", f"Parameter {name} error")


def bad_term(name: str) -> OrderError:
    """A parameter of an order that cannot be used."""
    return OrderError("51000", f"Parameter {name} error")


def does_not_match(name: str, other: str) -> OrderError:
    """Two parameters of an order that exclude each other."""
    return OrderError("50016", f"Parameter {name} does not match parameter {other}")


def no_instrument() -> OrderError:
    """Nothing is listed under that id."""
    return OrderError("51001", "Instrument ID, Instrument ID code, or Spread ID doesn't exist.")


def throttled() -> ApiError:
    """The endpoint's limit is used up."""
    text = (
        "Rate limit reached. Please refer to API documentation and throttle requests accordingly."
    )
    return ApiError("50011", text, 429)


def orders_throttled() -> OrderError:
    """The sub-account's limit of orders is used up."""
    text = (
        "You've reached the maximum order rate limit for this account. "
        "Please throttle requests accordingly."
    )
    return OrderError("50061", text)


def unavailable() -> ApiError:
    """The request was not processed."""
    return ApiError("50001", "Service temporarily unavailable. Please try again later.", 503)


def maintenance() -> ApiError:
    """The whole venue is being upgraded."""
    return ApiError("50001", "Service temporarily unavailable. System is under maintenance.", 503)


def status_unknown() -> ApiError:
    """The request may or may not have been processed."""
    text = (
        "API endpoint request timeout (does not mean that the request was successful or failed, "
        "please check the request result)."
    )
    return ApiError("50004", text, 400)


def insufficient(asset: str, *, margin: bool) -> OrderError:
    """The account cannot pay for an order."""
    what = f"{asset} margin" if margin else f"{asset} balance"
    return OrderError("51008", f"Order failed. Insufficient {what} in account.")


DUPLICATE = ("51016", "Client order ID already exists.")
DUPLICATE_ALGO = ("51065", "algoClOrdId already exists.")
TOO_SMALL = ("51020", "Your order should meet or exceed the minimum order amount.")
OFF_LOT = ("51121", "Order quantity must be a multiple of the lot size.")
OFF_TICK = ("51150", "The precision of the number of trades or the price exceeds the limit.")
TOO_LARGE = ("51202", "Market order amount exceeds the maximum amount.")
TOO_LARGE_LIMIT = ("51201", "Value of per limit order cannot exceed the maximum amount.")
NOTHING_TO_REDUCE = (
    "51169",
    "Order failed because you don't have any positions in this direction for this contract to "
    "reduce or close.",
)
TOO_MANY_OPEN = ("51174", "Order failed. The number of pending orders reached the upper limit.")
EXPIRED_REQUEST = (
    "50036",
    "The expTime can't be earlier than the current system time. Please adjust the expTime and try "
    "again.",
)
TRIGGER_BELOW_LAST = ("51278", "SL trigger price cannot be lower than the last price.")
TRIGGER_ABOVE_LAST = ("51280", "SL trigger price cannot be higher than the last price.")
TP_BELOW_LAST = ("51277", "TP trigger price cannot be higher than the last price.")
TP_ABOVE_LAST = ("51279", "TP trigger price cannot be lower than the last price.")
CANCEL_NOT_FOUND = (
    "51400",
    "Cancellation failed as the order has been filled, canceled or does not exist.",
)
CANCEL_CANCELED = ("51401", "Cancellation failed as the order is already canceled.")
CANCEL_COMPLETED = ("51402", "Cancellation failed as the order is already completed.")
AMEND_NOT_FOUND = (
    "51503",
    "Order modification failed as the order has been filled, canceled or does not exist.",
)
AMEND_CANCELED = ("51509", "Modification failed as the order has been canceled.")
AMEND_COMPLETED = ("51510", "Modification failed as the order has been completed.")
AMEND_EMPTY = ("51500", "You must enter a price, quantity, or TP/SL")
NO_POSITION = ("51023", "Position doesn't exist.")
CLOSING_ORDERS_PENDING = ("51115", "Cancel all pending close-orders before liquidation.", 429)
TOO_MANY_COUNTDOWNS = (
    "51071",
    "You've reached the maximum limit for tag level cancel all after timers.",
)
WRONG_ACCOUNT_MODE = ("51010", "Request unsupported under current account mode")
NO_SUCH_ORDER = ("51603", "Order does not exist")
WS_LOGIN_FIRST = ("60011", "Please log in")
WS_ILLEGAL = "60012"
WS_RATE = ("60014", "Requests too frequent")
WS_WRONG_CHANNEL = "60018"
WS_TIER = ("64003", "Your trading fee tier doesn't meet the requirement to access this channel")
