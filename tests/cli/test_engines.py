"""`treadle engines`: who runs on the store of a server."""

import pytest

from tests.cli.asking import Console, asked

pytestmark = pytest.mark.slow


def test_the_engine_of_a_server_is_shown_with_its_roles(console: Console) -> None:
    (engine,) = console.json("engines")["items"]
    heads, _, line = console.done("engines").splitlines()
    assert heads.split() == ["engine", "started", "lease", "live", "lag", "roles"]
    assert line.split()[:3] == [engine["id"], engine["started"], "exclusive"]
    assert line.endswith("treadle-timers treadle-housekeeping treadle-bulk-acts")


def test_a_server_that_is_not_there_is_told() -> None:
    assert asked("engines", "--url", "http://127.0.0.1:1").exit_code == 3
