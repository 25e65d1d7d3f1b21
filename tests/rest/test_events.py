"""A history followed while it grows."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import msgspec
import pytest

from tests.rest.serving import Reply, Server, document, serving, sleep, sqlite, task
from treadle.model.json import Json
from treadle.service.following import FOLLOWERS_MAX

pytestmark = pytest.mark.anyio
HELD = document(task("a"), task("b", "held"))
NAP = document(sleep("nap", "1h"))
FAILS_ONCE = document(task("a", "broken"))


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is "" for one that is no event of the history."""

    id: str
    event: str
    data: Json


async def messages(answer: aiohttp.ClientResponse) -> AsyncIterator[Message]:
    """What is sent, to the end."""
    fields: dict[str, str] = {}
    async for line in answer.content:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            fields[name] = value
        elif "event" in fields:
            data = msgspec.json.decode(fields["data"])
            yield Message(id=fields.get("id", ""), event=fields["event"], data=data)
            fields = {}


def following(
    server: Server, execution: Reply, after: int | None = None
) -> "aiohttp.client._RequestContextManager":
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    return server.session.get(f"/v1/executions/{execution.body['id']}/events", headers=headers)


async def followed(server: Server, execution: Reply, after: int | None = None) -> list[Message]:
    async with following(server, execution, after) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        return [message async for message in messages(answer)]


async def test_a_follower_sees_the_whole_history_and_is_let_go_when_the_run_ends(server: Server) -> None:
    started = await server.start(HELD, wait=False)
    await server.handlers.until_held()
    async with following(server, started) as answer:
        seen: list[Message] = []
        async for message in messages(answer):
            seen.append(message)
            if message.event == "ActivityStarted" and message.data["path"] == "b":
                server.handlers.release()
    history = await server.history(started)
    assert [message.data for message in seen] == history
    assert [message.id for message in seen] == [str(item["seq"]) for item in history]
    assert [message.event for message in seen] == [item["type"] for item in history]
    assert seen[-1].event == "ExecutionCompleted"


async def test_who_comes_back_gets_what_he_has_not_and_nothing_twice(server: Server) -> None:
    ended = await server.start(document(task("a"), task("b")))
    history = await server.history(ended)
    for last in range(len(history)):
        assert [message.data for message in await followed(server, ended, last)] == history[last:]
    async with following(server, ended, len(history)) as answer:
        assert (answer.status, await answer.text()) == (204, "")


async def test_a_long_history_is_sent_whole(server: Server) -> None:
    long = await server.start(document(*(task(f"n{index}") for index in range(60))))
    seen = await followed(server, long)
    assert [int(message.id) for message in seen] == list(range(1, len(seen) + 1))
    assert seen[-1].event == "ExecutionCompleted"


async def test_each_run_is_followed_to_its_own_end(server: Server) -> None:
    failed = await server.start(FAILS_ONCE)
    first = await followed(server, failed)
    assert first[-1].event == "ExecutionFailed"
    server.handlers.broken = False
    await server.act(failed, "retry", reason="mended")
    second = await followed(server, failed, int(first[-1].id))
    assert (second[0].event, second[-1].event) == ("ExecutionRetried", "ExecutionCompleted")
    assert [message.event for message in await followed(server, failed)][-1] == "ExecutionFailed"


async def test_what_happens_to_an_execution_that_no_memory_holds_is_followed(tmp_path: Path) -> None:
    async with serving(sqlite(tmp_path)) as server:
        napping = await server.start(NAP, wait=False)
    async with serving(sqlite(tmp_path)) as server, following(server, napping) as answer:
        seen = messages(answer)
        assert [(await anext(seen)).event for _ in range(3)] == [
            "ExecutionStarted",
            "NodeEntered",
            "TimerStarted",
        ]
        await server.act(napping, "wake")
        assert [message.event async for message in seen][-1] == "ExecutionCompleted"


async def test_a_stop_says_good_bye(bare: Server) -> None:
    napping = await bare.start(NAP, wait=False)
    async with following(bare, napping) as answer:
        seen = messages(answer)
        assert (await anext(seen)).event == "ExecutionStarted"
        bare.application.use_cases.close()
        *_, last = [message async for message in seen]
        assert (last.id, last.event, last.data) == ("", "bye", {})


async def test_a_client_that_has_gone_holds_nothing(bare: Server) -> None:
    napping = await bare.start(NAP, wait=False)
    followers = bare.application.engine.followers
    async with following(bare, napping) as answer:
        await anext(messages(answer))
        assert followers.count == 1
        answer.close()
    async with asyncio.timeout(20):
        while followers.count:
            await bare.get("/livez")


async def test_head_tells_that_there_is_one_and_sends_none_of_it(bare: Server) -> None:
    napping = await bare.start(NAP, wait=False)
    reply = await bare.call("HEAD", f"/v1/executions/{napping.body['id']}/events")
    assert (reply.status, bare.application.engine.followers.count) == (200, 0)
    async with following(bare, napping) as answer:
        asked = answer.headers
    for name in ("Content-Type", "Cache-Control", "X-Accel-Buffering", "Content-Length"):
        assert reply.headers.get(name) == asked.get(name), name


async def test_what_cannot_be_followed_is_refused(bare: Server) -> None:
    nowhere = await bare.get("/v1/executions/0190a000-0000-7000-8000-000000000001/events")
    assert (nowhere.status, nowhere.code) == (404, "execution_not_found")
    napping = await bare.start(NAP, wait=False)
    path = f"/v1/executions/{napping.body['id']}/events"
    elsewhere = await bare.get(path, headers={"Treadle-Namespace": "other"})
    assert (elsewhere.status, elsewhere.code) == (404, "execution_not_found")
    for wrong in ("x", "-1", "1.5", "9" * 30, "²"):
        refused = await bare.get(path, headers={"Last-Event-ID": wrong})
        assert (refused.status, refused.code) == (400, "malformed_request")


async def test_followers_are_bounded(bare: Server) -> None:
    napping = await bare.start(NAP, wait=False)
    places = bare.application.use_cases.following
    places.places = FOLLOWERS_MAX
    refused = await bare.get(f"/v1/executions/{napping.body['id']}/events")
    assert (refused.status, refused.code) == (503, "overloaded")
    places.places = FOLLOWERS_MAX - 1
    for _ in range(3):
        gone = await bare.call("HEAD", f"/v1/executions/{napping.body['id']}/events")
        assert gone.status == 200
    assert places.places == FOLLOWERS_MAX - 1


async def test_who_comes_back_before_the_live_state_shows_the_end_is_let_go(bare: Server) -> None:
    """The history is durable a moment earlier: the follower looks again when the state is there."""
    held = await bare.start(HELD, wait=False)
    await bare.handlers.until_held()
    last = len(await bare.history(held)) + 3
    async with following(bare, held, last) as answer:
        assert answer.status == 200
        bare.handlers.release()
        seen = [message async for message in messages(answer)]
    history = await bare.history(held)
    assert [message.data for message in seen] == history[last:]
