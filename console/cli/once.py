"""Commands that make something: whatever becomes of the answer, it is made once."""

import uuid
from collections.abc import Mapping
from typing import Any

from console.cli.client import ApiClient
from console.cli.errors import CliError
from console.cli.output import warn


def new_id() -> str:
    """An id for what a person sends without one."""
    return f"cli-{uuid.uuid4().hex[:20]}"


def post_once(
    client: ApiClient,
    path: str,
    body: Mapping[str, object],
    id_field: str,
    query: Mapping[str, object] | None = None,
) -> Any:
    """POST what bears its own id in `id_field`. Where the outcome is unknown the error names the
    id: the command again without it would be a second order."""
    sent_as = str(body[id_field])
    way_on = (
        f"It may have been taken: the same command with `--id {sent_as}` asks again, and never "
        "makes a second one."
    )
    try:
        return client.post(path, body, query)
    except CliError as error:
        if not error.outcome_unknown:
            raise
        problem = error.problem or {"detail": str(error)}
        named = {**problem, id_field: sent_as, "outcome": "unknown"}
        raise CliError(f"{error}\n{way_on}", error.exit_code, named, outcome_unknown=True) from None
    except KeyboardInterrupt:
        warn(way_on)
        raise
