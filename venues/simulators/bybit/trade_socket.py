"""A trade socket: order commands with a reply each, the same as by REST.

Source: https://bybit-exchange.github.io/docs/v5/websocket/trade/guideline
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from venues.simulators.bybit.calls import Endpoint, Reply, Routes
from venues.simulators.bybit.desk import Desk, NoAnswer, as_socket_error
from venues.simulators.bybit.errors import ApiError, parameter, unauthorized
from venues.simulators.bybit.limits import Usage
from venues.simulators.bybit.line import Line, parse
from venues.simulators.bybit.params import Params
from venues.simulators.bybit.private_streams import PrivateStreams
from venues.simulators.bybit.signing import (
    DEFAULT_RECV_WINDOW_MS,
    ApiKey,
    check_socket,
    check_time,
)
from venues.simulators.fault_plans import Ending, Plan

_OPERATIONS = ("create", "amend", "cancel", "create-batch", "amend-batch", "cancel-batch")


class TradeMethods:
    """The operations of the socket, which are REST endpoints by other names."""

    def __init__(self, routes: Routes) -> None:
        self._endpoints = {
            f"order.{name}": (f"POST /v5/order/{name}", routes["POST", f"/v5/order/{name}"])
            for name in _OPERATIONS
        }

    def named(self, operation: str) -> tuple[str, Endpoint]:
        """The path and the endpoint of an operation; raises ApiError 10404."""
        if operation not in self._endpoints:
            raise ApiError(10404, "op type is not found")
        return self._endpoints[operation]


class TradeSocket:
    """Answers ping, auth and order commands."""

    def __init__(
        self, line: Line, key: ApiKey, users: PrivateStreams, desk: Desk, methods: TradeMethods
    ) -> None:
        self._line = line
        self._key = key
        self._users = users
        self._desk = desk
        self._methods = methods
        self._account: str | None = None
        self._request_ids: set[str] = set()
        self._working: set[asyncio.Task[None]] = set()

    async def on_text(self, text: str) -> None:
        """One message of the client. Commands run side by side, begun in their order."""
        received_ns = time.time_ns()
        message = parse(text)
        op = str(message.get("op", "")) if message is not None else ""
        if message is None:
            self._reply({}, op, parameter("the message is not a JSON object"))
        elif op == "ping":
            now_ms = str(self._desk.now_ns() // 1_000_000)
            self._line.send({"op": "pong", "args": [now_ms], "connId": self._line.conn_id})
        elif op == "auth":
            self._log_in(message)
        else:
            task = asyncio.create_task(self._command(message, op, received_ns))
            self._working.add(task)
            task.add_done_callback(self._working.discard)

    def _log_in(self, message: Mapping[str, Any]) -> None:
        answer: dict[str, Any] = {"retCode": 0, "retMsg": "OK"}
        try:
            self._check_first()
            self._account = check_socket(
                self._key, message.get("args"), self._desk.now_ns() // 1_000_000
            )
            self._users.add(self._line.outbox, self._account)
        except ApiError as error:
            answer = {"retCode": error.code, "retMsg": error.message}
        named = {"reqId": message["reqId"]} if "reqId" in message else {}
        self._line.send(named | answer | {"op": "auth", "connId": self._line.conn_id})

    def _check_first(self) -> None:
        """A socket logs in once."""
        if self._account is not None:
            raise ApiError(20001, "Repeat auth")

    async def _command(self, message: Mapping[str, Any], op: str, received_ns: int) -> None:
        usage: Usage | None = None
        try:
            if self._account is None:
                raise unauthorized()
            path, endpoint = self._methods.named(op)
            params = self._read(message)
            usage = self._desk.count(endpoint, params, self._account)
            reply = await self._desk.perform(endpoint, path, params, self._account, received_ns)
        except ApiError as error:
            self._reply(message, op, as_socket_error(error), usage)
        except NoAnswer as unanswered:
            self._leave_unanswered(unanswered.plan)
        else:
            self._reply(message, op, reply, usage)

    def _read(self, message: Mapping[str, Any]) -> Params:
        request_id = message.get("reqId")
        if request_id is not None:
            if str(request_id) in self._request_ids:
                raise ApiError(20006, "reqId is duplicated")
            self._request_ids.add(str(request_id))
        header, args = message.get("header"), message.get("args")
        if not isinstance(header, dict) or "X-BAPI-TIMESTAMP" not in header:
            raise parameter("header X-BAPI-TIMESTAMP is required")
        window = header.get("X-BAPI-RECV-WINDOW", DEFAULT_RECV_WINDOW_MS)
        check_time(header["X-BAPI-TIMESTAMP"], window, self._desk.now_ns() // 1_000_000)
        if not isinstance(args, list) or len(args) != 1 or not isinstance(args[0], dict):
            raise parameter("args must hold one order")
        return Params(args[0])

    def _reply(
        self,
        message: Mapping[str, Any],
        op: str,
        outcome: Reply | ApiError,
        usage: Usage | None = None,
    ) -> None:
        now_ms = str(self._desk.now_ns() // 1_000_000)
        code, words, reply = 0, "OK", Reply({})
        if isinstance(outcome, ApiError):
            code, words = outcome.code, outcome.message
        else:
            reply = outcome
        named = {"reqId": message["reqId"]} if "reqId" in message else {}
        self._line.send(
            named
            | {
                "retCode": code,
                "retMsg": words,
                "op": op,
                "data": reply.result,
                "retExtInfo": reply.extra,
                "header": (usage.headers if usage else {})
                | {"Traceid": "simulated", "Timenow": now_ms},
                "connId": self._line.conn_id,
            }
        )

    def _leave_unanswered(self, plan: Plan) -> None:
        """A gateway's error has no form on a socket: it cuts it."""
        if plan.ending is not Ending.SILENCE:
            self._line.outbox.abort()
