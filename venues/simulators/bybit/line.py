"""One open socket: its connection id, what it may send, and the shapes of simple answers."""

import json
from collections.abc import Mapping
from typing import Any

from venues.simulators.outbox import Outbox


class Line:
    """A socket and its answers. Public and private sockets share their words."""

    def __init__(self, outbox: Outbox, conn_id: str) -> None:
        self.outbox = outbox
        self.conn_id = conn_id

    def send(self, message: Mapping[str, Any]) -> None:
        """Queue a message."""
        self.outbox.send(json.dumps(message, separators=(",", ":")))

    def confirm(self, op: str, request_id: object, words: str = "") -> None:
        """The request was taken."""
        self._reply(op, request_id, words, success=True)

    def refuse(self, op: str, request_id: object, words: str, code: int | None = None) -> None:
        """The request was not taken."""
        self._reply(op, request_id, words, success=False, code=code)

    def _reply(
        self, op: str, request_id: object, words: str, *, success: bool, code: int | None = None
    ) -> None:
        message = {
            "success": success,
            "ret_msg": words,
            "conn_id": self.conn_id,
            "req_id": request_id or "",
            "op": op,
        }
        self.send(message if code is None else message | {"code": code})


def parse(text: str) -> dict[str, Any] | None:
    """A JSON object, None for anything else."""
    try:
        message = json.loads(text)
    except ValueError:
        return None
    return message if isinstance(message, dict) else None


def names_of(message: Mapping[str, Any]) -> list[str]:
    """The ``args`` of a subscription."""
    args = message.get("args")
    return [str(arg) for arg in args] if isinstance(args, list) else []
