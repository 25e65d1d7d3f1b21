"""How a command ends otherwise than done. Wrong usage is click's own UsageError, exit code 2."""

from typing import Final

import click

from treadle.model.errors import Fault

INTERRUPTED: Final = 130
"""Exit code of a command that was interrupted, as shells have it: 128 and the number of SIGINT."""


class Failure(click.ClickException):
    """The thing itself failed."""

    exit_code = 1


class Unreachable(click.ClickException):
    """The server or the store cannot be reached. `is_sent`: the request may have arrived all the same."""

    exit_code = 3

    def __init__(self, message: str, *, is_sent: bool = False) -> None:
        super().__init__(message)
        self.is_sent = is_sent


class RefusedByServer(click.ClickException):
    """The server said no: `code` and `errors` are those of its answer.

    `is_retryable`: nothing was accepted, and the same may be taken later.
    """

    exit_code = 4

    def __init__(
        self, message: str, *, code: str = "", is_retryable: bool = False, errors: tuple[Fault, ...] = ()
    ) -> None:
        super().__init__(message)
        self.code = code
        self.is_retryable = is_retryable
        self.errors = errors
