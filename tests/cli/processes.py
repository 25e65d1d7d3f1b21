"""`treadle` as real processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

LIMIT_S: Final = 60
APP: Final = """
import asyncio
from treadle.worker.registry import FinalError, Registry
registry = Registry()

@registry.handler("echo")
def echo(value):
    return value

@registry.handler("refuse")
def refuse(value):
    raise FinalError("no_stock", "nothing left")

@registry.handler("hang")
async def hang(value):
    await asyncio.Event().wait()

@registry.handler("stubborn")
async def stubborn(value):
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            pass
"""


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    code: int
    out: str
    err: str


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """That of the test without settings of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TREADLE_")}
    return kept | dict(more or {})


def treadle(*arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Ended:
    """Run a command to its end."""
    command = (sys.executable, "-m", "treadle.cli.main", *arguments)
    ended = subprocess.run(
        command, cwd=cwd, env=environment(env), capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    return Ended(code=ended.returncode, out=ended.stdout, err=ended.stderr)


class Dev:
    """A `treadle dev` that runs at `url`."""

    def __init__(self, process: subprocess.Popen[str], url: str, logs: Path) -> None:
        self._process = process
        self._logs = logs
        self.url = url

    def send(self, number: signal.Signals) -> None:
        """Send a signal that does not end it."""
        self._process.send_signal(number)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> Ended:
        """Send the signal and wait for the end."""
        self._process.send_signal(number)
        out, _ = self._process.communicate(timeout=LIMIT_S)
        return Ended(code=self._process.returncode, out=out, err=self._logs.read_text())


ENTRY: Final = (
    "import signal; signal.signal(signal.SIGHUP, signal.SIG_DFL);from treadle.cli.main import main; main()"
)
"""As at a terminal: who starts tests may have SIGHUP ignored, and a server then outlives its terminal."""


@contextmanager
def dev(directory: Path, *arguments: str, command: str = "dev", **env: str) -> Iterator[Dev]:
    """A server in that directory, on a free port, once it is ready; killed at the end if it still runs."""
    (directory / "cli_handlers.py").write_text(APP)
    started = (
        sys.executable,
        "-c",
        ENTRY,
        command,
        "--port",
        "0",
        "--app",
        "cli_handlers:registry",
    )
    logs = directory / "logs.txt"
    # A file takes whatever is logged: a pipe that nobody reads would stop the server when it is full.
    with logs.open("w") as told:
        process = subprocess.Popen(
            (*started, *arguments),
            cwd=directory,
            env=environment(env),
            stdout=subprocess.PIPE,
            stderr=told,
            text=True,
        )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.startswith("ready on "):
            raise AssertionError(f"{line!r}: {process.communicate(timeout=LIMIT_S)}, {logs.read_text()}")
        yield Dev(process, line.removeprefix("ready on ").strip(), logs)
    finally:
        process.kill()
        process.communicate()
