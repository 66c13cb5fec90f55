"""The WebSocket API: sessions, user data streams, and REST requests by other names."""

import json
import time
from collections.abc import Mapping
from typing import Any

from venues.simulators.binance.calls import Security
from venues.simulators.binance.errors import ApiError, missing
from venues.simulators.binance.front import Answer, Front, NoAnswer
from venues.simulators.binance.listen_keys import ListenKeys
from venues.simulators.binance.signing import check_session
from venues.simulators.binance.user_streams import Subscription, UserStreams
from venues.simulators.fault_plans import Ending
from venues.simulators.outbox import Outbox

SPOT_REQUESTS = {
    "ping": ("GET", "/api/v3/ping"),
    "time": ("GET", "/api/v3/time"),
    "exchangeInfo": ("GET", "/api/v3/exchangeInfo"),
    "depth": ("GET", "/api/v3/depth"),
    "order.place": ("POST", "/api/v3/order"),
    "order.test": ("POST", "/api/v3/order/test"),
    "order.cancel": ("DELETE", "/api/v3/order"),
    "order.cancelReplace": ("POST", "/api/v3/order/cancelReplace"),
    "order.status": ("GET", "/api/v3/order"),
    "openOrders.status": ("GET", "/api/v3/openOrders"),
    "openOrders.cancelAll": ("DELETE", "/api/v3/openOrders"),
    "allOrders": ("GET", "/api/v3/allOrders"),
    "myTrades": ("GET", "/api/v3/myTrades"),
    "account.status": ("GET", "/api/v3/account"),
}
FUTURES_REQUESTS = {
    "ping": ("GET", "/fapi/v1/ping"),
    "time": ("GET", "/fapi/v1/time"),
    "depth": ("GET", "/fapi/v1/depth"),
    "order.place": ("POST", "/fapi/v1/order"),
    "order.modify": ("PUT", "/fapi/v1/order"),
    "order.cancel": ("DELETE", "/fapi/v1/order"),
    "order.status": ("GET", "/fapi/v1/order"),
    "algoOrder.place": ("POST", "/fapi/v1/algoOrder"),
    "algoOrder.cancel": ("DELETE", "/fapi/v1/algoOrder"),
    "account.status": ("GET", "/fapi/v2/account"),
    "account.balance": ("GET", "/fapi/v2/balance"),
    "account.position": ("GET", "/fapi/v2/positionRisk"),
}


class WsMethods:
    """What the sessions of one product share. ``requests`` names REST endpoints by method."""

    def __init__(
        self,
        requests: Mapping[str, tuple[str, str]],
        users: UserStreams,
        listen_keys: ListenKeys,
    ) -> None:
        self.requests = requests
        self.users = users
        self.listen_keys = listen_keys


class Session:
    """One WebSocket API connection, logged on or not."""

    def __init__(self, front: Front, methods: WsMethods, outbox: Outbox) -> None:
        self._front = front
        self._methods = methods
        self._outbox = outbox
        self._account: str | None = None
        self._api_key: str | None = None
        self._since_ms: int | None = None
        self._connected_ms = front.now_ns() // 1_000_000
        self._subscriptions = 0

    async def on_text(self, text: str) -> None:
        """Answer one request."""
        request_id: Any = None
        try:
            request = json.loads(text)
            request_id, method = request.get("id"), str(request["method"])
            params = {name: _text(value) for name, value in (request.get("params") or {}).items()}
            answer = await self._answer(method, params)
        except ApiError as error:
            answer = Answer(error.status, error.body)
        except (ValueError, KeyError, AttributeError, TypeError):
            answer = Answer(400, {"code": -1135, "msg": "Invalid JSON Request"})
        except NoAnswer as unanswered:
            # There is no gateway page on a socket: the gateway cuts it.
            if unanswered.plan.ending is not Ending.SILENCE:
                self._outbox.abort()
            return
        name = "result" if answer.status == 200 else "error"
        reply = {"id": request_id, "status": answer.status, name: answer.body, "rateLimits": []}
        self._outbox.send(json.dumps(reply, separators=(",", ":")))

    async def _answer(self, method: str, params: dict[str, str]) -> Answer:
        match method:
            case "session.logon":
                return Answer(200, self._log_on(params))
            case "session.status":
                return Answer(200, self._status())
            case "session.logout":
                self._account = self._api_key = self._since_ms = None
                self._methods.users.discard(self._outbox)
                return Answer(200, self._status())
            case "userDataStream.subscribe":
                return Answer(200, {"subscriptionId": self._subscribe(self._logged_on())})
            case "userDataStream.subscribe.signature":
                return Answer(200, {"subscriptionId": self._subscribe(self._signed(params))})
            case "userDataStream.unsubscribe":
                self._methods.users.discard(self._outbox)
                return Answer(200, {})
            case "userDataStream.start" | "userDataStream.ping" | "userDataStream.stop":
                return Answer(200, self._listen_key(method, params))
        return await self._request(method, params)

    def _log_on(self, params: Mapping[str, str]) -> dict[str, Any]:
        self._account = self._signed(params)
        self._api_key = params["apiKey"]
        self._since_ms = self._front.now_ns() // 1_000_000
        return self._status()

    def _status(self) -> dict[str, Any]:
        return {
            "apiKey": self._api_key,
            "authorizedSince": self._since_ms,
            "connectedSince": self._connected_ms,
            "returnRateLimits": False,
            "serverTime": self._front.now_ns() // 1_000_000,
            "userDataStream": self._subscriptions > 0,
        }

    def _subscribe(self, account: str) -> int:
        number = self._subscriptions
        self._subscriptions += 1
        self._methods.users.add(Subscription(account, self._outbox, number))
        return number

    def _listen_key(self, method: str, params: Mapping[str, str]) -> dict[str, Any]:
        account = self._account
        if account is None:
            account = self._front.keys.identify(params.get("apiKey")).account
        keys, now_ms = self._methods.listen_keys, self._front.now_ns() // 1_000_000
        if method == "userDataStream.stop":
            keys.close(account, now_ms)
            return {}
        renew = keys.open if method == "userDataStream.start" else keys.renew
        return {"listenKey": renew(account, now_ms)}

    async def _request(self, method: str, params: dict[str, str]) -> Answer:
        if method not in self._methods.requests:
            raise ApiError(-1020, f"Unknown method '{method}'.")
        rest_method, path = self._methods.requests[method]
        endpoint = self._front.route(rest_method, path)
        self._front.charge(endpoint, params)
        account = self._account
        if endpoint.security is not Security.NONE and "signature" in params:
            account = self._signed(params)
        elif endpoint.security is not Security.NONE:
            account = self._logged_on()
        received_ns = time.time_ns()
        return await self._front.perform(endpoint, rest_method, path, params, account, received_ns)

    def _signed(self, params: Mapping[str, str]) -> str:
        if "apiKey" not in params:
            raise missing("apiKey")
        key = self._front.keys.identify(params["apiKey"])
        check_session(key, params, self._front.now_ns() // 1_000_000)
        return key.account

    def _logged_on(self) -> str:
        if self._account is None:
            text = "The session is not authenticated; send session.logon first."
            raise ApiError(-2015, text, 401)
        return self._account


def _text(value: Any) -> str:
    """A JSON parameter as REST would carry it."""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, separators=(",", ":")) if isinstance(value, list) else str(value)
