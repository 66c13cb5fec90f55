"""A private socket: log in, then subscribe to one's own orders, executions, positions, wallet."""

from typing import Any

from venues.simulators.bybit.desk import Desk
from venues.simulators.bybit.errors import ApiError
from venues.simulators.bybit.line import Line, names_of, parse
from venues.simulators.bybit.private_streams import TOPICS, PrivateStreams
from venues.simulators.bybit.signing import ApiKey, check_socket


class PrivateSocket:
    """Answers ping, auth, subscribe and unsubscribe. A repeated subscription is confirmed again."""

    def __init__(self, line: Line, key: ApiKey, users: PrivateStreams, desk: Desk) -> None:
        self._line = line
        self._key = key
        self._users = users
        self._desk = desk
        self._is_in = False

    async def on_text(self, text: str) -> None:
        """One message of the client."""
        message = parse(text)
        if message is None:
            self._line.refuse("", None, "request is not a JSON object")
            return
        op, request_id = str(message.get("op", "")), message.get("req_id")
        if op == "ping":
            now_ms = str(self._desk.now_ns() // 1_000_000)
            pong = {"op": "pong", "args": [now_ms], "conn_id": self._line.conn_id}
            self._line.send({"req_id": request_id or ""} | pong)
        elif op == "auth":
            self._log_in(message)
        elif not self._is_in:
            self._line.refuse(op, request_id, "Request not authorized")
        elif op in ("subscribe", "unsubscribe"):
            self._change(op, request_id, names_of(message))
        else:
            self._line.refuse(op, request_id, f"unknown op {op}")

    def _log_in(self, message: dict[str, Any]) -> None:
        request_id = message.get("req_id")
        try:
            account = check_socket(self._key, message.get("args"), self._desk.now_ns() // 1_000_000)
        except ApiError as error:
            self._line.refuse("auth", request_id, error.message)
            return
        if not self._is_in:
            self._users.add(self._line.outbox, account)
        self._is_in = True
        self._line.confirm("auth", request_id)

    def _change(self, op: str, request_id: object, names: list[str]) -> None:
        unknown = [name for name in names if name not in TOPICS]
        if unknown or not names:
            self._line.refuse(op, request_id, f"error:handler not found,topic:{unknown}")
            return
        if op == "subscribe":
            self._users.subscribe(self._line.outbox, names)
        else:
            self._users.unsubscribe(self._line.outbox, names)
        self._line.confirm(op, request_id)
