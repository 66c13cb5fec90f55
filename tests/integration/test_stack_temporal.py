"""The embedded Temporal keeps what it acknowledged, and is fast because of its flags."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from temporalio import workflow
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.worker import Worker

from tests.support.engines import free_port, running, throw_away_folder
from workers.search_attributes import SEARCH_ATTRIBUTES
from workers.stack.embedded_temporal import EmbeddedTemporal, temporal_version
from workers.stack.plan import temporal_process
from workers.stack.probes import http_ok


@workflow.defn(sandboxed=False)
class Nap:
    """Sleeps for a moment, as an algorithm does between two slices."""

    @workflow.run
    async def run(self, milliseconds: int) -> None:
        await workflow.sleep(timedelta(milliseconds=milliseconds))


@contextmanager
def started(server: EmbeddedTemporal) -> Iterator[subprocess.Popen[bytes]]:
    with running(temporal_process(server, server.folder.parent)) as process:
        yield process


async def test_it_serves_its_ui_and_knows_our_search_attributes() -> None:
    with throw_away_folder() as home:
        server = EmbeddedTemporal(home / "temporal", free_port(), free_port())
        with started(server):
            assert await http_ok(server.ui_url)
            client = await Client.connect(server.address)
            known = await client.operator_service.list_search_attributes(
                ListSearchAttributesRequest(namespace=server.namespace)
            )
            assert set(SEARCH_ATTRIBUTES) <= set(known.custom_attributes)
            assert (server.folder / "version").read_text().strip() == temporal_version()


async def test_acknowledged_starts_survive_kill_9() -> None:
    with throw_away_folder() as home:
        server = EmbeddedTemporal(home / "temporal", free_port(), free_port())
        ids = [f"order-{n}" for n in range(20)]
        with started(server) as process:
            client = await Client.connect(server.address)
            for workflow_id in ids:
                await client.start_workflow(Nap.run, 1, id=workflow_id, task_queue="naps")
            process.kill()
            process.wait()
        with started(server):
            client = await Client.connect(server.address)
            async with Worker(client, task_queue="naps", workflows=[Nap]):
                for workflow_id in ids:
                    await client.get_workflow_handle(workflow_id).result()
            statuses = [
                (await client.get_workflow_handle(workflow_id).describe()).status
                for workflow_id in ids
            ]
        assert statuses == [WorkflowExecutionStatus.COMPLETED] * len(ids)


async def test_short_timers_are_not_rounded_up_to_a_second() -> None:
    """With the server's defaults no timer fires earlier than one second after it was set."""
    with throw_away_folder() as home:
        server = EmbeddedTemporal(home / "temporal", free_port(), free_port())
        with started(server):
            client = await Client.connect(server.address)
            async with Worker(client, task_queue="naps", workflows=[Nap]):
                took_s = []
                for n in range(3):
                    began = time.monotonic()
                    await client.execute_workflow(Nap.run, 20, id=f"nap-{n}", task_queue="naps")
                    took_s.append(time.monotonic() - began)
        assert min(took_s) < 0.7
