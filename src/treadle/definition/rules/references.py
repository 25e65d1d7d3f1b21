"""Templates and conditions read nodes that there are, and that may have run by then."""

from collections.abc import Mapping
from typing import Final

from treadle.definition.faults import Faults
from treadle.definition.reading import Outline, Role, Use
from treadle.definition.rules.document import ReadDocument, known_ids
from treadle.definition.rules.order import Before, before_each, ids_within
from treadle.expressions.nearest import quoted, suggestion

SUGGESTIONS_MAX: Final = 50
"""Unknown ids of one document for which the nearest is looked for; the search is slow."""
ALWAYS_KNOWN: Final = "idempotency_key"
OF_ITSELF: Final = {Role.REQUEST, Role.OUTPUT}
"""Roles in which a node can read its own idempotency key and nothing else of itself."""
UNDOING: Final = {Role.UNDO, Role.UNDO_UNKNOWN}


def check_references(document: ReadDocument, faults: Faults) -> None:
    """Look at every path that begins with `nodes`."""
    known = known_ids(document)
    at_end = Before(
        may=frozenset().union(*(ids_within(node) for node in document.outline)),
        must=frozenset(node.id for node in document.outline if node.id is not None),
    )
    before = {"": at_end, **before_each(document.outline, Before())}
    owners = {node.pointer: node for node in known.values()}
    suggested: dict[str, str] = {}
    for use in document.uses:
        for read in sorted(use.reads):
            if read[0] != "nodes":
                continue
            if read[1] not in known:
                _note_unknown(use, read[1], known, suggested, faults)
            else:
                _check_order(use, read, before[use.owner], owners.get(use.owner), faults)


def _note_unknown(
    use: Use, node: str, known: Mapping[str, Outline], suggested: dict[str, str], faults: Faults
) -> None:
    if node not in suggested and len(suggested) < SUGGESTIONS_MAX:
        suggested[node] = suggestion(node, known)
    message = f"there is no node {quoted(node)}{suggested.get(node, '')}"
    faults.error(use.pointer, "unknown_node", message)


def _check_order(
    use: Use, read: tuple[str, ...], before: Before, owner: Outline | None, faults: Faults
) -> None:
    node, path = read[1], ".".join(read)
    is_itself = owner is not None and owner.id == node
    if is_itself and (use.role in UNDOING or (use.role in OF_ITSELF and read[2] == ALWAYS_KNOWN)):
        return
    if node not in before.may:
        which = "this node itself" if is_itself else f"node `{node}`"
        message = f"`{path}` is not there yet: {which} cannot have run by then on any path"
        faults.error(use.pointer, "node_not_before", message)
    elif node not in before.must and not use.is_condition:
        message = f"`{path}` is there on some paths only: where `{node}` has not run, this has no value"
        faults.warn(use.pointer, "may_not_have_run", message)
