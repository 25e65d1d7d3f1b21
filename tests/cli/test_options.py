"""Every option of every command is also TREADLE_<OPTION> in the environment."""

from collections.abc import Iterator

import click
import pytest

from treadle.cli.main import treadle
from treadle.config.settings import Settings, check_names, variable


def commands(group: click.Group, context: click.Context) -> Iterator[click.Command]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, context)
        else:
            yield command


def options() -> Iterator[tuple[str, click.Option]]:
    for command in commands(treadle, click.Context(treadle)):
        for parameter in command.params:
            if isinstance(parameter, click.Option) and parameter.name != "help":
                yield f"{command.name} {parameter.opts[0]}", parameter


OPTIONS = dict(options())


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_is_read_from_the_environment_under_its_name(name: str) -> None:
    option = OPTIONS[name]
    expected = variable(option.opts[0].removeprefix("--").replace("-", "_"))
    is_setting = option.name in Settings.__struct_fields__
    assert option.envvar == expected or is_setting
    check_names({expected: "something"})


def test_there_are_options() -> None:
    assert {"run --wait", "list --limit", "dev --port", "verify --store"} <= OPTIONS.keys()
