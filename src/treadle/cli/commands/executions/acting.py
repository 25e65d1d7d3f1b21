"""`treadle executions pause`, `cancel` and the other acts: a command for each row of EXECUTION_ACTS."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import click

from treadle.cli.acted import tell_act
from treadle.cli.client import segment
from treadle.cli.json_argument import METAVAR, read_json
from treadle.cli.option import option
from treadle.cli.server_options import Server, with_server
from treadle.model.commands import Resolution
from treadle.model.json import Json
from treadle.service.acts import EXECUTION_ACTS, Act

RESULT: Final = "--result"
OUTCOMES: Final = click.Choice([one.value for one in Resolution])
OPTIONS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "outcome": option("--outcome", type=OUTCOMES, required=True, help="What became of the call."),
    "output": option(RESULT, "output_text", metavar=METAVAR, help="Output of what was done."),
    "path": option("--path", help="The visit, where there are several."),
    "reason": option("--reason", help="Kept in the history."),
}
"""Field of an order -> the option that gives it; `--output` says how answers are printed."""


def _command(name: str, act: Act) -> click.Command:
    @with_server
    def call(server: Server, execution_id: str, **given: str | None) -> None:
        path = f"/v1/executions/{segment(execution_id)}/{name}"
        tell_act(server, server.client.post(path, dict(_order(given))))

    for field in sorted(act.order.__struct_fields__, reverse=True):
        call = OPTIONS[field](call)
    return click.command(name, help=f"{act.summary}.")(click.argument("execution_id", metavar="ID")(call))


def _order(given: Mapping[str, str | None]) -> Iterator[tuple[str, Json]]:
    for name, value in given.items():
        if value is None:
            continue
        if name == "output_text":
            yield "output", read_json(value, RESULT)
        else:
            yield name, value


ACTS: Final = {name: _command(name, act) for name, act in EXECUTION_ACTS.items()}
