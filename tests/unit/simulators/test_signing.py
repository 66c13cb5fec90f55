"""Signatures over the raw bytes, and the clock."""

import base64
import hashlib
import hmac
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from venues.simulators.binance.errors import ApiError
from venues.simulators.binance.params import parse_params
from venues.simulators.binance.signing import ApiKey, KeyRing, check_session, check_signed

NOW_MS = 1_700_000_000_000
SECRET = "a secret of the simulator"
KEY = ApiKey.create("key", SECRET, "main")


def hmac_of(payload: str) -> str:
    return hmac.new(SECRET.encode(), payload.encode(), hashlib.sha256).hexdigest()


def check(query: str, body: str = "", key: ApiKey = KEY) -> None:
    check_signed(key, query, body, parse_params(query, body), NOW_MS)


def code_of(query: str, body: str = "", key: ApiKey = KEY) -> int:
    with pytest.raises(ApiError) as refused:
        check(query, body, key)
    return refused.value.code


def test_a_signed_query_passes() -> None:
    query = f"symbol=BTCUSDT&timestamp={NOW_MS}"
    check(f"{query}&signature={hmac_of(query)}")


def test_a_signed_form_body_passes() -> None:
    body = f"symbol=BTCUSDT&timestamp={NOW_MS}"
    check("", f"{body}&signature={hmac_of(body)}")


def test_query_and_body_are_signed_together() -> None:
    query, body = f"timestamp={NOW_MS}", "symbol=BTCUSDT"
    check(query, f"{body}&signature={hmac_of(query + body)}")


def test_the_signature_covers_the_raw_bytes() -> None:
    """The same values, encoded in another way, are another payload."""
    signed = f"symbols=%5B%22BTCUSDT%22%5D&timestamp={NOW_MS}"
    sent = f'symbols=["BTCUSDT"]&timestamp={NOW_MS}'
    assert code_of(f"{sent}&signature={hmac_of(signed)}") == -1022


@pytest.mark.parametrize("query", ["symbol=ETHUSDT", "symbol=BTCUSDT&side=BUY"])
def test_a_changed_query_fails(query: str) -> None:
    signed = f"symbol=BTCUSDT&timestamp={NOW_MS}"
    assert code_of(f"{query}&timestamp={NOW_MS}&signature={hmac_of(signed)}") == -1022


def test_an_ed25519_signature_passes_and_a_wrong_one_fails() -> None:
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    key = ApiKey.create("key", pem, "main")
    query = f"symbol=BTCUSDT&timestamp={NOW_MS}"
    signature = quote(base64.b64encode(private.sign(query.encode())).decode())
    check(f"{query}&signature={signature}", key=key)
    assert code_of(f"{query}&recvWindow=10&signature={signature}", key=key) == -1022
    assert code_of(f"{query}&signature=nonsense", key=key) == -1022


def test_a_session_signs_its_parameters_in_alphabetical_order() -> None:
    params = {"timestamp": str(NOW_MS), "apiKey": "key"}
    params["signature"] = hmac_of(f"apiKey=key&timestamp={NOW_MS}")
    check_session(KEY, params, NOW_MS)
    with pytest.raises(ApiError):
        check_session(KEY, params | {"apiKey": "other"}, NOW_MS)


@pytest.mark.parametrize(
    ("sent_ms", "window", "passes"),
    [
        (NOW_MS - 4999, None, True),
        (NOW_MS - 5001, None, False),
        (NOW_MS - 5001, 6000, True),
        (NOW_MS + 999, None, True),
        (NOW_MS + 1000, None, False),
    ],
)
def test_a_request_must_be_fresh(sent_ms: int, window: int | None, passes: bool) -> None:
    query = f"timestamp={sent_ms}" + ("" if window is None else f"&recvWindow={window}")
    signed = f"{query}&signature={hmac_of(query)}"
    if passes:
        check(signed)
    else:
        assert code_of(signed) == -1021


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (f"signature={hmac_of('')}", -1102),
        (f"timestamp={NOW_MS}", -1102),
        (f"timestamp={NOW_MS}&signature=", -1102),
        (f"timestamp={NOW_MS}&recvWindow=60001&signature=x", -1131),
    ],
)
def test_what_is_missing_is_named(query: str, code: int) -> None:
    assert code_of(query) == code


@pytest.mark.parametrize(("header", "code"), [(None, -2014), ("", -2014), ("other", -2015)])
def test_an_unknown_key_is_refused(header: str | None, code: int) -> None:
    with pytest.raises(ApiError) as refused:
        KeyRing([KEY]).identify(header)
    assert (refused.value.code, refused.value.status) == (code, 401)
