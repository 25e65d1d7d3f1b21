"""Entering the node at which a frame stands, or passing over it."""

from typing import TypeVar

from msgspec.structs import replace

from treadle.core.folding.activities import NOT_KNOWN
from treadle.core.folding.draft import State
from treadle.core.nodes.failing import fail_rejected
from treadle.core.nodes.switch import follower
from treadle.core.nodes.table import KINDS
from treadle.core.required import required
from treadle.core.scope import Scope
from treadle.core.standing import begun_at, is_of_earlier_run, is_undone, stands
from treadle.core.turn import Turn
from treadle.model.events import NodeEntered, NodeSkipped, ResultKept
from treadle.model.execution import Frame, Visit, VisitStatus
from treadle.model.expression import Expression, ExpressionError
from treadle.model.ids import Instant, NodeId, Path, visit_path
from treadle.model.program import ProgramNode, SwitchNode, TaskNode

Begun = TypeVar("Begun", NodeEntered, NodeSkipped)
DID_NOT_COMPLETE = frozenset({VisitStatus.FAILED, VisitStatus.CANCELLED})


def enter_next(turn: Turn, frame: Frame) -> None:
    """Enter the node at which the frame stands.

    It is passed over if its `when` says no, or if its result stands from an earlier run.
    """
    execution = turn.execution
    node = turn.program.nodes[required(frame.node, "node to enter")]
    path = Path(f"{node.id}{frame.suffix}" if frame.suffix else node.id)
    number, newest = 1, execution.visits.get(path)
    if newest is not None and is_kept(turn, frame, newest):
        _keep(turn, frame, node, newest)
        return
    if newest is not None or frame.suffix:
        number = next_number(execution, frame, node.id, newest)
        path = visit_path(node.id, frame.suffix, number)
    says = True if node.when is None else asked(turn, frame, node.when)
    if says is False:
        turn.emit(_skipped(turn, frame, node, path, number))
        return
    kind = KINDS[type(node)]
    entered = NodeEntered(
        at=turn.now,
        frame=frame.id,
        path=path,
        node=node.id,
        kind=kind.name,
        number=number,
        deadline_at=None if node.deadline_ms is None else Instant(turn.now + node.deadline_ms),
    )
    turn.emit(entered if execution.run == 1 else _entered_later(turn, frame, node, entered))
    standing = turn.execution.frames[frame.id]
    if says is True:
        kind.enter(turn, standing, node, path)
    else:
        fail_rejected(turn, standing, says)


def asked(turn: Turn, frame: Frame, when: Expression) -> bool | ExpressionError:
    """Whether `when` wants the node entered; the error, if it has no value."""
    try:
        return bool(when(Scope(execution=turn.execution, frame=frame)))
    except ExpressionError as error:
        return error


def is_kept(turn: Turn, frame: Frame, newest: Visit) -> bool:
    """Whether the newest visit of the node is what an earlier run made of this one, and its result stands."""
    return is_of_earlier_run(turn.execution, frame, newest) and stands(turn, newest, frame.suffix)


def _entered_later(turn: Turn, frame: Frame, node: ProgramNode, entered: NodeEntered) -> NodeEntered:
    """The event of a later run: it says too whether the visit takes over nothing of the run before."""
    newest = turn.execution.visits.get(f"{node.id}{frame.suffix}")
    is_anew = newest is not None and not is_of_earlier_run(turn.execution, frame, newest)
    return replace(_in_later_run(turn, frame, node, entered), is_anew=is_anew)


def _skipped(turn: Turn, frame: Frame, node: ProgramNode, path: Path, number: int) -> NodeSkipped:
    skipped = NodeSkipped(
        at=turn.now,
        frame=frame.id,
        path=path,
        node=node.id,
        kind=KINDS[type(node)].name,
        number=number,
        next=node.next,
    )
    return skipped if turn.execution.run == 1 else _in_later_run(turn, frame, node, skipped)


def _in_later_run(turn: Turn, frame: Frame, node: ProgramNode, event: Begun) -> Begun:
    """The event with what the visit takes over of an earlier run, and what that lets stand in the body."""
    before = turn.execution.visits.get(f"{node.id}{frame.suffix}")
    if before is None:
        return replace(event, after=frame.after)
    after = max(frame.after, begun_at(before))
    if is_of_earlier_run(turn.execution, frame, before):
        return replace(event, after=after, since=begun_at(before), keyed_as=_keyed_as(turn, node, before))
    return replace(event, after=after)


def _keep(turn: Turn, frame: Frame, node: ProgramNode, visit: Visit) -> None:
    following = follower(node, visit.case) if isinstance(node, SwitchNode) else node.next
    turn.emit(ResultKept(at=turn.now, frame=frame.id, path=visit.path, next=following))


def _keyed_as(turn: Turn, node: ProgramNode, before: Visit) -> Path | None:
    """The visit whose forward key goes on: that of an earlier run which ended unknown and was not undone."""
    if not isinstance(node, TaskNode) or before.status not in DID_NOT_COMPLETE:
        return before.keyed_as if before.status is VisitStatus.SKIPPED else None
    if not before.attempts:
        return before.keyed_as
    if before.attempts[-1].outcome not in NOT_KNOWN or is_undone(turn.execution, before.path):
        return None
    return before.keyed_as or before.path


def next_number(execution: State, frame: Frame, node: NodeId, newest: Visit | None) -> int:
    """Which visit of the node in this iteration the next one is, from 1.

    Visits whose iteration has left the state are counted by what it kept of their numbers.
    """
    highest = 0 if newest is None else newest.number
    if frame.suffix:
        highest = max(highest, _number_before(execution, node, frame))
    return highest + 1


def _number_before(execution: State, node: NodeId, frame: Frame) -> int:
    highest = 0
    inner = frame
    while inner.parent is not None:
        inner = execution.frames[inner.parent]
        if inner.joining is not None:
            highest = max(highest, inner.joining.numbers.get(f"{node}{inner.suffix}") or 0)
    return highest
