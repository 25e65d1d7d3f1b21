"""`treadle` in this process against a real server, for what needs no process of its own."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from click.testing import CliRunner, Result

from tests.cli.processes import Dev
from treadle.cli.main import treadle
from treadle.model.json import Json


class Console:
    """Talks to one server."""

    def __init__(self, running: Dev) -> None:
        self.running = running

    def __call__(self, *arguments: str, stdin: bytes | str = b"") -> Result:
        """What a command told, and its exit code; only an exit is caught."""
        return asked(*arguments, env={"TREADLE_URL": self.running.url}, stdin=stdin)

    def done(self, *arguments: str, stdin: bytes | str = b"") -> str:
        """What a command printed that did what it was to do."""
        result = self(*arguments, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *arguments: str) -> Json:
        """The JSON that a command printed."""
        return json.loads(self.done(*arguments, "--output", "json"))

    def status(self, execution_id: str) -> str:
        return self.json("executions", "show", execution_id)["status"]

    def until(self, execution_id: str, *statuses: str) -> str:
        """The status, once it is one of these."""
        while (status := self.status(execution_id)) not in statuses:
            pass
        return status


def asked(*arguments: str, env: Mapping[str, str] | None = None, stdin: bytes | str = b"") -> Result:
    """A command, with no TREADLE_ name in the environment but those given."""
    unset = {name: None for name in os.environ if name.startswith("TREADLE_")}
    return CliRunner(env=unset | dict(env or {})).invoke(
        treadle, arguments, input=stdin, catch_exceptions=False, prog_name="treadle"
    )


def written(directory: Path, name: str, *steps: Json, version: str = "1", **more: Json) -> str:
    """A document in a file."""
    path = directory / f"{name}-{version}.json"
    path.write_text(json.dumps({"name": name, "version": version, "steps": steps, **more}))
    return str(path)


def task(node: str, handler: str = "echo", **fields: Json) -> Json:
    return {"id": node, "kind": "task", "handler": handler, **fields}


WAITING = {"id": "hold", "kind": "wait", "signal": "go"}
