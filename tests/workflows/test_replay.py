"""A new version of the workflow takes over the orders that are alive: their histories replay."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from tests.workflows.lives import LIVES
from tests.workflows.record_histories import HISTORIES, scrubbed
from workers.payloads import DATA_CONVERTER
from workflows.life import Life
from workflows.order import OrderWorkflow
from workflows.order_list import OrderListWorkflow

RECORDED = sorted(HISTORIES.glob("*.json"))


@workflow.defn(name="OrderWorkflow", sandboxed=False)
class Hasty:
    """Begins with another step than the orders that are alive."""

    @workflow.run
    async def run(self, _: Life) -> None:
        await workflow.sleep(1)


def history_of(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(f"order-demo-{file.stem}", file.read_text())


def test_every_life_is_recorded() -> None:
    assert [file.stem for file in RECORDED] == sorted(live.__name__ for live in LIVES)


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
async def test_a_recorded_life_replays(file: Path) -> None:
    replayer = Replayer(workflows=[OrderWorkflow, OrderListWorkflow], data_converter=DATA_CONVERTER)

    await replayer.replay_workflow(history_of(file))


async def test_a_workflow_that_does_something_else_is_noticed() -> None:
    replayer = Replayer(workflows=[Hasty], data_converter=DATA_CONVERTER)

    with pytest.raises(workflow.NondeterminismError):
        await replayer.replay_workflow(history_of(HISTORIES / "filled.json"))


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_a_recorded_life_says_nothing_of_the_machine(file: Path) -> None:
    history: dict[str, Any] = json.loads(file.read_text())

    assert scrubbed(history) == history
    assert not re.search(r"/home/|/root/|/work/|/usr/|\d+@", file.read_text())
