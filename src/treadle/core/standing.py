"""What stands from an earlier run: a node that completed and was not undone (SEMANTICS 5, retry)."""

from typing import Final

from treadle.core.folding.draft import State
from treadle.core.turn import Turn
from treadle.model.execution import CompensationStatus, Frame, Visit, VisitStatus
from treadle.model.ids import NodeId, Path
from treadle.model.program import EndNode, Program, RaceNode, SwitchNode

UNDONE: Final = frozenset({CompensationStatus.COMPLETED, CompensationStatus.ACCEPTED})


def stands(turn: Turn, visit: Visit, suffix: str) -> bool:
    """Whether the visit completed and nothing of it was undone since.

    What a `try` has undone before it completed belongs to its result, and so does what the losers of a
    `race` undo after it: the winner is its result. An `end` is no result, but something to be done.
    """
    if isinstance(turn.program.nodes[visit.node], EndNode):
        return False
    if visit.status is not VisitStatus.COMPLETED or is_undone(turn.execution, visit.path):
        return False
    inside = result_of(turn.program, visit)
    if not inside:
        return True
    return not any(
        compensation.settled > visit.closed
        and compensation.status in UNDONE
        and compensation.node in inside
        and suffix_of(path).startswith(suffix)
        for path, compensation in turn.execution.compensations.items()
    )


def begun_at(visit: Visit) -> int:
    """The `seq` at which the work of the visit was begun first, in whatever run."""
    return visit.since or visit.seq


def is_of_earlier_run(execution: State, frame: Frame, visit: Visit) -> bool:
    """Whether the visit is what an earlier run made of what the body does next.

    In a graph that leads back, the newest visit of a node further on may belong to a round before. The first
    schema of snapshots did not say when a visit began: what it has stands, as it did then.
    """
    begun = begun_at(visit)
    return visit.run < execution.run and (begun > frame.after or not begun)


def result_of(program: Program, visit: Visit) -> frozenset[NodeId]:
    """The nodes inside a composite node that made its result: all of them, of a race those of the winner."""
    inside = program.inside.get(visit.node, frozenset())
    node, output = program.nodes[visit.node], visit.output
    if not isinstance(node, RaceNode) or not isinstance(output, dict):
        return inside
    won = [branch.body for branch in node.branches if branch.name == output["winner"]]
    return frozenset(one for body in won for one in nodes_of(program, body))


def nodes_of(program: Program, body: str) -> frozenset[NodeId]:
    """The nodes of a body, nested ones included."""
    found: set[NodeId] = set()
    coming = [program.bodies[body].start]
    while coming:
        at = coming.pop()
        if at is None or at in found:
            continue
        node = program.nodes[at]
        found |= {at, *program.inside.get(at, frozenset())}
        coming.append(node.next)
        if isinstance(node, SwitchNode):
            coming += [node.default_next, *(case.next for case in node.cases)]
    return frozenset(found)


def is_undone(execution: State, path: Path) -> bool:
    """Whether the visit's own compensation was carried out, by an undo or by a person."""
    compensation = execution.compensations.get(path)
    return compensation is not None and compensation.status in UNDONE


def suffix_of(path: Path) -> str:
    """The iterations that the visit is in: `[3][1]`, or nothing."""
    bare = path.partition("~")[0]
    return bare[bare.index("[") :] if "[" in bare else ""
