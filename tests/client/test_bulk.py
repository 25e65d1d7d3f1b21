"""Acting on many executions by either client."""

from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest

from tests.client.asking import Asked, Kind, asking
from tests.rest.serving import Server, document, serving, sleep, task
from treadle.client import ApiError, BulkAct, BulkPreview

pytestmark = pytest.mark.anyio
NAP = document(sleep("nap", "1h"), name="nap")


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as made:
        yield made


@pytest.fixture
async def asked(server: Server, kind: Kind) -> AsyncIterator[Asked]:
    async with asking(kind, server.application.url) as made:
        yield made


async def refusal(call: Awaitable[Any]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await call
    return caught.value


async def test_what_matches_is_acted_on_and_waited_for(server: Server, asked: Asked) -> None:
    napping = await server.start(NAP, wait=False, labels={"team": "x"})
    await server.reached(napping, "nap", "sleeping")
    await server.start(document(task("a"), name="echo"), labels={"team": "x"})
    await server.start(NAP, wait=False, labels={"team": "y"})
    preview = await asked.call("bulk_preview", "wake", status=["waiting", "completed"], labels={"team": "x"})
    assert isinstance(preview, BulkPreview)
    assert (preview.count, preview.by_status) == (2, {"waiting": 1, "completed": 1})
    begun = await asked.call("bulk", "wake", reason="early", labels={"team": "x"})
    assert isinstance(begun, BulkAct)
    ended = await asked.call("wait_bulk_act", begun.bulk_id, timeout_s=30)
    assert (ended.status, ended.has_ended, ended.total, ended.done, ended.refused) == ("done", True, 2, 1, 1)
    assert (ended.action, ended.reason, ended.actor) == ("wake", "early", "dev")
    assert ended.filter == {"label": ["team:x"]}
    assert ended.ended_at.tzinfo is not None
    (group,) = ended.refusals
    assert (group.code, group.count) == ("invalid_transition", 1)
    assert "completed" in group.last[0].message
    assert await asked.call("bulk_act", begun.bulk_id) == ended
    assert await asked.call("stop_bulk_act", begun.bulk_id) == ended, "what has ended stays as it is"


async def test_everything_is_meant_only_by_who_says_so(server: Server, asked: Asked) -> None:
    await server.start(NAP, wait=False)
    assert (await refusal(asked.call("bulk", "terminate"))).code == "empty_filter"
    assert (await refusal(asked.call("bulk", "terminate", labels={}))).code == "empty_filter"
    with pytest.raises(TypeError, match="'definition' is None: leave it out"):
        await asked.call("bulk", "terminate", status="waiting", definition=None)
    with pytest.raises(TypeError, match="'naem' is not known"):
        await asked.call("bulk", "terminate", naem="nap")
    begun = await asked.call("bulk", "terminate", everything=True)
    assert (await asked.call("wait_bulk_act", begun.bulk_id)).done == 1


async def test_bulk_acts_are_listed_newest_first(asked: Asked) -> None:
    begun = [await asked.call("bulk", "pause", definition=f"d{number}") for number in range(3)]
    listed = await asked.take("bulk_acts", page_items=2)
    assert [act.bulk_id for act in listed] == [act.bulk_id for act in reversed(begun)]


async def test_a_bulk_act_that_there_is_not_is_not_found(asked: Asked) -> None:
    absent = "0190a000-0000-7000-8000-000000000001"
    for call in ("bulk_act", "wait_bulk_act", "stop_bulk_act"):
        assert (await refusal(asked.call(call, absent))).code == "bulk_act_not_found"


async def test_a_wait_has_an_end(server: Server, asked: Asked) -> None:
    begun = await asked.call("bulk", "pause", definition="nobody")
    with pytest.raises(TimeoutError):
        await asked.call("wait_bulk_act", begun.bulk_id, timeout_s=-1)
