"""Methods about the connection itself: login, subscriptions, heartbeats, cancel on disconnect."""

from typing import Any

from venues.simulators.deribit.access import Access
from venues.simulators.deribit.access_log import AccessLog
from venues.simulators.deribit.calls import Call, Connection, Method, Methods
from venues.simulators.deribit.errors import RpcError, invalid_params, websocket_only
from venues.simulators.deribit.limits import Pool
from venues.simulators.deribit.messages import USER_ID
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action

LEAST_HEARTBEAT_S = 10
SCOPES = ("connection", "account")
CANCELS_ON_DISCONNECT = "cancel_on_disconnect"
"""The setting of an account whose new connections all begin with it."""


class SessionApi:
    """Login works over HTTP as well; all else needs a WebSocket."""

    def __init__(self, access: Access, log: AccessLog, exchange: Exchange) -> None:
        self._access = access
        self._log = log
        self._exchange = exchange

    def methods(self) -> Methods:
        """By name."""
        stream, subscribe = Action.STREAM, Pool.SUBSCRIBE
        return {
            "public/auth": Method(self._log_in, stream),
            "public/fork_token": Method(self._fork, stream),
            "public/exchange_token": Method(self._exchange_token, stream),
            "private/logout": Method(self._log_out, stream, websocket_only=True),
            "public/subscribe": Method(self._subscribe, stream, subscribe, websocket_only=True),
            "private/subscribe": Method(self._subscribe, stream, subscribe, websocket_only=True),
            "public/unsubscribe": Method(self._unsubscribe, stream, websocket_only=True),
            "private/unsubscribe": Method(self._unsubscribe, stream, websocket_only=True),
            "public/unsubscribe_all": Method(self._unsubscribe_all, stream, websocket_only=True),
            "private/unsubscribe_all": Method(self._unsubscribe_all, stream, websocket_only=True),
            "public/set_heartbeat": Method(self._set_heartbeat, stream, websocket_only=True),
            "public/disable_heartbeat": Method(self._no_heartbeat, stream, websocket_only=True),
            "private/enable_cancel_on_disconnect": Method(
                lambda call: self._cancel_on_disconnect(call, enabled=True),
                stream,
                websocket_only=True,
            ),
            "private/disable_cancel_on_disconnect": Method(
                lambda call: self._cancel_on_disconnect(call, enabled=False),
                stream,
                websocket_only=True,
            ),
            "private/get_cancel_on_disconnect": Method(self._cancels, stream),
            "private/get_access_log": Method(self._access_log),
        }

    def _log_in(self, call: Call) -> dict[str, Any]:
        state = call.params.text("state") if call.params.has("state") else None
        try:
            token = self._access.log_in(call.params, call.now_ns, call.connection)
        except RpcError:
            self._log.note("failure", call.address, call.now_ms)
            raise
        self._log.note("success", call.address, call.now_ms)
        if call.connection is not None:
            call.connection.authenticated(token.account, token.access)
            if self._cancels_for(token.account):
                call.connection.cancel_on_disconnect(enabled=True)
        return self._access.answer(token, call.now_ns, state)

    def _fork(self, call: Call) -> dict[str, Any]:
        return self._access.answer(self._access.fork(call.params, call.now_ns), call.now_ns, None)

    def _exchange_token(self, call: Call) -> dict[str, Any]:
        token = self._access.exchange(call.params, call.now_ns, USER_ID)
        return self._access.answer(token, call.now_ns, None)

    def _log_out(self, call: Call) -> None:
        revoke = call.params.flag("invalidate_token", default=True)
        _connection(call).log_out(revoke=revoke)

    def _subscribe(self, call: Call) -> list[str]:
        return _connection(call).subscribe(call.params.texts("channels"), call.now_ns)

    def _unsubscribe(self, call: Call) -> list[str]:
        return _connection(call).unsubscribe(call.params.texts("channels"))

    def _unsubscribe_all(self, call: Call) -> str:
        _connection(call).unsubscribe(None)
        return "ok"

    def _set_heartbeat(self, call: Call) -> str:
        seconds = call.params.number("interval")
        if seconds < LEAST_HEARTBEAT_S:
            raise invalid_params("interval", f"must be at least {LEAST_HEARTBEAT_S}")
        _connection(call).beat_every(float(seconds))
        return "ok"

    def _no_heartbeat(self, call: Call) -> str:
        _connection(call).beat_every(None)
        return "ok"

    def _cancel_on_disconnect(self, call: Call, *, enabled: bool) -> str:
        """For the account it holds from the next connection on, and on this one at once."""
        if call.params.choice("scope", "connection", SCOPES) == "account":
            value = "true" if enabled else "false"
            self._exchange.set_setting(call.account, CANCELS_ON_DISCONNECT, value, call.now_ns)
        _connection(call).cancel_on_disconnect(enabled=enabled)
        return "ok"

    def _cancels(self, call: Call) -> dict[str, Any]:
        scope = call.params.choice("scope", "connection", SCOPES)
        if scope == "account":
            return {"scope": scope, "enabled": self._cancels_for(call.account)}
        return {"scope": scope, "enabled": _connection(call).cancels_on_disconnect}

    def _cancels_for(self, account: str) -> bool:
        return self._exchange.state.settings.get((account, CANCELS_ON_DISCONNECT)) == "true"

    def _access_log(self, call: Call) -> dict[str, Any]:
        count, offset = call.params.count_or(10), call.params.place("offset")
        entries = self._log.newest_first()
        return {"records_total": len(entries), "data": entries[offset : offset + count]}


def _connection(call: Call) -> Connection:
    if call.connection is None:
        raise websocket_only()
    return call.connection
