"""What new expressions read of nodes and variables that a running execution may have passed without them."""

from collections.abc import Iterator

from treadle.definition.differing.codes import for_running
from treadle.definition.differing.difference import Reason
from treadle.definition.differing.nodes import PlacedNode
from treadle.definition.differing.reads import nodes_read, reads_of_document, variables_read
from treadle.definition.differing.sides import Sides
from treadle.expressions.pointers import joined
from treadle.model.ids import NodeId


def missing_reads(sides: Sides) -> Iterator[Reason]:
    """Reads of nodes that are new, by whoever may be asked in an execution that has passed their place."""
    new_ids = {added.node.id for added in sides.added}
    for field, reads in reads_of_document(sides.new).items():
        for read in sorted(nodes_read(reads) & new_ids):
            message = f"`{field}` reads `{read}`, which an execution may have passed before there was one"
            yield for_running("read_not_run", message, f"/{field}")
    for name, reads in sides.reads.items():
        reader = sides.new_nodes.nodes[name]
        for read in sorted(nodes_read(reads) & new_ids - {name}):
            if not _is_always_run(sides.new_nodes.nodes[read], reader, sides):
                message = f"`{name}` reads `{read}`, which an execution may have passed before there was one"
                yield for_running("read_not_run", message, reader.pointer, name)


def _is_always_run(read: PlacedNode, reader: PlacedNode, sides: Sides) -> bool:
    """Whether who comes to the reader has come by the node: it stands before it, with new nodes between."""
    around = reader
    while around.within.key != read.within.key:
        if around.within.parent is None:
            return False
        around = sides.new_nodes.nodes[around.within.parent]
    if read.within.body.start is not None or read.index >= around.index:
        return False
    between = read.within.body.nodes[read.index : around.index + 1]
    return all(node.id not in sides.old_nodes.nodes for node in between)


def missing_variables(sides: Sides) -> Iterator[Reason]:
    """Reads of variables that the document gives a first value now and did not before."""
    names = sides.new.vars.keys() - sides.old.vars.keys()
    readers: dict[str, NodeId | None] = {}
    for name, reads in sides.reads.items():
        readers |= dict.fromkeys(variables_read(reads) & names, name)
    for reads in reads_of_document(sides.new).values():
        readers |= dict.fromkeys(variables_read(reads) & names)
    for variable, reader in sorted(readers.items()):
        who = "the document" if reader is None else f"`{reader}`"
        message = f"{who} reads the variable `{variable}`, which has its first value from a start alone"
        yield for_running("variable_not_set", message, joined("/vars", variable), reader)
