"""A child process whose first interesting line says where it listens."""

import asyncio
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
"""The checkout."""
SOURCE: Final = ROOT / "src"

STOP_S_MAX: Final = 30


class Ended(Exception):
    """The process ended before it said where it listens."""


class Process:
    """One child; what it prints is kept in a log file."""

    def __init__(self, child: asyncio.subprocess.Process, log: Path) -> None:
        """Use `spawn` instead."""
        self._child = child
        self._log = log
        self._drain: asyncio.Task[None] | None = None
        self.pid = child.pid

    @classmethod
    async def spawn(cls, arguments: Sequence[str], log: Path, environment: Mapping[str, str]) -> "Process":
        """Begin a Python process with these arguments."""
        with log.open("ab") as errors:
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                *arguments,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                cwd=ROOT,
                env={**os.environ, **environment},
            )
        return cls(child, log)

    async def address(self, line: re.Pattern[str]) -> str:
        """The first group of the first printed line that matches.

        Raises:
            Ended: there will be no such line.
        """
        output = self._child.stdout
        if output is None:
            raise TypeError("the output of the child is not piped")
        while text := (await output.readline()).decode():
            self._keep(text)
            found = line.search(text)
            if found is not None:
                self._drain = asyncio.get_running_loop().create_task(self._drain_output(output))
                return found[1]
        await self._child.wait()
        raise Ended(f"exit code {self._child.returncode}; see {self._log}:\n{self._log.read_text()[-4000:]}")

    async def ended(self) -> int:
        """The exit code, once the process is gone; minus the signal's number if a signal ended it."""
        code = await self._child.wait()
        if self._drain is not None:
            await self._drain
        return code

    async def stop(self) -> None:
        """End it and await that; idempotent. One that does not heed is killed."""
        if self._child.returncode is None:
            self._child.terminate()
        try:
            async with asyncio.timeout(STOP_S_MAX):
                await self.ended()
        except TimeoutError:
            self._child.kill()
            await self.ended()

    async def _drain_output(self, output: asyncio.StreamReader) -> None:
        while text := (await output.readline()).decode():
            self._keep(text)

    def _keep(self, text: str) -> None:
        with self._log.open("a") as log:
            log.write(text)
