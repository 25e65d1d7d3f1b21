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
        name = args[0]
        is_known = name.startswith("-") or self.get_command(context, name) is not None
        if not is_known and not context.resilient_parsing:
            near = get_close_matches(name, self.list_commands(context), n=1, cutoff=0.0)
            raise click.UsageError(f"there is no command {name!r}; did you mean {near[0]!r}?", context)
        return super().resolve_command(context, args)


class LazyGroup(NearestGroup):
    """`places` says of each command where it stands: `module:attribute`.

    `table` is the place of a mapping with further commands by name.
    """

    def __init__(
        self,
        *,
        name: str,
        places: Mapping[str, str],
        help: str,  # noqa: A002 - click's name
        table: str | None = None,
    ) -> None:
        super().__init__(name=name, help=help, context_settings={"help_option_names": ["-h", "--help"]})
        self._places = places
        self._table_place = table

    def list_commands(self, context: click.Context) -> list[str]:
        return [*self._places, *self._table()]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        place = self._places.get(name)
        if place is None:
            return self._table().get(name)
        return cast(click.Command, _imported(place))

    def _table(self) -> Mapping[str, click.Command]:
        if self._table_place is None:
            return {}
        return cast(Mapping[str, click.Command], _imported(self._table_place))


def _imported(place: str) -> object:
    module, _, attribute = place.partition(":")
    return getattr(import_module(module), attribute)
