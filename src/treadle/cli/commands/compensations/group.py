"""The commands of `treadle compensations` and where they stand."""

from typing import Final

from treadle.cli.lazy_group import LazyGroup

HERE: Final = "treadle.cli.commands.compensations"

compensations = LazyGroup(
    name="compensations",
    places={"list": f"{HERE}.listing:list_compensations"},
    table=f"{HERE}.acting:ACTS",
    help="See what is undone of an execution, and decide where that is stuck.",
)
