"""Templates and conditions read nodes that there are, and that may have run by then."""

from collections.abc import Mapping
from typing import Final

from treadle.definition.faults import Faults
from treadle.definition.reading import Role, Use
from treadle.definition.rules.befores import Befores
from treadle.definition.rules.document import ITERATING, ReadDocument, Standing
from treadle.definition.rules.guards import RESPONSE, Guards
from treadle.definition.rules.order import Before, Order
from treadle.definition.rules.variables import check_variables
from treadle.expressions.nearest import quoted, suggestion
from treadle.expressions.paths import NAME

SUGGESTIONS_MAX: Final = 50
"""Unknown ids of one document for which the nearest is looked for; the search is slow."""
ALWAYS_KNOWN: Final = "idempotency_key"
OF_ITSELF: Final = {Role.REQUEST, Role.OUTPUT}
"""Roles in which a node can read its own idempotency key and nothing else of itself."""
UNDOING: Final = {Role.UNDO, Role.UNDO_UNKNOWN}
OUTPUT: Final = "output"
OUTPUT_DEPTH: Final = 3
"""Segments of a path to an output: what follows is read in it."""


def check_references(document: ReadDocument, faults: Faults) -> None:
    """Look at every path that begins with `nodes`, and at those that begin with `vars`."""
    order = Order(document)
    known = document.known
    befores, guards = Befores(order), Guards(document.definition.document)
    owners = {standing.node.pointer: name for name, standing in known.items()}
    suggested: dict[str, str] = {}
    for use, read in document.reads("nodes"):
        if read[1] not in known:
            _note_unknown(use, read[1], known, suggested, faults)
        elif _has_left(use, known[read[1]]):
            _note_left(use, read, faults)
        elif owners.get(use.owner) == read[1]:
            _check_of_itself(use, read, faults)
        else:
            is_sure = _check_order(use, read, befores.of(use), order.bits[read[1]], guards, faults)
            if is_sure and known[read[1]].node.has_when:
                _check_skipped(use, read, known[read[1]], guards, faults)
    check_variables(document, order, befores, guards, faults)


def _has_left(use: Use, read: Standing) -> bool:
    """Whether the node stands inside an iteration that the expression is outside of."""
    around = (parent.pointer for parent in read.parents if parent.kind in ITERATING)
    return any(not use.owner.startswith(f"{pointer}/") for pointer in around)


def _note_left(use: Use, read: tuple[str, ...], faults: Faults) -> None:
    message = (
        f"`{'.'.join(read)}` is never there: `{read[1]}` runs in an iteration, whose results leave with it; "
        "read the output of the node around it, or keep the value with `set`"
    )
    faults.error(use.pointer, "node_in_iteration", message)


def _note_unknown(
    use: Use, node: str, known: Mapping[str, Standing], suggested: dict[str, str], faults: Faults
) -> None:
    if node not in suggested and len(suggested) < SUGGESTIONS_MAX:
        suggested[node] = suggestion(node, known)
    message = f"there is no node {quoted(node)}{suggested.get(node, '')}"
    faults.error(use.pointer, "unknown_node", message)


def _check_of_itself(use: Use, read: tuple[str, ...], faults: Faults) -> None:
    """What a node reads of itself is of the visit that it is in, on a cycle too."""
    if use.role in UNDOING or (use.role in OF_ITSELF and read[2] == ALWAYS_KNOWN):
        return
    message = f"`{'.'.join(read)}` is not there yet: this node itself has not run by then"
    faults.error(use.pointer, "node_not_before", message)


def _check_order(
    use: Use, read: tuple[str, ...], before: Before, node: int, guards: Guards, faults: Faults
) -> bool:
    """Whether the node has surely run by then, or been skipped; if not, that is noted."""
    path = ".".join(read)
    if not node & before.may:
        message = f"`{path}` is not there yet: `{read[1]}` cannot have run by then on any path"
        faults.error(use.pointer, "node_not_before", message)
        return False
    if not node & before.must and not guards.has(use, read):
        message = f"`{path}` is there on some paths only: where `{read[1]}` has not run, this has no value"
        if use.role is Role.STOPPED:
            message = f"`{path}` is not there if the run stops before `{read[1]}`: then this has no value"
        faults.warn(use.pointer, "may_not_have_run", message)
    return bool(node & before.must)


def _check_skipped(
    use: Use, read: tuple[str, ...], standing: Standing, guards: Guards, faults: Faults
) -> None:
    """Warn of what a skipped node has not: a response, and anything in its output."""
    is_lacking = read[2] == RESPONSE or (read[2] == OUTPUT and len(read) > OUTPUT_DEPTH)
    if is_lacking and not guards.has_if_skipped(use, read, standing.node.written["when"]):
        has = "no response" if read[2] == RESPONSE else "null as output"
        node = f"nodes.{read[1]}" if NAME.fullmatch(read[1]) else f'nodes["{read[1]}"]'
        message = (
            f"`{'.'.join(read)}` fails if `{read[1]}` is skipped: its `when` leaves it {has}; ask first, as "
            f'`{node}.status != "skipped" ? a : b`, or read with `.?` and `.orValue(...)`'
        )
        faults.warn(use.pointer, "may_be_skipped", message)
