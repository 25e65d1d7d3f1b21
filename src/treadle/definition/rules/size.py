"""How many nodes a document may have and how deep their bodies may be nested."""

from typing import Final

from treadle.definition.faults import Faults
from treadle.definition.reading import Outline
from treadle.definition.rules.document import standings

NODES_MAX: Final = 1_000
NESTING_MAX: Final = 16
"""Bodies inside each other, the root body counted."""


def is_in_size(outline: list[Outline], faults: Faults) -> bool:
    """Count nodes and bodies; False if there are more than anything else should be asked of."""
    count = 0
    for standing in standings(outline):
        count += 1
        if len(standing.parents) == NESTING_MAX:
            message = f"bodies may be nested {NESTING_MAX} deep"
            faults.error(standing.node.pointer, "nested_too_deep", message)
    if count > NODES_MAX:
        faults.error(
            "/steps", "too_many_nodes", f"a document may have {NODES_MAX} nodes; this one has {count}"
        )
    return count <= NODES_MAX
