"""What an execution may be started with besides its input."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import click

from treadle.cli.option import option
from treadle.model.json import Json
from treadle.service.orders import PRIORITY_MAX, BusinessKeyPolicy

F = TypeVar("F", bound=Callable[..., object])


def start_options(command: F) -> F:
    """Give a command the options that `start_fields` reads."""
    policies = click.Choice([policy.value for policy in BusinessKeyPolicy])
    priorities = click.IntRange(-PRIORITY_MAX, PRIORITY_MAX)
    options = (
        option("--id", help="A UUID for the execution; by default one is drawn."),
        option("--business-key", help="Your own name for what it is about."),
        option("--business-key-policy", type=policies, help="If one lives under that key; else `allow`."),
        option("--label", multiple=True, metavar="NAME:VALUE", help="To find it by; may repeat."),
        option("--priority", type=priorities, help="Higher goes first; by default that of the definition."),
        option("--start-at", metavar="INSTANT", help="Not before, as 2026-03-01T09:30:00Z."),
        option("--deadline", metavar="INSTANT | DURATION", help="Fails after it, as 2h or an instant."),
    )
    for one in reversed(options):
        command = one(command)
    return command


def start_fields(given: Mapping[str, Json]) -> dict[str, Json]:
    """The fields of a start that the options gave.

    Raises:
        UsageError: a label is none, or is given twice.
    """
    fields = {name: value for name, value in given.items() if name != "label" and value is not None}
    labels: dict[str, str] = {}
    for text in given["label"]:
        name, colon, value = text.partition(":")
        if not (name and colon) or name in labels:
            raise click.UsageError(f"--label is written NAME:VALUE, each name once, not {text!r}")
        labels[name] = value
    return fields | {"labels": labels} if labels else fields
