"""How a session of the WebSocket API says whose it is.

`session.logon` takes Ed25519 keys only. Spot has a request beside it that subscribes with a
signature of its own, by a key of any type; futures have none, and who has an HMAC key there listens
by a listen key. Binance WebSocket API, Authentication requests and User Data Stream requests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

LOG_ON = "session.logon"
SUBSCRIBE = "userDataStream.subscribe"
SUBSCRIBE_SIGNED = "userDataStream.subscribe.signature"


def signed(api_key: str, timestamp_ms: int, sign: Callable[[str], str]) -> dict[str, Any]:
    """The parameters of such a request."""
    text = f"apiKey={api_key}&timestamp={timestamp_ms}"
    return {"apiKey": api_key, "timestamp": timestamp_ms, "signature": sign(text)}
