"""How a program sees the clients: checked by types alone, and never run."""

from collections.abc import AsyncGenerator, Iterator
from typing import assert_type

from treadle.client import (
    AsyncClient,
    Client,
    Counts,
    Definition,
    Event,
    Execution,
    FailureGroup,
    NodeItem,
    Summary,
)


def blocking(client: Client) -> None:
    assert_type(client.start("saga", {"n": 1}, wait=10, labels={"a": "b"}), Execution)
    assert_type(client.execution("id", at=3), Execution)
    assert_type(client.executions(status=["failed"], page_items=10), Iterator[Summary])
    assert_type(client.failures(), Iterator[FailureGroup])
    assert_type(client.counts(definition="saga"), Counts)
    assert_type(client.nodes("id"), Iterator[NodeItem])
    assert_type(client.events("id", after=3), Iterator[Event])
    assert_type(client.put_definition("name: saga"), Definition)
    client.delete_definition("saga", "1")
    client.start("saga", labells={})  # type: ignore[call-arg] # no such option
    client.start(7)  # type: ignore[arg-type] # neither a name nor a document
    client.skip_compensation("id", "a")  # type: ignore[call-arg] # a reason is needed


async def waiting(client: AsyncClient) -> None:
    assert_type(await client.start("saga", {"n": 1}), Execution)
    assert_type(await client.wait("id", timeout_s=3), Execution)
    assert_type(client.executions(business_key="o-1"), AsyncGenerator[Summary, None])
    assert_type(client.events("id"), AsyncGenerator[Event, None])
    assert_type(client.history("id"), AsyncGenerator[Event, None])
