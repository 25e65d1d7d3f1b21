"""`treadle config`: what the commands here would be run with, and who said so."""

import os
import re
from collections.abc import Iterator, Mapping
from typing import Final

import click
import msgspec
from click.core import ParameterSource

from treadle.cli.engine_options import engine_options, read_engine_settings, server_settings
from treadle.cli.option import EnvironmentOption, output_option, variable_of
from treadle.cli.server_options import client_options, read_client
from treadle.cli.tables import console, table
from treadle.config.secrets import PREFIX as SECRET_PREFIX
from treadle.config.settings import Settings, variable
from treadle.model.json import Json

MASK: Final = "***"
SECRET: Final = frozenset({"api_key", "api_keys"})
"""Settings whose values nobody is shown. `secrets` names a file, which is not opened."""
CREDENTIALS: Final = re.compile(r"(?<=://)[^/@]*(?=@)")
"""What a URL may have before its host."""
OPTION: Final = "option"
ENVIRONMENT: Final = "environment"
DEFAULT: Final = "default"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One setting; `source` is `option`, `environment` or `default`."""

    name: str
    value: Json
    source: str
    variable: str


@click.command()
@engine_options
@server_settings
@client_options
@output_option
@click.pass_context
def config(context: click.Context, /, output: str, **options: str | None) -> None:
    """Show every setting, its value, and whether an option, the environment or nobody set it.

    Of secrets it is shown that they are there, never what they are.
    """
    settings = read_engine_settings(options)
    read_client(options)
    lines = [*_engine_lines(settings, options), *_client_lines(context), *_secret_lines()]
    if output == "json":
        click.echo(msgspec.json.encode(lines))
        return
    rows = ((line.name, line.value, line.source, line.variable) for line in lines)
    console().print(table(("setting", "value", "from", "in the environment"), rows))


def _engine_lines(settings: Settings, options: Mapping[str, str | None]) -> Iterator[Line]:
    for name in Settings.__struct_fields__:
        source = ENVIRONMENT if variable(name) in os.environ else DEFAULT
        if options.get(name) is not None:
            source = OPTION
        yield _line(name, getattr(settings, name), source, variable(name))


def _client_lines(context: click.Context) -> Iterator[Line]:
    sources = {ParameterSource.COMMANDLINE: OPTION, ParameterSource.ENVIRONMENT: ENVIRONMENT}
    for parameter in context.command.params:
        if isinstance(parameter, EnvironmentOption) and parameter.name is not None:
            source = context.get_parameter_source(parameter.name)
            said = DEFAULT if source is None else sources.get(source, DEFAULT)
            yield _line(parameter.name, context.params[parameter.name], said, variable_of(parameter.opts))


def _secret_lines() -> Iterator[Line]:
    for name in sorted(os.environ):
        if name.startswith(SECRET_PREFIX):
            yield Line(
                name=f"secrets.{name.removeprefix(SECRET_PREFIX).lower()}",
                value=MASK,
                source=ENVIRONMENT,
                variable=name,
            )


def _line(name: str, value: Json, source: str, in_environment: str) -> Line:
    if name in SECRET and value is not None:
        value = MASK
    if isinstance(value, str):
        value = CREDENTIALS.sub(MASK, value)
    return Line(name=name, value=value, source=source, variable=in_environment)
