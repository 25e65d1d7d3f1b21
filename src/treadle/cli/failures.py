"""How a command ends otherwise than done. Wrong usage is click's own UsageError, exit code 2."""

import click


class Failure(click.ClickException):
    """The thing itself failed."""

    exit_code = 1


class Unreachable(click.ClickException):
    """The server or the store cannot be reached."""

    exit_code = 3


class RefusedByServer(click.ClickException):
    """The server said no."""

    exit_code = 4
