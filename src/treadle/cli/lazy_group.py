"""Groups of commands: an unknown one is told with its nearest, and they are imported when they are called."""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import cast

import click


class NearestGroup(click.Group):
    """Names the nearest command for one that does not exist."""

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments begin with."""
        name, known = args[0], self.list_commands(context)
        if name not in known and not name.startswith("-") and not context.resilient_parsing:
            near = get_close_matches(name, known, n=1, cutoff=0.0)
            raise click.UsageError(f"there is no command {name!r}; did you mean {near[0]!r}?", context)
        return super().resolve_command(context, args)


class LazyGroup(NearestGroup):
    """`places` says of each command where it stands: `module:attribute`."""

    def __init__(self, *, name: str, places: Mapping[str, str], help: str) -> None:  # noqa: A002 - click's name
        super().__init__(name=name, help=help, context_settings={"help_option_names": ["-h", "--help"]})
        self._places = places

    def list_commands(self, context: click.Context) -> list[str]:
        return list(self._places)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        place = self._places.get(name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        return cast(click.Command, getattr(import_module(module), attribute))
