"""Order operations by WebSocket: the same commands as by REST, in frames with an id."""

import json
import time
from collections.abc import Mapping
from typing import Any

from venues.simulators.fault_kinds import Action
from venues.simulators.fault_plans import Ending
from venues.simulators.okx.calls import Endpoint, Reply, command
from venues.simulators.okx.errors import ApiError
from venues.simulators.okx.front import Front, NoAnswer
from venues.simulators.okx.trading import Trading
from venues.simulators.outbox import Outbox

OPERATIONS = frozenset(
    {
        "order",
        "batch-orders",
        "amend-order",
        "batch-amend-orders",
        "cancel-order",
        "batch-cancel-orders",
        "mass-cancel",
    }
)


class WsOrders:
    """Serves operations of sockets with a login."""

    def __init__(self, front: Front, trading: Trading) -> None:
        self._front = front
        place, amend, cancel = (
            trading.on(verb) for verb in (trading.place, trading.amend, trading.cancel)
        )
        submits, amends, cancels = Action.SUBMIT, Action.AMEND, Action.CANCEL
        self._endpoints: dict[str, Endpoint] = {
            "order": command(place, 60, submits),
            "batch-orders": command(place, 300, submits, per_item=True),
            "amend-order": command(amend, 60, amends),
            "batch-amend-orders": command(amend, 300, amends, per_item=True),
            "cancel-order": command(cancel, 60, cancels),
            "batch-cancel-orders": command(cancel, 300, cancels, per_item=True),
            "mass-cancel": Endpoint(trading.mass_cancel, 5, action=cancels),
        }

    async def serve(self, request: Mapping[str, Any], account: str, outbox: Outbox) -> None:
        """Carry out one operation and answer it, unless a fault leaves it without an answer."""
        received_ns = time.time_ns()
        operation, args = str(request["op"]), request.get("args")
        try:
            reply = await self._reply(operation, args, request, account, received_ns)
        except NoAnswer as unanswered:
            if unanswered.plan.ending is not Ending.SILENCE:
                outbox.abort()
            return
        except ApiError as error:
            reply = Reply([], error.code, error.message)
        outbox.send(_frame(request, operation, reply, received_ns))

    async def _reply(
        self,
        operation: str,
        args: Any,
        request: Mapping[str, Any],
        account: str,
        received_ns: int,
    ) -> Reply:
        if not isinstance(args, list) or not all(isinstance(arg, dict) for arg in args) or not args:
            raise ApiError("60013", "Invalid args")
        endpoint = self._endpoints[operation]
        expires = str(request.get("expTime", ""))
        return await self._front.perform(
            endpoint, f"WS {operation}", args, account, received_ns, expires=expires
        )


def _frame(request: Mapping[str, Any], operation: str, reply: Reply, received_ns: int) -> str:
    frame = {
        "id": str(request.get("id", "")),
        "op": operation,
        "code": reply.code,
        "msg": reply.msg,
        "data": reply.data,
        "inTime": str(received_ns // 1000),
        "outTime": str(time.time_ns() // 1000),
    }
    return json.dumps(frame, separators=(",", ":"))
