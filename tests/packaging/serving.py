"""An installed `treadle` as a process, and what it does for who asks over HTTP."""

import json
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.packaging.building import bare_environment
from treadle.model.json import Json

STOP_S_MAX: Final = 30
ANSWER_S_MAX: Final = 60


@contextmanager
def serving(command: list[str], directory: Path, env: Mapping[str, str]) -> Iterator[str]:
    """The URL of a server that is ready; at the end it is stopped, and has to end well."""
    process = subprocess.Popen(
        command,
        cwd=directory,
        env=bare_environment() | dict(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.startswith("ready on "):
            process.kill()
            raise AssertionError(f"{line!r}: {process.communicate(timeout=STOP_S_MAX)}")
        yield line.removeprefix("ready on ").strip()
        process.terminate()
        _, errors = process.communicate(timeout=STOP_S_MAX)
        assert process.returncode == 0, errors
    finally:
        process.kill()
        process.communicate()


def run_to_the_end(url: str, headers: Mapping[str, str] | None = None) -> Json:
    """How an execution stands that ended: it has a schema, a timer, a condition and a template."""
    document = {
        "name": "parcel",
        "version": "1",
        "input_schema": {"type": "object", "required": ["weight"]},
        "steps": [
            {"id": "rest", "kind": "sleep", "for": "1ms"},
            {
                "id": "note",
                "kind": "set",
                "when": {">": [{"var": "input.weight"}, 2]},
                "vars": {"size": "{{ input.weight }} kg"},
            },
        ],
        "output": {"size": "{{ vars.size }}"},
    }
    body = {"definition": {"document": document}, "input": {"weight": 3}}
    request = urllib.request.Request(
        f"{url}/v1/executions",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Prefer": "wait=30", **dict(headers or {})},
    )
    with urllib.request.urlopen(request, timeout=ANSWER_S_MAX) as answer:
        return json.load(answer)
