"""What a server writes to its log: one JSON object a line, with what it is about, and nothing secret."""

import io
import logging
from collections.abc import Iterator
from urllib.parse import quote

import msgspec
import pytest
import structlog

from tests.rest.serving import document, serving, task
from treadle.model.json import Json
from treadle.rest.requests import TOLD_ID_CHARS_MAX, TOLD_PATH_CHARS_MAX
from treadle.telemetry.logs import configure_logs

pytestmark = pytest.mark.anyio

KEYS = "reader:default:read:s3cr3t-1,runner:default:run:s3cr3t-2"
UNKNOWN = "0190a000-0000-7000-8000-000000000001"


class Log:
    """What was written, by whoever wrote it."""

    def __init__(self) -> None:
        self.out = io.StringIO()

    @property
    def lines(self) -> list[Json]:
        return [msgspec.json.decode(line) for line in self.out.getvalue().splitlines()]

    def of(self, event: str) -> list[Json]:
        return [line for line in self.lines if line["event"] == event]


@pytest.fixture(params=["info", "debug"])
def level(request: pytest.FixtureRequest) -> str:
    wanted: str = request.param
    return wanted


@pytest.fixture
def log(level: str) -> Iterator[Log]:
    """Set up before there is a server, as a process does it."""
    root = logging.getLogger()
    handlers, before = root.handlers[:], root.level
    made = Log()
    configure_logs(level, made.out)
    yield made
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(before)


async def test_a_refused_request_is_one_line_with_its_code(log: Log) -> None:
    async with serving() as server:
        await server.get(f"/v1/executions/{UNKNOWN}/history?limit=5")
    (line,) = log.of("request refused")
    expected = {
        "level": "info",
        "code": "execution_not_found",
        "method": "GET",
        "route": "/v1/executions/{id}/history",
        "execution": UNKNOWN,
    }
    assert expected.items() <= line.items()
    assert line["ms"] >= 0


async def test_a_request_about_a_compensation_names_its_path(log: Log) -> None:
    async with serving() as server:
        await server.post(f"/v1/executions/{UNKNOWN}/compensations/pay%5B1%5D/retry")
    (line,) = log.of("request refused")
    assert (line["execution"], line["path"]) == (UNKNOWN, "pay[1]")


async def test_what_was_answered_is_told_to_who_debugs(log: Log, level: str) -> None:
    async with serving() as server:
        await server.get("/livez")
    assert [line["route"] for line in log.of("request answered")] == (["/livez"] if level == "debug" else [])


async def test_nothing_that_a_request_holds_is_written(log: Log) -> None:
    async with serving(is_open=False, api_keys=KEYS) as server:
        for key in ("s3cr3t-1", "s3cr3t-9"):
            headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "s3cr3t", "Cookie": "s3cr3t"}
            body = {"definition": {"document": document(task("a"))}, "input": "s3cr3t"}
            assert (await server.post("/v1/executions", json=body, headers=headers)).status in (401, 403)
        for path in ("/v1/callbacks/s3cr3t", "/v1/callback/s3cr3t", "/v1/executions?business_key=s3cr3t&x=1"):
            await server.post(path, json={"card": "s3cr3t"}, headers={"X-Callback-Token": "s3cr3t"})
        ours = {"Authorization": "Bearer s3cr3t-2"}
        refused = document(task("a", "refuse"), on_failure={"handler": "broken"})
        body = {"definition": {"document": refused}, "input": "s3cr3t"}
        ran = await server.post("/v1/executions", json=body, headers={**ours, "Prefer": "wait=20"})
        assert (ran.status, ran.body["status"]) == (200, "failed")
    assert len(log.of("request refused")) == 5
    assert "s3cr3t" not in log.out.getvalue()


async def test_what_is_put_off_because_there_is_too_much_is_one_line_for_many(log: Log) -> None:
    async with serving(rate_limit=1) as server:
        path = f"/v1/executions/{UNKNOWN}/pause"
        seen = [(await server.post(path)).status for _ in range(100)]
    assert len(log.of("requests put off")) < seen.count(429)
    line = log.of("requests put off")[0]
    assert (line["level"], line["code"], line["so_far"]) == ("warning", "rate_limited", 1)
    assert len(log.of("request refused")) == seen.count(404)


async def test_what_a_path_names_is_cut(log: Log) -> None:
    async with serving() as server:
        await server.get(f"/v1/executions/{'x' * 5_000}")
        await server.post(f"/v1/executions/{'%1b' * 5_000}/compensations/{'p' * 5_000}/retry")
    first, second = log.of("request refused")
    assert first["execution"] == "x" * TOLD_ID_CHARS_MAX
    assert (len(second["execution"]), len(second["path"])) == (TOLD_ID_CHARS_MAX, TOLD_PATH_CHARS_MAX)


async def test_what_a_path_names_can_do_nothing_to_who_reads_the_log(log: Log) -> None:
    """No escape of a terminal, no line break of any kind, no text that runs backwards."""
    hostile = "a\x1b[2J\r\x7f\x9b1m\u2028\u202e"
    async with serving() as server:
        await server.post(f"/v1/executions/{quote(hostile)}%0A/compensations/{quote(hostile)}/retry")
    (line,) = log.of("request refused")
    assert line["path"] == r"a\x1b[2J\r\x7f\x9b1m\u2028\u202e"
    assert line["execution"] == line["path"] + r"\n"


async def test_a_compensation_that_is_stuck_is_a_warning_with_its_place(log: Log) -> None:
    async with serving() as server:
        undone = {**task("pay"), "compensate": {"handler": "broken"}}
        stuck = await server.start(document(undone, task("x", "refuse")))
        assert stuck.body["status"] == "stuck"
    (line,) = log.of("compensation stuck")
    expected = {
        "level": "warning",
        "execution": stuck.body["id"],
        "path": "pay",
        "attempt": 1,
        "code": "down",
    }
    assert expected.items() <= line.items()
