"""Node ids have their form and are unique in the whole document, nested bodies included."""

from treadle.definition.faults import Faults
from treadle.definition.rules.document import ReadDocument
from treadle.expressions.nearest import quoted
from treadle.model.ids import NODE_ID


def check_ids(document: ReadDocument, faults: Faults) -> None:
    """Look at the id of every node that has one."""
    first: dict[str, str] = {}
    for standing in document.standings:
        node_id, pointer = standing.node.id, f"{standing.node.pointer}/id"
        if node_id is None:
            continue
        _check_form(node_id, pointer, faults)
        if node_id in first:
            message = f"the id {quoted(node_id)} is taken by the node at {first[node_id]}"
            faults.error(pointer, "duplicate_id", message)
        first.setdefault(node_id, standing.node.pointer)


def _check_form(node_id: str, pointer: str, faults: Faults) -> None:
    if node_id.startswith("$"):
        faults.error(pointer, "reserved_id", f"{quoted(node_id)}: ids that begin with `$` are reserved")
    elif not NODE_ID.fullmatch(node_id):
        faults.error(pointer, "invalid_id", f"the id {quoted(node_id)} does not match `{NODE_ID.pattern}`")
