"""Stores of the tests: what is said of the engine holds over each of them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.runtime.world import FallibleSqliteStore, FallibleStore


@pytest.fixture(params=["memory", "sqlite"])
async def store(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[FallibleStore | FallibleSqliteStore]:
    if request.param == "memory":
        yield FallibleStore()
        return
    opened = FallibleSqliteStore.open(tmp_path / "treadle.db")
    assert isinstance(opened, FallibleSqliteStore)
    yield opened
    await opened.close()
