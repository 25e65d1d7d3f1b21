"""What a scrape of a real server says, after things that happened in it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prometheus_client.core import Metric as Family
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tests.rest.serving import Server, document, serving, sleep, sqlite, task
from treadle.config.version import VERSION
from treadle.model.json import Json
from treadle.rest.codes import CODES
from treadle.telemetry.metric import MetricType
from treadle.telemetry.metrics import CODE, METRICS, NOT_READY, OK

pytestmark = pytest.mark.anyio

ROWS = {metric.name: metric for metric in METRICS}
SUFFIXES = {MetricType.COUNTER: "_total", MetricType.INFO: "_info"}
KNOWN = {CODE.name: {OK, NOT_READY, *CODES}, "version": {VERSION}}
"""The values that stand elsewhere than in the table."""
RETRIED_ONCE: Json = {"max_attempts": 2, "initial": "1ms"}


@pytest.fixture
async def sqlite_server(tmp_path: Path) -> AsyncIterator[Server]:
    async with serving(sqlite(tmp_path)) as made:
        yield made


async def scraped(server: Server) -> list[Family]:
    async with server.session.get("/metrics") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
        return list(text_string_to_metric_families(await answer.text()))


def row_name(family: Family) -> str:
    return family.name + SUFFIXES.get(MetricType(family.type), "")


async def test_a_scrape_holds_every_metric_of_the_table_and_no_other(server: Server) -> None:
    families = await scraped(server)
    assert {row_name(family): family.type for family in families} == {
        name: metric.type for name, metric in ROWS.items()
    }
    assert all(family.name.startswith("treadle_") for family in families)


async def test_labels_and_their_values_are_those_of_the_table(server: Server) -> None:
    await server.start(document(task("a")))
    await server.get("/v1/executions/nothing")
    for family in await scraped(server):
        labels = {label.name: label.values for label in ROWS[row_name(family)].labels}
        for sample in family.samples:
            given = {name: value for name, value in sample.labels.items() if name != "le"}
            assert set(given) == set(labels), sample
            assert all(value in (labels[name] or KNOWN[name]) for name, value in given.items()), sample


async def test_every_value_of_a_label_is_there_before_it_happens(server: Server) -> None:
    said = await server.metrics()
    for metric in METRICS:
        if metric.type is MetricType.COUNTER and metric.labels:
            for value in metric.labels[0].values or (OK, *CODES):
                assert said[metric.name, value] >= 0


async def test_what_happened_is_counted_once(server: Server) -> None:
    await server.start(document(task("a"), task("b")))
    await server.start(document(task("a"), {**task("c", "refuse"), "retry": RETRIED_ONCE}))
    said = await server.metrics()
    assert said["treadle_executions_started_total", ""] == 2
    assert said["treadle_executions_ended_total", "completed"] == 1
    assert said["treadle_executions_ended_total", "failed"] == 1
    assert said["treadle_visits_ended_total", "completed"] == 3
    assert said["treadle_visits_ended_total", "failed"] == 1
    assert said["treadle_attempts_started_total", ""] == 4
    assert said["treadle_attempts_ended_total", "ok"] == 3
    assert said["treadle_attempts_ended_total", "failed"] == 1
    assert said["treadle_commits_total", "committed"] == said["treadle_batch_commits_sum", ""]
    assert said["treadle_batch_commits_count", ""] == said["treadle_batch_seconds_count", ""] > 0
    histories = [await server.get("/v1/executions")]
    versions = [item["version"] for item in histories[0].body["items"]]
    assert said["treadle_events_total", ""] == sum(versions)


async def test_compensations_and_what_is_stuck_are_counted(server: Server) -> None:
    undone = {**task("a"), "compensate": {"handler": "echo"}}
    broken = {**task("b"), "compensate": {"handler": "broken"}}
    await server.start(document(undone, task("x", "refuse")))
    stuck = await server.start(document(undone, broken, task("x", "refuse")))
    assert stuck.body["status"] == "stuck"
    said = await server.metrics()
    assert said["treadle_compensations_ended_total", "completed"] == 1
    assert said["treadle_compensations_ended_total", "failed"] == 1
    assert said["treadle_executions_stuck_total", ""] == 1
    assert said["treadle_executions_open", "stuck"] == 1


async def test_children_are_counted_as_started(server: Server) -> None:
    child = document(task("a"), name="child")
    assert (await server.post("/v1/definitions", json=child)).status == 201
    await server.start(document({"id": "c", "kind": "child", "definition": "child"}))
    said = await server.metrics()
    assert said["treadle_executions_started_total", ""] == 2
    assert said["treadle_executions_ended_total", "completed"] == 2


async def test_what_is_out_and_what_is_live_is_told(server: Server) -> None:
    held = await server.start(document(task("a", "held")), wait=False)
    await server.handlers.until_held()
    said = await server.metrics()
    assert said["treadle_attempts_in_flight", ""] == 1
    assert said["treadle_executions_live", ""] == 1
    assert said["treadle_executions_live_max", ""] == 10_000
    assert said["treadle_executions_open", "running"] == 1
    assert said["treadle_engine_ready", ""] == 1
    server.handlers.release()
    await server.settled(held)


async def test_an_execution_that_waits_in_the_store_is_open_and_not_live(server: Server) -> None:
    waiting = await server.start(document(sleep("s", "1h")), wait=False)
    await server.reached(waiting, "s", "sleeping")
    said = await server.metrics()
    assert said["treadle_executions_open", "waiting"] == 1
    assert said["treadle_executions_live", ""] == 0
    assert said["treadle_due_lag_seconds", ""] == 0


async def test_requests_are_counted_by_code(bare: Server) -> None:
    await bare.get("/v1/executions")
    await bare.get("/v1/executions/nothing")
    await bare.get("/v2")
    await bare.call("PATCH", "/v1/executions")
    said = await bare.metrics()
    assert said["treadle_requests_total", "ok"] == 1
    assert said["treadle_requests_total", "execution_not_found"] == 1
    assert said["treadle_requests_total", "not_found"] == 1
    assert said["treadle_requests_total", "method_not_allowed"] == 1
    assert said["treadle_request_seconds_count", ""] == 4


async def test_a_server_that_is_not_ready_does_not_count_that_as_ok(bare: Server) -> None:
    assert (await bare.get("/readyz")).status == 200
    await bare.application.engine.stop()
    assert (await bare.get("/readyz")).status == 503
    said = await bare.metrics()
    assert (said["treadle_requests_total", "ok"], said["treadle_requests_total", "not_ready"]) == (1, 1)
    assert said["treadle_engine_ready", ""] == 0


async def test_a_request_that_asks_to_wait_is_not_timed(bare: Server) -> None:
    await bare.start(document(task("a")))
    said = await bare.metrics()
    assert said["treadle_requests_total", "ok"] == 1
    assert said["treadle_request_seconds_count", ""] == 0


async def test_callbacks_are_counted_by_code(bare: Server) -> None:
    await bare.post("/v1/callbacks/nonsense", json={})
    await bare.post("/v1/callbacks", json={})
    said = await bare.metrics()
    assert said["treadle_callbacks_total", "malformed_token"] == 2
    assert said["treadle_callbacks_total", "ok"] == 0


async def test_signals_are_counted(server: Server) -> None:
    waits = document(sleep("s", "1ms"), {"id": "w", "kind": "wait", "signal": "go"})
    started = await server.start(waits, wait=False)
    await server.reached(started, "w", "waiting")
    assert (await server.post(f"/v1/executions/{started.body['id']}/signals/go")).status == 202
    await server.settled(started)
    assert (await server.metrics())["treadle_signals_total", "taken"] == 1


async def test_who_follows_a_history_is_counted(bare: Server) -> None:
    held = await bare.start(document(task("a", "held")), wait=False)
    await bare.handlers.until_held()
    async with bare.session.get(f"/v1/executions/{held.body['id']}/events") as events:
        await events.content.readline()
        assert (await bare.metrics())["treadle_followers", ""] == 1
        bare.handlers.release()
        await events.read()


async def test_the_store_is_asked_once_in_a_while_however_often_it_is_scraped(server: Server) -> None:
    assert (await server.metrics())["treadle_executions_open", "waiting"] == 0
    waiting = await server.start(document(sleep("s", "1h")), wait=False)
    await server.reached(waiting, "s", "sleeping")
    scrapes = await asyncio.gather(*(server.metrics() for _ in range(5)))
    assert [said["treadle_executions_open", "waiting"] for said in scrapes] == [0] * 5
    assert {said["treadle_executions_started_total", ""] for said in scrapes} == {1}
