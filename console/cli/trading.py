"""`odum trading start|stop`: whether new orders go to the venues. Cancels always do."""

from typing import Annotated, Any

import typer

from console.cli.client import connect
from console.cli.options import JsonOption, KeyOption, UrlOption, command_group
from console.cli.output import print_fields, print_json

app = command_group("Let new orders through, or stop them.")


@app.command()
def start(as_json: JsonOption = False, url: UrlOption = None, api_key: KeyOption = None) -> None:
    """Let new orders through to the venues."""
    _show(connect(url, api_key).post("/api/live/start", {}), as_json)


@app.command()
def stop(
    reason: Annotated[str, typer.Argument(help="Shown to whoever asks why.")],
    as_json: JsonOption = False,
    url: UrlOption = None,
    api_key: KeyOption = None,
) -> None:
    """Stop new orders, at once and across restarts; cancels still work."""
    _show(connect(url, api_key).post("/api/live/stop", {"reason": reason}), as_json)


def _show(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(answer)
    else:
        print_fields(answer)
