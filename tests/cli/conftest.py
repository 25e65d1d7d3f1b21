"""A real server for the commands that need one."""

from collections.abc import Iterator

import pytest

from tests.cli.asking import Console
from tests.cli.processes import dev


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with dev(tmp_path_factory.mktemp("dev")) as running:
        yield Console(running)
