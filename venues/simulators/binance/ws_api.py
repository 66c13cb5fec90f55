"""The WebSocket API: sessions, user data streams, and REST requests by other names."""

import json
import time
from collections.abc import Mapping
from typing import Any

from venues.simulators.binance.calls import Security
from venues.simulators.binance.errors import ApiError, missing
from venues.simulators.binance.front import Answer, Front, NoAnswer
from venues.simulators.binance.listen_keys import ListenKeys
from venues.simulators.binance.params import Params, as_text
from venues.simulators.binance.signing import ApiKey, check_session
from venues.simulators.binance.user_streams import Subscription, UserStreams
from venues.simulators.binance.ws_methods import Requests
from venues.simulators.fault_plans import Ending
from venues.simulators.outbox import Outbox

SESSION_WEIGHT = 2
SESSION_METHODS = frozenset(
    {
        "session.logon",
        "session.status",
        "session.logout",
        "session.subscriptions",
        "userDataStream.subscribe",
        "userDataStream.subscribe.signature",
        "userDataStream.unsubscribe",
        "userDataStream.start",
        "userDataStream.ping",
        "userDataStream.stop",
    }
)
SUBSCRIPTION_ACTIVE = (-2035, "User Data Stream subscription already active.")
SUBSCRIPTION_INACTIVE = (-2036, "User Data Stream subscription not active.")
LOGIN_BY_HMAC = (-4056, "HMAC_SHA256 API key is not supported.")


class WsMethods:
    """What the sessions of one product share. ``requests`` names REST endpoints by method."""

    def __init__(self, requests: Requests, users: UserStreams, listen_keys: ListenKeys) -> None:
        self.requests = requests
        self.users = users
        self.listen_keys = listen_keys
        self.sessions: dict[Session, None] = {}

    def expire(self, now_ms: int) -> int:
        """End what every session is allowed; returns how many were allowed anything."""
        return sum(session.expire(now_ms) for session in list(self.sessions))


class Session:
    """One WebSocket API connection, logged on or not."""

    def __init__(self, front: Front, methods: WsMethods, outbox: Outbox) -> None:
        self._front = front
        self._methods = methods
        self._outbox = outbox
        self._account: str | None = None
        self._api_key: str | None = None
        self._since_ms: int | None = None
        self._connected_ms = front.now_ms()
        self._next_number = 0
        self._subscriptions: dict[int, Subscription] = {}
        # The one that came with the login, and goes with it.
        self._logon_number: int | None = None
        methods.sessions[self] = None

    def expire(self, now_ms: int) -> bool:
        """End the login and all subscriptions; whether there were any."""
        was_allowed = self._account is not None or bool(self._subscriptions)
        self._unsubscribe(list(self._subscriptions), now_ms)
        self._account = self._api_key = self._since_ms = None
        return was_allowed

    def close(self) -> None:
        """The connection is gone."""
        del self._methods.sessions[self]
        self._methods.users.discard(self._outbox)

    async def on_text(self, text: str) -> None:
        """Answer one request."""
        request_id: Any = None
        try:
            request = json.loads(text)
            request_id, method = request.get("id"), str(request["method"])
            params = {name: as_text(value) for name, value in (request.get("params") or {}).items()}
            answer = await self._answer(method, params)
        except ApiError as error:
            answer = Answer(error.status, error.body)
        except (ValueError, KeyError, AttributeError, TypeError):
            answer = Answer(400, {"code": -1135, "msg": "Invalid JSON Request"})
        except NoAnswer as unanswered:
            # There is no gateway page on a socket: the gateway cuts it.
            if unanswered.plan.fin:
                self._outbox.close()
            elif unanswered.plan.ending is not Ending.SILENCE:
                self._outbox.abort()
            return
        name = "result" if answer.status == 200 else "error"
        reply = {"id": request_id, "status": answer.status, name: answer.body}
        reply["rateLimits"] = self._front.used_weight()
        self._outbox.send(json.dumps(reply, separators=(",", ":")))

    async def _answer(self, method: str, params: dict[str, str]) -> Answer:
        now_ms = self._front.now_ms()
        if method in SESSION_METHODS:
            self._front.use_weight(SESSION_WEIGHT)
        match method:
            case "session.logon":
                return Answer(200, self._log_on(params))
            case "session.status":
                return Answer(200, self._status())
            case "session.logout":
                if self._logon_number is not None:
                    self._unsubscribe([self._logon_number], now_ms)
                self._account = self._api_key = self._since_ms = None
                return Answer(200, self._status())
            case "session.subscriptions":
                return Answer(200, [{"subscriptionId": number} for number in self._subscriptions])
            case "userDataStream.subscribe":
                self._logon_number = self._subscribe(self._logged_on())
                return Answer(200, {"subscriptionId": self._logon_number})
            case "userDataStream.subscribe.signature":
                number = self._subscribe(self._signed(params).account)
                return Answer(200, {"subscriptionId": number})
            case "userDataStream.unsubscribe":
                self._unsubscribe(self._named(params), now_ms)
                return Answer(200, {})
            case "userDataStream.start" | "userDataStream.ping" | "userDataStream.stop":
                return Answer(200, self._listen_key(method, params))
        return await self._request(method, params)

    def _log_on(self, params: Mapping[str, str]) -> dict[str, Any]:
        """Only Ed25519 keys log in; any key signs a request."""
        key = self._signed(params)
        if key.public_key is None:
            raise ApiError(*LOGIN_BY_HMAC)
        self._account, self._api_key = key.account, key.key
        self._since_ms = self._front.now_ms()
        return self._status()

    def _status(self) -> dict[str, Any]:
        return {
            "apiKey": self._api_key,
            "authorizedSince": self._since_ms,
            "connectedSince": self._connected_ms,
            "returnRateLimits": False,
            "serverTime": self._front.now_ms(),
            "userDataStream": bool(self._subscriptions),
        }

    def _subscribe(self, account: str) -> int:
        if any(subscription.account == account for subscription in self._subscriptions.values()):
            raise ApiError(*SUBSCRIPTION_ACTIVE)
        number = self._next_number
        self._next_number += 1
        subscription = Subscription(account, self._outbox, number)
        self._subscriptions[number] = subscription
        self._methods.users.add(subscription)
        return number

    def _unsubscribe(self, numbers: list[int], now_ms: int) -> None:
        for number in numbers:
            self._methods.users.end(self._subscriptions.pop(number), now_ms)
            if number == self._logon_number:
                self._logon_number = None

    def _named(self, params: Mapping[str, str]) -> list[int]:
        """The subscriptions that a request is about: the one it names, or all."""
        number = Params(params).integer("subscriptionId")
        if number is None:
            return list(self._subscriptions)
        if number not in self._subscriptions:
            raise ApiError(*SUBSCRIPTION_INACTIVE)
        return [number]

    def _listen_key(self, method: str, params: Mapping[str, str]) -> dict[str, Any]:
        account = self._account
        if account is None:
            account = self._front.keys.identify(params.get("apiKey")).account
        keys, now_ms = self._methods.listen_keys, self._front.now_ms()
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
            account = self._signed(params).account
        elif endpoint.security is not Security.NONE:
            account = self._logged_on()
        received_ns = time.time_ns()
        return await self._front.perform(endpoint, rest_method, path, params, account, received_ns)

    def _signed(self, params: Mapping[str, str]) -> ApiKey:
        """The key that signed a request."""
        if "apiKey" not in params:
            raise missing("apiKey")
        key = self._front.keys.identify(params["apiKey"])
        check_session(key, params, self._front.now_ms())
        return key

    def _logged_on(self) -> str:
        if self._account is None:
            text = "The session is not authenticated; send session.logon first."
            raise ApiError(-2015, text, 401)
        return self._account
