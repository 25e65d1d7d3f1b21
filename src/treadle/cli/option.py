"""Options, each of them also TREADLE_<OPTION> in the environment."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import click
import msgspec
from click.types import OptionHelpExtra

from treadle.config.settings import Settings, variable

F = TypeVar("F", bound=Callable[..., object])

OUTPUTS: Final = ("table", "json")
OUTPUT_HELP: Final = "Tables for people, or JSON for programs."


class EnvironmentOption(click.Option):
    """Reads its variable itself, and says what it is called."""

    def __init__(self, names: Sequence[str], **attributes: Any) -> None:
        attributes |= {"envvar": variable_of(names), "show_envvar": True, "show_default": True}
        super().__init__(names, **attributes)


class SettingOption(click.Option):
    """One of `Settings`, which are read together: an error then says where the value came from."""

    def get_help_extra(self, context: click.Context) -> OptionHelpExtra:
        extra = super().get_help_extra(context)
        extra["envvars"] = (variable_of(self.opts),)
        default = setting_default(self.name or "")
        if default is not None:
            extra["default"] = str(default)
        return extra


def option(*names: str, **attributes: Any) -> Callable[[F], F]:
    """`click.option` that is also TREADLE_<OPTION>; `attributes` are those of click."""
    return click.option(*names, cls=EnvironmentOption, **attributes)


def setting(*names: str, **attributes: Any) -> Callable[[F], F]:
    """`click.option` of one of `Settings`: for its value `read_settings` is to be asked."""
    return click.option(*names, cls=SettingOption, **attributes)


def output_option(command: F) -> F:
    """Give a command `--output`."""
    return option("--output", type=click.Choice(OUTPUTS), default=OUTPUTS[0], help=OUTPUT_HELP)(command)


def variable_of(names: Sequence[str]) -> str:
    """What an option that is written so is called in the environment."""
    long = next(name for name in names if name.startswith("--"))
    return variable(long.removeprefix("--").replace("-", "_"))


def setting_default(name: str) -> object:
    """What a setting is when nobody says otherwise; None for nothing."""
    for field in msgspec.structs.fields(Settings):
        if field.name == name:
            return None if field.default is msgspec.NODEFAULT else field.default
    return None
