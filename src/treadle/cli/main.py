"""The entry of `treadle`."""

import os
from typing import Final

import click

from treadle.cli.lazy_group import LazyGroup
from treadle.config.settings import SettingsError, check_names

COMMANDS: Final = {
    "dev": "treadle.cli.commands.dev:dev",
    "run": "treadle.cli.commands.run:run",
    "executions": "treadle.cli.commands.executions:executions",
    "verify": "treadle.cli.commands.verify:verify",
    "version": "treadle.cli.commands.version:version",
}
HELP: Final = """Durable workflows and sagas.

Exit codes: 0 done, 1 the thing itself failed, 2 wrong usage, 3 server or store not to be reached,
4 refused by it. Every option is also TREADLE_<OPTION> in the environment."""


class _Treadle(LazyGroup):
    def invoke(self, context: click.Context) -> object:
        """Refuse a misspelt TREADLE_ name before anything is done without what it meant."""
        try:
            check_names(os.environ)
        except SettingsError as error:
            raise click.UsageError(str(error)) from error
        return super().invoke(context)


treadle = _Treadle(name="treadle", places=COMMANDS, help=HELP)


def main() -> None:
    """Run the command that the arguments name, and exit with its code."""
    treadle(prog_name="treadle")


if __name__ == "__main__":
    main()
