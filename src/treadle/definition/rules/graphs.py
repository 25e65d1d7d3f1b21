"""Graphs: every way leads to a node of the same body, every node is reached, and no cycle is undone twice."""

from collections.abc import Iterator

from treadle.definition.faults import Faults
from treadle.definition.reading import Outline, OutlineBody, Way
from treadle.definition.rules.document import ReadDocument, all_bodies
from treadle.definition.rules.ways import GraphWays, ends_all, goes_past
from treadle.expressions.nearest import quoted


def check_graphs(document: ReadDocument, faults: Faults) -> None:
    """Look at every graph; in a sequence, at what stands behind the end of all."""
    for body in all_bodies(document.outline):
        if body.is_graph:
            ways = GraphWays(body)
            _check_ways(body, ways, faults)
            _check_reach(body, ways, faults)
            _check_cycles(body, ways, faults)
            _check_exits(body, ways, faults)
            _check_dead_ways(body, faults)
        else:
            _check_sequence(body, faults)


def _check_ways(body: OutlineBody, ways: GraphWays, faults: Faults) -> None:
    for way in _ways_of(body):
        if way.target not in ways.by_id:
            hint = faults.hint(way.target, ways.by_id)
            message = f"this body has no node {quoted(way.target)}{hint}"
            faults.error(way.pointer, "unknown_next", message)


def _ways_of(body: OutlineBody) -> Iterator[Way]:
    if body.start is not None:
        yield body.start
    for node in body.nodes:
        yield from node.ways


def _check_reach(body: OutlineBody, ways: GraphWays, faults: Faults) -> None:
    if ways.start is None:
        return
    reached = set(ways.forward)
    for index, node in enumerate(body.nodes):
        if index not in reached:
            message = f"no way leads from `start` to {_named(node)}"
            faults.error(node.pointer, "unreachable_node", message)


def _check_cycles(body: OutlineBody, ways: GraphWays, faults: Faults) -> None:
    for index, node in enumerate(body.nodes):
        compensated = next(_compensated(node), None)
        if compensated is not None and index in ways.on_cycle:
            message = f"{_named(compensated)} is compensated, and a cycle leads back to it: use a `loop`"
            faults.error(f"{compensated.pointer}/compensate", "compensated_cycle", message)


def _check_exits(body: OutlineBody, ways: GraphWays, faults: Faults) -> None:
    for ring in ways.rings:
        is_left = ring[0] not in ways.on_cycle or any(
            target not in ring for index in ring for target in ways.targets[index]
        )
        if not is_left and not any(_is_exit(body.nodes[index]) for index in ring):
            named = _named(body.nodes[ring[0]])
            message = f"no way leads out of the cycle through {named}: only a failure or a cancel ends it"
            faults.warn(body.nodes[ring[0]].pointer, "endless_cycle", message)


def _is_exit(node: Outline) -> bool:
    """Whether a run may leave the body with the node, or end in it."""
    return goes_past(node) or node.kind == "end" or any(_is_end(body) for body in node.bodies)


def _is_end(body: OutlineBody) -> bool:
    return any(node.kind == "end" or any(map(_is_end, node.bodies)) for node in body.nodes)


def _compensated(node: Outline) -> Iterator[Outline]:
    """The node and the nodes nested in it that have something to undo."""
    if node.is_compensated:
        yield node
    for body in node.bodies:
        for inner in body.nodes:
            yield from _compensated(inner)


def _check_dead_ways(body: OutlineBody, faults: Faults) -> None:
    for node in body.nodes:
        if ends_all(node) and node.has_next:
            message = f"{_named(node)} always ends the execution: nothing is entered after it"
            faults.warn(f"{node.pointer}/next", "unreachable_after_end", message)


def _check_sequence(body: OutlineBody, faults: Faults) -> None:
    end = next((index for index, node in enumerate(body.nodes) if ends_all(node)), len(body.nodes))
    for node in body.nodes[end + 1 :]:
        message = f"{_named(body.nodes[end])} always ends the execution: {_named(node)} is never entered"
        faults.warn(node.pointer, "unreachable_after_end", message)


def _named(node: Outline) -> str:
    return "this node" if node.id is None else quoted(node.id)
