"""An order as Temporal UI shows it, read through the API that the UI uses."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Self

from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionDescription
from temporalio.contrib.pydantic import pydantic_data_converter

from domain.identifiers import workflow_id_for
from tests.support.trader import Document
from workers.search_attributes import SEARCH_ATTRIBUTES

_LAG_MAX_S = 5.0


class TemporalView:
    def __init__(self, client: Client) -> None:
        self._client = client

    @classmethod
    async def connect(cls, address: str) -> Self:
        return cls(await Client.connect(address, data_converter=pydantic_data_converter))

    async def described(self, body: Document) -> WorkflowExecutionDescription:
        return await self._client.get_workflow_handle(_workflow_id(body)).describe()

    async def attributes(self, body: Document) -> dict[str, Any]:
        """The search attributes that are ours."""
        found = (await self.described(body)).typed_search_attributes
        return {pair.key.name: pair.value for pair in found if pair.key.name in SEARCH_ATTRIBUTES}

    async def until(
        self,
        body: Document,
        within_s: float = _LAG_MAX_S,
        look_every_s: float = 0.05,
        **wanted: Any,
    ) -> dict[str, Any]:
        """The search attributes once they say this."""
        deadline = time.monotonic() + within_s
        while True:
            attributes = await self.attributes(body)
            if wanted.items() <= attributes.items():
                return attributes
            assert time.monotonic() < deadline, f"after {within_s} s: {attributes}"
            await asyncio.sleep(look_every_s)

    async def current_details(self, body: Document) -> str:
        """What the page of the workflow says on top."""
        workflow = self._client.get_workflow_handle(_workflow_id(body))
        metadata: WorkflowMetadata = await workflow.query(
            "__temporal_workflow_metadata", result_type=WorkflowMetadata
        )
        return metadata.current_details

    async def result(self, body: Document) -> Any:
        return await self._client.get_workflow_handle(_workflow_id(body)).result()

    async def found_by(self, query: str) -> WorkflowExecution:
        """The one workflow that the list filter finds; visibility may lag a little."""
        deadline = time.monotonic() + _LAG_MAX_S
        while not (found := [execution async for execution in self._client.list_workflows(query)]):
            assert time.monotonic() < deadline, f"nothing within {_LAG_MAX_S} s: {query}"
            await asyncio.sleep(0.1)
        (execution,) = found
        return execution


def _workflow_id(body: Document) -> str:
    return workflow_id_for(body["strategy_id"], body["client_order_id"])
