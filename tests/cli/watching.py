"""`treadle` as a process that stays, read while it goes on."""

import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import ioctl
from typing import Final

from tests.cli.processes import LIMIT_S, Ended, environment
from treadle.model.json import Json

ENTRY: Final = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "from treadle.cli.main import main; main()"
)
"""As at a terminal: who starts tests may have SIGINT ignored."""


class Staying:
    """A command whose lines are read one by one."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def event(self) -> Json:
        """The next event that it tells."""
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def until(self, event_type: str) -> list[Json]:
        """What it tells, to an event of that type."""
        told = [self.event()]
        while told[-1]["type"] != event_type:
            told.append(self.event())
        return told

    def remark(self) -> str:
        """The next line on the standard error."""
        assert self.process.stderr is not None
        return self.process.stderr.readline()

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def ended(self) -> Ended:
        """Once it has ended: what it told since."""
        out, err = self.process.communicate(timeout=LIMIT_S)
        return Ended(code=self.process.returncode, out=out, err=err)


@contextmanager
def staying(*arguments: str) -> Iterator[Staying]:
    process = subprocess.Popen(
        (sys.executable, "-c", ENTRY, *arguments),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Staying(process)
    finally:
        process.kill()
        process.communicate()


class Terminal:
    """A command at a terminal of its own; `seen` is all that was written there."""

    def __init__(self, process: subprocess.Popen[bytes], screen: int) -> None:
        self.process = process
        self.seen = ""
        self._screen = screen

    def until(self, text: str) -> str:
        """Everything written, once the text stands there."""
        while text not in self.seen:
            assert self._read(), f"it ended without {text!r}: {self.seen}"
        return self.seen

    def ended(self) -> int:
        """The exit code, once it has ended."""
        while self._read():
            pass
        return self.process.wait(LIMIT_S)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._screen], [], [], LIMIT_S)
        assert ready, f"nothing more was written: {self.seen}"
        try:
            data = os.read(self._screen, 65_536)
        except OSError:
            # How Linux says that nobody writes any more.
            return False
        self.seen += data.decode("utf-8", "replace")
        return bool(data)


@contextmanager
def at_a_terminal(*arguments: str, lines: int = 30, columns: int = 120) -> Iterator[Terminal]:
    screen, inside = pty.openpty()
    ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    process = subprocess.Popen(
        (sys.executable, "-c", ENTRY, *arguments),
        env=environment({"TERM": "xterm", "LINES": str(lines), "COLUMNS": str(columns)}),
        stdin=inside,
        stdout=inside,
        stderr=inside,
        start_new_session=True,
    )
    os.close(inside)
    try:
        yield Terminal(process, screen)
    finally:
        process.kill()
        process.wait()
        os.close(screen)
