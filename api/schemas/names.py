"""Names of a request. Whether there is such a thing, the route says; what can be no name at all is
refused here: PostgreSQL keeps no NUL, and a line of a log must stay one."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

ONE_LINE = r"^[^\x00-\x1f\x7f]*$"

ListedName = Annotated[str, Field(min_length=1, max_length=64, pattern=ONE_LINE)]
"""Of an instrument, a pair or a venue."""
