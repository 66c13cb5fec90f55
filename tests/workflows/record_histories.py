"""Play the lives again and keep their histories: `python -m tests.workflows.record_histories`, and
after it the names of the lives to record, if not all.

Record when a change of the workflow is meant to break running orders, or to keep a new life; else
the histories stay as they are: they stand for the orders that are alive when a new version starts.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from db.migrate import migrate
from tests.support.engines import embedded_postgres, embedded_temporal
from tests.support.impatience import impatience
from tests.support.order_house import order_house
from tests.workflows.lives import LIVES
from workers.lifecycle import leave

HISTORIES = Path(__file__).parent / "histories"


def scrubbed(value: Any) -> Any:
    """The history without what belongs to the machine that recorded it: hosts, processes, paths."""
    if isinstance(value, list):
        return [scrubbed(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("kind") == "TASK_QUEUE_KIND_STICKY":
        return value | {"name": "sticky"}
    return {
        name: "recorded" if name == "identity" else scrubbed(item)
        for name, item in value.items()
        if name != "stackTrace"
    }


async def record(names: Sequence[str]) -> None:
    with embedded_postgres() as postgres, embedded_temporal() as temporal, impatience():
        await migrate(postgres.dsn)
        async with order_house(postgres.dsn, temporal.address) as house:
            for live in LIVES:
                if names and live.__name__ not in names:
                    continue
                order = await live(house)
                await order.ended()
                history = (await order.workflow.fetch_history()).to_json_dict()
                file = HISTORIES / f"{live.__name__}.json"
                file.write_text(json.dumps(scrubbed(history), separators=(",", ":")) + "\n")


if __name__ == "__main__":
    asyncio.run(record(sys.argv[1:]))
    leave(0)
