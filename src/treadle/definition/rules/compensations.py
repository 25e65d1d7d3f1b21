"""A compensation can be rendered although the outcome of its node is unknown."""

from typing import Final

from treadle.definition.faults import Faults
from treadle.definition.nested import all_nodes
from treadle.definition.reading import Role
from treadle.definition.rules.document import ReadDocument
from treadle.definition.rules.guards import Guards
from treadle.model.definition import Child, Task
from treadle.model.policies import OnUnknown

UNDOING: Final = frozenset({Role.UNDO, Role.UNDO_UNKNOWN})
NEEDS_ANSWER: Final = frozenset({"output", "response"})


def has_way_out(node: Task | Child) -> bool:
    """Whether an unknown outcome is undone otherwise, or not at all; that of a child is always known."""
    if isinstance(node, Child) or node.on_unknown is OnUnknown.FAIL:
        return True
    return node.compensate is not None and node.compensate.unknown is not None


def check_compensations(document: ReadDocument, faults: Faults) -> None:
    """Warn of compensations that read their own node's answer and have nothing to do without it."""
    owners = {standing.node.pointer: name for name, standing in document.known.items()}
    needing = [
        (use, read)
        for use, read in document.reads("nodes")
        if use.role in UNDOING and read[2] in NEEDS_ANSWER and owners.get(use.owner) == read[1]
    ]
    if not needing:
        return
    replaced = {
        node.id
        for node in all_nodes(document.definition.body)
        if isinstance(node, Task | Child) and has_way_out(node)
    }
    guards = Guards(document.definition.document)
    for use, read in needing:
        is_replaced = use.role is Role.UNDO and read[1] in replaced
        if not is_replaced and not guards.has(use, read):
            message = (
                f"`{'.'.join(read)}` is not there when the outcome of `{read[1]}` is unknown: the undo could "
                f"not be asked for; undo by `nodes.{read[1]}.idempotency_key`, or give `compensate.unknown`"
            )
            faults.warn(use.pointer, "compensation_may_not_render", message)
