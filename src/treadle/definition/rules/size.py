"""How many nodes a document may have and how deep their bodies may be nested."""

from treadle.definition.bounds import DocumentBounds
from treadle.definition.faults import Faults
from treadle.definition.reading import OutlineBody
from treadle.definition.rules.document import standings


def is_in_size(root: OutlineBody, faults: Faults, bounds: DocumentBounds) -> bool:
    """Count nodes and bodies; False if there are more than anything else should be asked of."""
    count = 0
    for standing in standings(root):
        count += 1
        if len(standing.parents) == bounds.nesting:
            message = f"bodies may be nested {bounds.nesting} deep"
            faults.error(standing.node.pointer, "nested_too_deep", message)
    if count > bounds.nodes:
        message = f"a document may have {bounds.nodes} nodes; this one has {count}"
        faults.error("/nodes" if root.is_graph else "/steps", "too_many_nodes", message)
    return count <= bounds.nodes
