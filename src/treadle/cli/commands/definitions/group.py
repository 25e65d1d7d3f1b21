"""The commands of `treadle definitions` and where they stand."""

from typing import Final

from treadle.cli.lazy_group import LazyGroup

HERE: Final = "treadle.cli.commands.definitions"
PLACES: Final = {
    "list": f"{HERE}.listing:list_definitions",
    "versions": f"{HERE}.listing:list_versions",
    "show": f"{HERE}.showing:show_definition",
    "put": f"{HERE}.putting:put_definition",
    "delete": f"{HERE}.deleting:delete_definition",
}

definitions = LazyGroup(name="definitions", places=PLACES, help="Keep documents by name and version.")
