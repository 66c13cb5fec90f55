"""Methods about the connection itself: login, subscriptions, heartbeats, cancel on disconnect."""

from typing import Any

from venues.simulators.deribit.access import Access
from venues.simulators.deribit.calls import Call, Connection, Method, Methods
from venues.simulators.deribit.errors import invalid_params, unauthorized
from venues.simulators.deribit.limits import Pool
from venues.simulators.fault_kinds import Action

LEAST_HEARTBEAT_S = 10


class SessionApi:
    """Login works over HTTP as well; all else needs a WebSocket."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self.cancelling_accounts: set[str] = set()

    def methods(self) -> Methods:
        """By name."""
        stream, subscribe = Action.STREAM, Pool.SUBSCRIBE
        return {
            "public/auth": Method(self._log_in, stream),
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
                lambda call: self._cancel_on_disconnect(call, enabled=True), stream
            ),
            "private/disable_cancel_on_disconnect": Method(
                lambda call: self._cancel_on_disconnect(call, enabled=False), stream
            ),
            "private/get_cancel_on_disconnect": Method(self._cancels, stream),
        }

    def _log_in(self, call: Call) -> dict[str, Any]:
        token = self._access.log_in(call.params, call.now_ns)
        if call.connection is not None:
            call.connection.authenticated(token.account, token.access)
            if token.account in self.cancelling_accounts:
                call.connection.cancel_on_disconnect(enabled=True)
        state = call.params.text("state") if call.params.has("state") else None
        return self._access.answer(token, call.now_ns, state)

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
        scope = call.params.choice("scope", "connection", ("connection", "account"))
        if scope == "account":
            change = self.cancelling_accounts.add if enabled else self.cancelling_accounts.discard
            change(call.account)
        else:
            _connection(call).cancel_on_disconnect(enabled=enabled)
        return "ok"

    def _cancels(self, call: Call) -> dict[str, Any]:
        scope = call.params.choice("scope", "connection", ("connection", "account"))
        if scope == "account":
            return {"scope": scope, "enabled": call.account in self.cancelling_accounts}
        return {"scope": scope, "enabled": _connection(call).cancels_on_disconnect}


def _connection(call: Call) -> Connection:
    if call.connection is None:
        raise unauthorized("scope connection needs a WebSocket")
    return call.connection
