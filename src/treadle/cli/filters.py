"""Which executions are meant."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import click

from treadle.cli.client import Query
from treadle.cli.option import option
from treadle.model.execution import ExecutionStatus
from treadle.model.json import Json

F = TypeVar("F", bound=Callable[..., object])


def filter_query(given: Mapping[str, Json]) -> Query:
    """What `filter_options` said, as the server is asked."""
    names = {"definition_version": "version"}
    return {names.get(name, name): value for name, value in given.items()}


def filter_options(command: F) -> F:
    """Give a command the options that `filter_query` reads."""
    statuses = click.Choice([status.value for status in ExecutionStatus])
    options = (
        option("--status", multiple=True, type=statuses, help="Any of them, if repeated."),
        option("--definition", metavar="NAME", help="Name of the definition."),
        option("--version", "definition_version", help="Version of the definition."),
        option("--business-key", help="What the caller named it by."),
        option("--label", multiple=True, metavar="NAME:VALUE", help="All of them, if repeated."),
        option("--started-after", metavar="INSTANT", help="As 2026-03-01T09:30:00Z."),
        option("--started-before", metavar="INSTANT", help="As 2026-03-01T09:30:00Z."),
    )
    for one in reversed(options):
        command = one(command)
    return command
