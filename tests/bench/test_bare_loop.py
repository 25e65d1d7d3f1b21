"""The loop that the engine is held against writes what the engine writes: as many rows of the same sizes."""

from contextlib import closing
from pathlib import Path

import apsw
import pytest

from bench.bare_loop import COMMITS_EACH, bare_commit_loop, report
from bench.engine_loop import compiled, engine_over, run_executions
from bench.workloads import handlers, noop_document
from treadle.bootstrap.process import run
from treadle.invokers.local.invoker import LocalInvoker

EXECUTIONS = 12
STEPS = 5
SIZES = """
    SELECT
        (SELECT count(*) FROM executions),
        (SELECT count(*) FROM history),
        (SELECT count(*) FROM snapshots),
        (SELECT avg(length(events)) FROM history),
        (SELECT avg(length(state)) FROM snapshots),
        (SELECT avg(length(execution_id)) FROM history),
        (SELECT avg(length(at)) FROM history),
        (SELECT avg(length(created_at || started_at || updated_at || ended_at)) FROM executions),
        (SELECT avg(length(status)) FROM executions),
        (SELECT avg(length(definition_digest)) FROM executions)
"""


def sizes(path: Path) -> list[float]:
    with closing(apsw.Connection(str(path))) as connection:
        return list(connection.execute(SIZES).fetchone() or ())


async def some_executions(directory: Path) -> None:
    async with engine_over(directory, LocalInvoker(handlers())) as (engine, store):
        program = compiled(noop_document(STEPS))
        await run_executions(engine, store, program, concurrency=EXECUTIONS, executions=EXECUTIONS)


def test_what_it_writes_has_the_sizes_of_what_a_run_writes(tmp_path: Path) -> None:
    run(some_executions(tmp_path))
    bare_commit_loop(tmp_path, batch=EXECUTIONS, commits=EXECUTIONS * COMMITS_EACH)
    of_a_run, of_the_loop = sizes(tmp_path / "engine_loop.db"), sizes(tmp_path / "bare_loop.db")
    assert of_a_run[:3] == [EXECUTIONS, EXECUTIONS * COMMITS_EACH, EXECUTIONS]
    assert of_the_loop == [pytest.approx(size, rel=0.01) for size in of_a_run]


def test_it_says_what_it_measured(tmp_path: Path) -> None:
    result = bare_commit_loop(tmp_path, batch=3, commits=36, event_bytes=50)
    assert result.commits == 36
    assert "synchronous=FULL" in report(result)
