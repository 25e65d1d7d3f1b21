"""The entry of `treadle`."""

import os
from typing import Final

import click

from treadle.cli.failures import INTERRUPTED
from treadle.cli.lazy_group import LazyGroup
from treadle.config.settings import SettingsError, check_names

COMMANDS: Final = {
    "dev": "treadle.cli.commands.dev:dev",
    "server": "treadle.cli.commands.server:server",
    "keys": "treadle.cli.commands.keys:keys",
    "run": "treadle.cli.commands.run:run",
    "executions": "treadle.cli.commands.executions.group:executions",
    "compensations": "treadle.cli.commands.compensations.group:compensations",
    "definitions": "treadle.cli.commands.definitions.group:definitions",
    "validate": "treadle.cli.commands.validate:validate",
    "graph": "treadle.cli.commands.graph:graph",
    "diff": "treadle.cli.commands.diff:diff",
    "import": "treadle.cli.commands.import_:import_",
    "verify": "treadle.cli.commands.verify:verify",
    "engines": "treadle.cli.commands.engines:engines",
    "config": "treadle.cli.commands.config:config",
    "version": "treadle.cli.commands.version:version",
}
HELP: Final = """Durable workflows and sagas.

Exit codes: 0 done, 1 the thing itself failed, 2 wrong usage, 3 server or store not to be reached,
4 refused by it, 130 interrupted. Every option is also TREADLE_<OPTION> in the environment."""


class _Treadle(LazyGroup):
    def invoke(self, context: click.Context) -> object:
        """Refuse a misspelt TREADLE_ name before anything is done without what it meant."""
        try:
            check_names(os.environ)
        except SettingsError as error:
            raise click.UsageError(str(error)) from error
        try:
            return super().invoke(context)
        except KeyboardInterrupt:
            # The shell has written ^C: what is told next begins on a line of its own.
            click.echo(err=True)
            context.exit(INTERRUPTED)


treadle = _Treadle(name="treadle", places=COMMANDS, help=HELP)


def main() -> None:
    """Run the command that the arguments name, and exit with its code."""
    treadle(prog_name="treadle")


if __name__ == "__main__":
    main()
