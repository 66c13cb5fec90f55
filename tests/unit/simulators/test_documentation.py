"""docs/simulators.md says what can be armed."""

import re
from pathlib import Path

from venues.simulators.events import Step
from venues.simulators.fault_kinds import PARAMETERS, Fault, FaultKind

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "simulators.md"


def test_every_fault_is_in_the_table_with_its_parameters() -> None:
    rows = {}
    for line in DOCUMENT.read_text().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == 7 and cells[2] in ("request", "event", "venue"):
            rows[cells[1].strip("`")] = (cells[2], set(re.findall(r"`(\w+)`", cells[4])))
    expected = {
        kind.value: (Fault(fault_id=1, kind=kind).struck_by.value, set(PARAMETERS.get(kind, ())))
        for kind in FaultKind
    }
    assert rows == expected


def test_every_step_is_named() -> None:
    assert all(f"`{step}`" in DOCUMENT.read_text() for step in Step)
