"""Compensation: arming, and undoing a scope's list newest first (SEMANTICS 4)."""

from typing import Final

from treadle.core.attempts import start_first_attempt, start_next_attempt
from treadle.core.folding.changes import visit_key
from treadle.core.folding.draft import State
from treadle.core.measuring import count
from treadle.core.required import required
from treadle.core.scope import Scope
from treadle.core.turn import Turn
from treadle.model.events import (
    CompensationArmed,
    CompensationDisarmed,
    CompensationFailed,
    CompensationSkipped,
    CompensationStarted,
)
from treadle.model.execution import AttemptError, AttemptOutcome, CompensationStatus, Frame
from treadle.model.expression import ExpressionError
from treadle.model.ids import FrameId, NodeId, Path, undo_key
from treadle.model.policies import OnUnknown
from treadle.model.program import ActivityPlan, ChildNode, CompensationPlan, Program, TaskNode
from treadle.model.requests import Request

# Names of its own: Python 3.11 finds a member of an enum through its metaclass, at five times the cost.
REGISTERED: Final = CompensationStatus.REGISTERED

NEEDS_RESPONSE: Final = "compensation_needs_response"
EXHAUSTED: Final = "compensation_exhausted"


def compensation_plan(program: Program, node: NodeId) -> CompensationPlan | None:
    """The undo of that node, if it has one."""
    found = program.nodes[node]
    return found.compensation if isinstance(found, TaskNode | ChildNode) else None


def keyed_as(execution: State, path: Path) -> Path | None:
    """The visit whose key the newest of its node goes under, if a retry of the execution takes one over."""
    return execution.visits[visit_key(path)].keyed_as


def arm(turn: Turn, frame: Frame, path: Path, node: TaskNode | ChildNode) -> None:
    """From now on the undo is owed if the scope fails; rendered with the values of now.

    What cannot be rendered, because the outcome is unknown, is replaced by `unknown`, if there is one.
    """
    plan = node.compensation
    if plan is None:
        return
    scope, unrendered, is_unknown = Scope(execution=turn.execution, frame=frame), None, False
    try:
        request: Request | None = plan.activity.render(scope)
    except ExpressionError as error:
        request = _rendered_unknown(plan, scope)
        is_unknown = request is not None
        unrendered = None if is_unknown else error.message
    count(turn, request)
    turn.emit(
        CompensationArmed(
            at=turn.now,
            frame=frame.id,
            path=path,
            request=request,
            unrendered=unrendered,
            is_unknown=is_unknown,
        )
    )


def _rendered_unknown(plan: CompensationPlan, scope: Scope) -> Request | None:
    """What is asked for in place of the undo; None if nothing is, or that has no value either."""
    try:
        return None if plan.unknown is None else plan.unknown.render(scope)
    except ExpressionError:
        return None


def disarm(turn: Turn, frame: Frame, path: Path) -> None:
    """The visit was not done after all: its undo is not owed."""
    compensation = turn.execution.compensations.get(path)
    if compensation is not None and compensation.status is CompensationStatus.ARMED:
        turn.emit(CompensationDisarmed(at=turn.now, frame=frame.id, path=path))


def arm_once(turn: Turn, frame: Frame, path: Path, node: TaskNode) -> None:
    """Arm, unless an earlier attempt did: another unknown end says nothing new."""
    compensation = turn.execution.compensations.get(path)
    if compensation is not None and compensation.status is REGISTERED:
        arm(turn, frame, path, node)


def skip_on_unknown(turn: Turn, frame: Frame, path: Path, node: TaskNode) -> None:
    """`on_unknown: fail`: the undo will not be run."""
    compensation = turn.execution.compensations.get(path)
    if compensation is not None and compensation.status is not CompensationStatus.SKIPPED:
        turn.emit(
            CompensationSkipped(at=turn.now, frame=frame.id, path=path, actor="engine", reason="on_unknown")
        )


def leave_unknown(turn: Turn, frame: Frame, path: Path) -> None:
    """`on_unknown: fail` holds for a visit too that stops after an unknown end, while it is probed, say."""
    node = turn.program.nodes[required(frame.node, "node that stops")]
    compensation = turn.execution.compensations.get(path)
    if (
        isinstance(node, TaskNode)
        and node.on_unknown is OnUnknown.FAIL
        and compensation is not None
        and compensation.status is CompensationStatus.ARMED
        and frame.activity is not None
        and all(attempt.outcome is not AttemptOutcome.OK for attempt in frame.activity.attempts)
    ):
        skip_on_unknown(turn, frame, path, node)


def start_newest(turn: Turn, scope: Frame) -> None:
    """Begin the undo of the newest visit on the scope's list."""
    path = scope.armed.top
    turn.emit(CompensationStarted(at=turn.now, parent=scope.id, path=path))
    begin(turn, FrameId(turn.execution.version))


def begin(turn: Turn, undo: FrameId) -> None:
    """Make the first call of the undo frame, or fail it if there is nothing that can be asked for."""
    path = required(turn.frame(undo).compensates, "visit to undo")
    compensation = turn.execution.compensations[path]
    if compensation.request is None:
        unrendered = compensation.unrendered or "the request has no value"
        error = AttemptError(code=NEEDS_RESPONSE, message=unrendered)
        turn.emit(CompensationFailed(at=turn.now, frame=undo, path=path, error=error))
        return
    plan = required(compensation_plan(turn.program, compensation.node), "compensation in the program")
    start_first_attempt(
        turn,
        undo,
        path=path,
        key=undo_key(turn.execution.id, compensation.keyed_as or path),
        plan=undo_plan(plan, is_unknown=compensation.is_unknown),
    )


def undo_plan(plan: CompensationPlan, *, is_unknown: bool) -> ActivityPlan:
    """Which of the two activities undoes."""
    return plan.unknown if is_unknown and plan.unknown is not None else plan.activity


def begin_or_repeat(turn: Turn, undo: Frame) -> None:
    """Call an undo that an operator wants called again: anew, or for the first time."""
    if undo.activity is None:
        begin(turn, undo.id)
    else:
        start_next_attempt(turn, undo.id)
