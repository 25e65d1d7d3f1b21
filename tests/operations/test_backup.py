"""The page about backups says how to make one, and what it says works."""

import re
import shlex
import sys
from pathlib import Path

import aiohttp
import pytest

from tests.cli.processes import dev, treadle
from tests.packaging.building import ROOT, run

PAGE = (ROOT / "docs" / "operations" / "backup.md").read_text("utf-8")
DOCUMENT = {
    "name": "patience",
    "version": "1",
    "steps": [{"id": "go", "kind": "wait", "signal": "go"}],
    "output": {"said": "{{ nodes.go.output }}"},
}


def commands() -> tuple[list[str], list[str]]:
    """The two lines of the page: the copy, and the check of it."""
    found = re.search(r"^```sh\n(python .*)\n(treadle .*)\n```", PAGE, re.MULTILINE)
    assert found is not None
    return shlex.split(found[1])[1:], shlex.split(found[2])[1:]


@pytest.mark.slow
@pytest.mark.anyio
async def test_a_copy_made_beside_a_running_server_is_whole_and_goes_on(tmp_path: Path) -> None:
    copying, verifying = commands()
    with dev(tmp_path) as first:
        async with aiohttp.ClientSession(first.url) as session:
            order = {"definition": {"document": DOCUMENT}}
            async with session.post("/v1/executions", json=order) as started:
                assert started.status == 202
                execution_id = (await started.json())["id"]
        run(sys.executable, *copying, cwd=tmp_path)
        checked = treadle(*verifying, cwd=tmp_path)
        assert (checked.code, checked.out.partition(",")[0]) == (0, "1 executions")

    with dev(tmp_path, "--store", "sqlite:///copy.db") as second:
        async with aiohttp.ClientSession(second.url) as session:
            where = f"/v1/executions/{execution_id}"
            async with session.post(f"{where}/signals/go", json="now") as said:
                assert said.status == 202
            async with session.get(f"{where}/events") as followed:
                await followed.read()
            async with session.get(where) as ended:
                shown = await ended.json()
    assert (shown["status"], shown["output"]) == ("completed", {"said": "now"})
