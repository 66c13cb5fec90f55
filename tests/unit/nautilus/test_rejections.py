"""Which replies of Binance reject an order. The bodies are Binance's own, word for word."""

import pytest

from domain.outcomes import CancelRefused, Rejected, Unknown
from venues.nautilus.binance.rejections import ErrorReply, cancel_outcome, submit_outcome
from venues.nautilus.rejections import stream_rejection

DEFINITE = [
    (400, -1013, "Filter failure: LOT_SIZE"),
    (400, -1013, "Filter failure: NOTIONAL"),
    (400, -1013, "Filter failure: PERCENT_PRICE_BY_SIDE"),
    (429, -1015, "Too many new orders; current limit is 100 orders per 10 SECOND."),
    (400, -1021, "Timestamp for this request is outside of the recvWindow."),
    (400, -1022, "Signature for this request is not valid."),
    (400, -1102, "Mandatory parameter 'price' was not sent, was empty/null, or malformed."),
    (400, -1111, "Parameter 'quantity' has too much precision."),
    (400, -1121, "Invalid symbol."),
    (400, -2010, "Account has insufficient balance for requested action."),
    (400, -2010, "Order would immediately match and take."),
    (401, -2014, "API-key format invalid."),
    (401, -2015, "Invalid API-key, IP, or permissions for action."),
    (400, -2019, "Margin is insufficient."),
    (400, -2022, "ReduceOnly Order is rejected."),
    (400, -2027, "Exceeded the maximum allowable position at current leverage."),
    (400, -4003, "Quantity less than or equal to zero."),
    (400, -4164, "Order's notional must be no smaller than 100 (unless you choose reduce only)."),
    (
        400,
        -5021,
        "Due to the order could not be filled immediately, the FOK order has been rejected.",
    ),
    (
        400,
        -5022,
        "Due to the order could not be executed as maker, the Post Only order was rejected.",
    ),
]

AMBIGUOUS = [
    (400, -1000, "An unknown error occurred while processing the request."),
    (503, -1001, "Internal error; unable to process your request. Please try again."),
    (429, -1003, "Too many requests; current limit is 2400 requests per minute."),
    (418, -1003, "Way too much request weight used; IP banned until 1659146400000."),
    (400, -1006, "An unexpected response was received from the message bus."),
    (503, -1007, "Timeout waiting for response from backend server. Send status unknown; "
     "execution status unknown."),
    (408, -1007, "Timeout waiting for response from backend server."),
    (503, -1008, "Request throttled by system-level protection."),
    (400, -1016, "This service is no longer available."),
    # A good code on a bad status: the venue's front did not know what its engine did.
    (500, -2010, "Account has insufficient balance for requested action."),
    # An order with this id IS at the venue.
    (400, -2010, "Duplicate order sent."),
    (400, -4116, "ClientOrderId is duplicated."),
    # Codes and bodies that nobody has told us about.
    (400, -9999, "Something new."),
    (400, -1199 - 1, "Just outside the family of malformed requests."),
    (403, None, "<html><title>403 Forbidden</title></html>"),
    (502, None, "Bad Gateway"),
    (200, None, "Non-JSON response (HTTP 200): OK"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "code", "message"), DEFINITE)
def test_a_definite_code_rejects_with_the_venues_words(
    status: int, code: int, message: str
) -> None:
    assert submit_outcome(ErrorReply(status, code, message)) == Rejected(str(code), message)


@pytest.mark.parametrize(("status", "code", "message"), AMBIGUOUS)
def test_everything_else_is_unknown(status: int, code: int | None, message: str) -> None:
    outcome = submit_outcome(ErrorReply(status, code, message))
    assert isinstance(outcome, Unknown)
    assert message in outcome.reason


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (400, -2011, "Unknown order sent."),
        (400, -2013, "Order does not exist."),
        (400, -1021, "Timestamp for this request is outside of the recvWindow."),
    ],
)
def test_a_cancel_is_refused_by_a_definite_code(status: int, code: int, message: str) -> None:
    assert cancel_outcome(ErrorReply(status, code, message)) == CancelRefused(f"{code}: {message}")


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (503, -1007, "Timeout waiting for response from backend server."),
        (503, -2011, "Unknown order sent."),
        (429, -1003, "Too many requests."),
        (502, None, "Bad Gateway"),
    ],
)
def test_a_cancel_without_a_clear_answer_is_unknown(
    status: int, code: int | None, message: str
) -> None:
    assert isinstance(cancel_outcome(ErrorReply(status, code, message)), Unknown)


@pytest.mark.parametrize("reason", ["INSUFFICIENT_BALANCES", "REJECTED", "NONE"])
def test_a_rejection_on_the_stream_is_the_venues(reason: str) -> None:
    assert stream_rejection(reason) == Rejected("REJECTED_ON_STREAM", reason)


@pytest.mark.parametrize(
    "reason", ["", "INFLIGHT_TIMEOUT", "Canceled retry", "UNKNOWN", "Request timeout"]
)
def test_a_rejection_that_the_library_made_up_is_unknown(reason: str) -> None:
    """Lesson L1."""
    assert isinstance(stream_rejection(reason), Unknown)
