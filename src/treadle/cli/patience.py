"""How a command that stays goes without the server for a while: it may be started anew."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

import click

from treadle.cli.failures import RefusedByServer, Unreachable
from treadle.cli.option import option

F = TypeVar("F", bound=Callable[..., object])
T = TypeVar("T")

RECONNECT_S_DEFAULT: Final = 60.0
PAUSE_S_MIN: Final = 0.1
PAUSE_S_MAX: Final = 2.0
CALM_S: Final = 10.0
"""A server that was there for so long is well, whatever came of it."""


def reconnect_option(command: F) -> F:
    """Give a command `--reconnect`."""
    help_text = "Go without the server for so long before giving up; 0: not at all."
    seconds = click.FloatRange(0, 86_400)
    default = RECONNECT_S_DEFAULT
    return option("--reconnect", type=seconds, default=default, metavar="SECONDS", help=help_text)(command)


def tell_people(text: str) -> None:
    """Say on the standard error what is going on."""
    click.echo(text, err=True)


class Patience:
    """Tries again while nothing comes from the server, for `seconds` from when that began.

    A server that never was there is not waited for: its name is more likely wrong. What is going on is given
    to `tell`, once when the server is gone and once when it is back.
    """

    def __init__(self, seconds: float, tell: Callable[[str], None] = tell_people) -> None:
        self._seconds = seconds
        self._tell = tell
        self._until: float | None = None
        self._back_at: float | None = None
        """When the server was found, if it has not gone since."""
        self._was_there = False
        self._pause_s = PAUSE_S_MIN

    def of(self, ask: Callable[[], T]) -> T:
        """What the server answers, once it does.

        Raises:
            Unreachable: it was away for too long.
            RefusedByServer: it said no, for good or for too long.
        """
        while True:
            try:
                answer = ask()
            except (Unreachable, RefusedByServer) as error:
                self.wait_after(error)
            else:
                self.is_back()
                return answer

    def wait_after(self, error: Unreachable | RefusedByServer) -> None:
        """Pause before another try; raise the error again if there is to be none."""
        now = time.monotonic()
        if self._back_at is not None and now - self._back_at > CALM_S:
            self.is_well()
        until = now + self._seconds if self._until is None else self._until
        is_final = isinstance(error, RefusedByServer) and not error.is_retryable
        if is_final or not self._was_there or now >= until:
            raise error
        if self._until is None or self._back_at is not None:
            self._tell(f"{error.message}; trying again for {self._seconds:g} s")
        self._until, self._back_at = until, None
        time.sleep(min(self._pause_s, until - now))
        self._pause_s = min(2 * self._pause_s, PAUSE_S_MAX)

    def is_back(self) -> None:
        """The server answers; what it is worth is not known yet."""
        if self._until is not None and self._back_at is None:
            self._tell("connected again")
        self._was_there = True
        self._back_at = self._back_at or time.monotonic()

    def is_well(self) -> None:
        """Something came of it: what was before is forgiven."""
        self._until = None
        self._pause_s = PAUSE_S_MIN
