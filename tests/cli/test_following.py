"""An execution followed at servers that break off, repeat themselves or are late."""

import json

import pytest

from tests.cli.asking import asked
from tests.cli.scripted import EVENTS, Asked, Scripted, answering, refused, said, streamed
from treadle.model.json import Json

WATCH = ("executions", "watch", "x", "--output", "json")
NOW = "2026-03-01T09:30:00.000Z"
BYE = "event: bye\ndata: {}\n\n"


def happened(seq: int, event: str = "NodeEntered") -> str:
    item = {"seq": seq, "at": NOW, "type": event, "path": None, "attempt": None, "data": {}}
    return f"id: {seq}\nevent: {event}\ndata: {json.dumps(item | {'actor': 'engine', 'reason': None})}\n\n"


def shown(version: int, status: str = "completed") -> Scripted:
    ended_at = NOW if status in ("completed", "failed") else None
    reference = {"name": "a", "version": "1"}
    summary = {"id": "x", "definition": reference, "status": status, "created_at": NOW}
    return said(summary | {"ended_at": ended_at, "version": version})


def seqs(output: str) -> list[int]:
    return [json.loads(line)["seq"] for line in output.splitlines()]


def opened(requests: list[Asked]) -> list[str | None]:
    """From where the stream was asked for each time."""
    return [one.last_event_id for one in requests if one.path.endswith("/events")]


def test_what_is_shown_a_moment_later_than_told_is_waited_for() -> None:
    ends = streamed(happened(1), happened(2, "ExecutionCompleted"))
    with answering([ends, shown(1, "running"), shown(1, "running"), shown(2)]) as server:
        result = asked(*WATCH, "--url", server.url)
    assert (result.exit_code, seqs(result.stdout)) == (0, [1, 2])
    assert opened(server.asked) == ["0"]


def test_a_stream_goes_on_after_the_last_event_and_none_is_told_twice() -> None:
    answers = [
        streamed(happened(1), BYE),
        refused(503, "stopping"),
        streamed(happened(1), happened(2), ": still here\n\n"),
        shown(2, "running"),
        streamed(happened(3, "ExecutionFailed")),
        shown(3, "failed"),
    ]
    with answering(answers) as server:
        result = asked(*WATCH, "--url", server.url)
    assert (result.exit_code, seqs(result.stdout)) == (1, [1, 2, 3])
    assert opened(server.asked) == ["0", "1", "1", "2"]
    remarks = result.stderr.splitlines()
    assert remarks[:2] == [f"{server.url} is stopping; trying again for 60 s", "connected again"]


def test_what_came_after_an_earlier_end_is_read_from_the_history() -> None:
    page: Json = {"items": [json.loads(happened(3).split("data: ")[1])], "next": None}
    with answering([streamed(happened(2, "ExecutionFailed")), shown(3), said(page), shown(3)]) as server:
        result = asked(*WATCH, "--url", server.url)
    assert (result.exit_code, seqs(result.stdout)) == (0, [2, 3])


@pytest.mark.parametrize(
    "broken",
    [
        streamed("id: 1\nevent: x\ndata: {\n\n"),
        streamed('id: 1\nevent: x\ndata: {"seq": "one"}\n\n'),
        Scripted(media=EVENTS, body=b"id", headers={"Content-Length": "9"}),
        refused(503, "overloaded"),
        Scripted(status=502, media="text/html", body=b"<html>"),
    ],
)
def test_patience_with_a_server_that_is_not_well_has_an_end(broken: Scripted) -> None:
    with answering([streamed(happened(1)), shown(1, "running"), broken]) as server:
        result = asked(*WATCH, "--url", server.url, "--reconnect", "0.2")
    assert result.exit_code in (3, 4)
    assert seqs(result.stdout) == [1]
    assert "trying again for 0.2 s" in result.stderr


def test_a_stream_that_tells_nothing_is_not_opened_for_ever() -> None:
    with answering([streamed(happened(1)), *[shown(1, "running"), streamed()] * 200]) as server:
        result = asked(*WATCH, "--url", server.url, "--reconnect", "0")
    assert result.exit_code == 3
    assert "does not tell what happens" in result.stderr


def test_who_may_not_ask_any_more_is_told_at_once() -> None:
    answers = [streamed(happened(1), BYE), refused(401, "unauthenticated")]
    with answering(answers) as server:
        result = asked(*WATCH, "--url", server.url)
    assert (result.exit_code, seqs(result.stdout)) == (4, [1])
    assert "(unauthenticated)" in result.stderr


def test_a_stuck_execution_that_was_shown_late_ends_a_wait() -> None:
    answers = [
        shown(1, "running"),
        streamed(happened(1), happened(2, "ExecutionStuck")),
        shown(1, "compensating"),
        shown(2, "stuck"),
    ]
    with answering(answers) as server:
        result = asked("run", "x", "--wait", "--url", server.url)
    assert (result.exit_code, result.stdout) == (1, "x\n")
    assert "stuck" in result.stderr
