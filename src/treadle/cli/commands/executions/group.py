"""The commands of `treadle executions` and where they stand."""

from typing import Final

from treadle.cli.lazy_group import LazyGroup

HERE: Final = "treadle.cli.commands.executions"
PLACES: Final = {
    "list": f"{HERE}.listing:list_executions",
    "counts": f"{HERE}.listing:count_executions",
    "failures": f"{HERE}.listing:list_failures",
    "show": f"{HERE}.showing:show_execution",
    "nodes": f"{HERE}.showing:list_nodes",
    "history": f"{HERE}.showing:show_history",
    "explain": f"{HERE}.showing:explain_execution",
    "watch": f"{HERE}.watching:watch_execution",
    "signal": f"{HERE}.signalling:send_signal",
    "bulk": f"{HERE}.bulk:act_in_bulk",
    "bulk-acts": f"{HERE}.bulk:list_bulk_acts",
    "bulk-act": f"{HERE}.bulk:show_bulk_act",
}

executions = LazyGroup(
    name="executions",
    places=PLACES,
    table=f"{HERE}.acting:ACTS",
    help="See what executions do, and act on them.",
)
