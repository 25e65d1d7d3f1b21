"""The server that most tests ask, over each store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.rest.serving import Server, serving, sqlite


@pytest.fixture(params=["memory", "sqlite"])
async def server(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Server]:
    store = "memory:" if request.param == "memory" else sqlite(tmp_path)
    async with serving(store) as made:
        yield made


@pytest.fixture
async def bare() -> AsyncIterator[Server]:
    """Over the memory store alone: for what does not reach a store."""
    async with serving() as made:
        yield made
