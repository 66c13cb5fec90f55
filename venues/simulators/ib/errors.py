"""IB's error codes and texts, as the API message code tables give them."""

from decimal import Decimal

from venues.simulators.ib.listings import Listed


class ApiError(Exception):
    """What a request is refused with; it goes out as an error message for the request's id."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def too_fast(limit: int, received: int) -> ApiError:
    text = "Max rate of messages per second has been exceeded"
    return ApiError(100, f"{text}:max={limit} rec={received} (1)")


def duplicate_id() -> ApiError:
    return ApiError(103, "Duplicate order id")


def already_filled() -> ApiError:
    return ApiError(104, "Cannot modify a filled order.")


def other_order() -> ApiError:
    return ApiError(105, "Order being modified does not match original order.")


def off_tick() -> ApiError:
    text = "The price does not conform to the minimum price variation for this contract."
    return ApiError(110, text)


def day_only() -> ApiError:
    return ApiError(113, "The Tif option should be set to DAY for MOC and LOC orders.")


def no_such_contract() -> ApiError:
    return ApiError(200, "No security definition has been found for the request")


def ambiguous(symbol: str) -> ApiError:
    return ApiError(200, f"The contract description specified for {symbol} is ambiguous.")


def rejected(reason: str) -> ApiError:
    return ApiError(201, f"Order rejected - reason:{reason}")


def not_simulated(what: str) -> ApiError:
    """The real one would take it. Whoever waits for the order must learn that it is not alive."""
    return rejected(f"not simulated: {what}")


def no_margin(equity: Decimal, needed: Decimal) -> ApiError:
    return rejected(
        "YOUR ORDER IS NOT ACCEPTED. IN ORDER TO OBTAIN THE DESIRED POSITION YOUR EQUITY WITH LOAN "
        f"VALUE [{equity:.2f} USD] MUST EXCEED THE INITIAL MARGIN [{needed:.2f} USD]"
    )


def canceled(reason: str = "") -> ApiError:
    return ApiError(202, f"Order Canceled - reason:{reason}")


def history_failed(reason: str) -> ApiError:
    return ApiError(162, f"Historical Market Data Service error message:{reason}")


def no_depth(request_id: int) -> ApiError:
    return ApiError(310, f"Can't find the subscribed market depth with tickerId:{request_id}")


def no_eid(request_id: int) -> ApiError:
    return ApiError(300, f"Can't find EId with tickerId:{request_id}")


def invalid(cause: str) -> ApiError:
    return ApiError(321, f"Error validating request.-'bO' : cause - {cause}")


def unreadable(what: str) -> ApiError:
    return ApiError(320, f"Server error when reading an API client request. {what}")


def client_id_in_use() -> ApiError:
    text = "Unable to connect as the client id is already in use. Retry with a unique client id."
    return ApiError(326, text)


def invalid_type() -> ApiError:
    return invalid("Invalid order type was entered")


def trail_on_market() -> ApiError:
    text = "Trailing stop orders can be attached to limit or stop-limit orders only."
    return ApiError(328, text)


def unsupported_type() -> ApiError:
    return ApiError(387, "Unsupported order type for this exchange and security type.")


def held_until_open(action: str, quantity: Decimal, listed: Listed, opens: str) -> ApiError:
    order = f"{action} {quantity.normalize():f} {listed.local_symbol} {listed.primary}"
    return ApiError(
        399,
        f"Order Message:\n{order.strip()}\nWarning: your order will not be placed at the exchange "
        f"until {opens}",
    )


def zero_size() -> ApiError:
    return ApiError(434, "The order size cannot be zero.")


def unknown_message() -> ApiError:
    return ApiError(505, "Fatal Error: Unknown message id.")


def bad_end_time() -> ApiError:
    text = "The date, time, or time-zone entered is invalid."
    return ApiError(10314, f"End Date/Time: {text} The correct format is yyyymmdd hh:mm:ss xx/xxxx")


def not_to_cancel(order_id: int) -> ApiError:
    return ApiError(10147, f"OrderId {order_id} that needs to be cancelled is not found.")


def finished(order_id: int, status: str) -> ApiError:
    text = f"OrderId {order_id} that needs to be cancelled can not be cancelled, state: {status}."
    return ApiError(10148, text)


def missing_parent() -> ApiError:
    return ApiError(10006, "Missing parent order.")


def bad_tick_request(reason: str) -> ApiError:
    return ApiError(10189, f"Failed to request tick-by-tick data.{reason}")


def fractional() -> ApiError:
    text = "Fractional-sized order cannot be placed via API."
    return ApiError(10243, f"{text} Please use desktop version to place this order.")


CONNECTION_LOST = ApiError(
    1100,
    "Connectivity between IBKR and Trader Workstation has been lost.",
)
CONNECTION_BROKEN = ApiError(
    2110,
    "Connectivity between Trader Workstation and server is broken. It will be restored "
    "automatically.",
)
RESTORED_DATA_LOST = ApiError(
    1101,
    "Connectivity between IBKR and Trader Workstation has been restored - data lost.",
)
RESTORED_DATA_KEPT = ApiError(
    1102,
    "Connectivity between IBKR and Trader Workstation has been restored - data maintained. "
    "All data farms are connected: usfarm; ushmds; secdefnj.",
)
PROCESSING_FAILED = ApiError(322, "Error processing request.-'bN' : cause - null")
DEFINITIONS_BROKEN = ApiError(2157, "Sec-def data farm connection is broken:secdefnj")
DEFINITIONS_OK = ApiError(2158, "Sec-def data farm connection is OK:secdefnj")
FARMS_OK = (
    ApiError(2104, "Market data farm connection is OK:usfarm"),
    ApiError(2106, "HMDS data farm connection is OK:ushmds"),
)
