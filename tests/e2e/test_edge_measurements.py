"""The measurements of the edges measure: each runs over real servers, with few executions."""

from pathlib import Path

import pytest

from bench import edge_lists, edge_starts, edge_waiting
from bench.many_executions import NAMESPACE, fill
from treadle.bootstrap.process import run
from treadle.model.views import ExecutionFilter
from treadle.stores.sqlite.store import SqliteStore

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
FEW = 300


def test_starts_are_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(edge_starts.measure(tmp_path, count=FEW, warm_up=20))
    told = capsys.readouterr().out
    assert "answered when durable" in told
    assert "answered when ended" in told
    assert "of the plain loop" in told


def test_lists_are_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(edge_lists.measure(tmp_path, executions=2_000, requests=2))
    told = capsys.readouterr().out
    for part in ("a label of very many, deep", "counts: everything", "failures: everything", "p99"):
        assert part in told


def test_waiting_and_restarting_are_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(edge_waiting.measure(tmp_path, waiting=FEW, executions=FEW))
    told = capsys.readouterr().out
    for part in ("bytes each", "a step costs", "ready after"):
        assert part in told


@pytest.mark.anyio
async def test_the_store_that_is_listed_holds_what_is_told(tmp_path: Path) -> None:
    await fill(tmp_path / "many.db", 1_500)
    store = SqliteStore.open(tmp_path / "many.db")
    where = ExecutionFilter(namespace=NAMESPACE)
    assert sum((await store.views.counts(where)).values()) == 1_500
    [newest] = await store.views.executions(where, None, 1)
    state = await store.views.execution(NAMESPACE, newest.id)
    assert state is not None
    assert [(row.first_seq, row.last_seq) for row in state.tail] == [(1, newest.version)]
    await store.close()
