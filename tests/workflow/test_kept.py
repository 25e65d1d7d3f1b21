"""A server that is started with an app has its workflows, and says so when it cannot keep one."""

import json
from pathlib import Path

import pytest

from tests.cli.processes import dev, treadle

pytestmark = pytest.mark.slow

APP = """
from treadle.worker import Registry
from treadle.workflow import App, Workflow, handler, input_
registry = Registry()

@registry.handler()
def double(n):
    return 2 * n

twice = Workflow("twice", "VERSION")
once = twice.task("once", handler("double", input=input_.n))
twice.task("again", handler("double", input=once.OUTPUT))
app = App(registry=registry, workflows=(twice,))
"""


def written(directory: Path, *, version: str = "1", output: str = "output") -> None:
    (directory / "twice.py").write_text(APP.replace("VERSION", version).replace("OUTPUT", output))


def test_workflows_are_there_when_the_server_is_ready(tmp_path: Path) -> None:
    for version in ("1", "1", "2"):
        written(tmp_path, version=version)
        with dev(tmp_path, "--app", "twice:app") as server:
            started = treadle("run", "twice", "--input", '{"n": 5}', "--wait", "--url", server.url)
            assert (started.code, started.err) == (0, "")
            shown = treadle(
                "executions", "show", started.out.strip(), "--output", "json", "--url", server.url
            )
            execution = json.loads(shown.out)
            assert (execution["output"], execution["definition"]["version"]) == (20, version)
            assert server.stop().code == 0


def test_a_changed_workflow_without_a_new_version_is_refused(tmp_path: Path) -> None:
    written(tmp_path)
    with dev(tmp_path, "--app", "twice:app") as server:
        assert server.stop().code == 0
    written(tmp_path, output="attempts")
    ended = treadle("dev", "--port", "0", "--app", "twice:app", cwd=tmp_path)
    assert (ended.code, ended.out) == (1, "")
    assert "--app: twice@1 is taken by another document" in ended.err


def test_a_wrong_workflow_is_told_with_its_line(tmp_path: Path) -> None:
    written(tmp_path, output="idempotency")
    ended = treadle("dev", "--port", "0", "--app", "twice:app", cwd=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert "'Node' object has no attribute 'idempotency'" in ended.err
