"""`next`, and what else names the node to go on with: good in a graph only."""

from treadle.definition.reading import Reading, Way
from treadle.definition.section import Section


def read_way(section: Section, field: str, reading: Reading) -> Way | None:
    """The node that a field names, None if there is none to go to."""
    target = section.text(field)
    if target is None:
        return None
    if not reading.open_body.is_graph:
        message = f"`{field}` names a node to go on with: in a sequence (`steps`) the order says it"
        section.faults.error(section.at(field), "misplaced_next", message)
        return None
    return Way(target=target, pointer=section.at(field))
