"""What the supervisor tells the terminal: a readable line each, or one JSON object each."""

import json
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Voice:
    """Prints events as they happen. `text` is for people, `event` and `facts` for programs."""

    as_json: bool = False

    def say(self, event: str, text: str, **facts: str | float | list[str]) -> None:
        """Print one event at once, also into a pipe."""
        line = json.dumps({"event": event, "text": text.strip(), **facts}) if self.as_json else text
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
