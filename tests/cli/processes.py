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

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self._process = process
        self.url = url

    def stop(self, number: signal.Signals = signal.SIGTERM) -> Ended:
        """Send the signal and wait for the end."""
        self._process.send_signal(number)
        out, err = self._process.communicate(timeout=LIMIT_S)
        return Ended(code=self._process.returncode, out=out, err=err)


@contextmanager
def dev(directory: Path, *arguments: str) -> Iterator[Dev]:
    """A server in that directory, on a free port, once it is ready; killed at the end if it still runs."""
    (directory / "cli_handlers.py").write_text(APP)
    command = (
        sys.executable,
        "-m",
        "treadle.cli.main",
        "dev",
        "--port",
        "0",
        "--app",
        "cli_handlers:registry",
    )
    process = subprocess.Popen(
        (*command, *arguments),
        cwd=directory,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.startswith("ready on "):
            raise AssertionError(f"{line!r}: {process.communicate(timeout=LIMIT_S)}")
        yield Dev(process, line.removeprefix("ready on ").strip())
    finally:
        process.kill()
        process.communicate()
