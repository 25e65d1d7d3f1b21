"""Compensation: arming, and undoing a scope's list newest first (SEMANTICS 4)."""

from typing import Final

from treadle.core.attempts import start_first_attempt, start_next_attempt
from treadle.core.required import required
from treadle.core.scope import Scope, VisitScope
from treadle.core.turn import Turn
from treadle.model.events import (
    CompensationArmed,
    CompensationFailed,
    CompensationRegistered,
    CompensationSkipped,
    CompensationStarted,
)
from treadle.model.execution import AttemptError, CompensationStatus, Frame
from treadle.model.expression import ExpressionError
from treadle.model.ids import FrameId, NodeId, Path, undo_key
from treadle.model.program import ActivityPlan, CompensationPlan, Program, TaskNode
from treadle.model.requests import Request

NEEDS_RESPONSE: Final = "compensation_needs_response"
EXHAUSTED: Final = "compensation_exhausted"


def compensation_plan(program: Program, node: NodeId) -> CompensationPlan | None:
    """The undo of that node, if it has one."""
    found = program.nodes[node]
    return found.compensation if isinstance(found, TaskNode) else None


def register(turn: Turn, path: Path, node: TaskNode) -> None:
    """Say before the activity starts that there is an undo."""
    if node.compensation is not None:
        turn.emit(CompensationRegistered(at=turn.now, path=path, node=node.id))


def arm(turn: Turn, frame: Frame, path: Path, node: TaskNode) -> None:
    """From now on the undo is owed if the scope fails; rendered with the values of now."""
    if node.compensation is None:
        return
    request, unrendered = _rendered(turn, frame, node.compensation.activity)
    turn.emit(
        CompensationArmed(at=turn.now, frame=frame.id, path=path, request=request, unrendered=unrendered)
    )


def arm_once(turn: Turn, frame: Frame, path: Path, node: TaskNode) -> None:
    """Arm, unless an earlier attempt did: another unknown end says nothing new."""
    compensation = turn.execution.compensations.get(path)
    if compensation is not None and compensation.status is CompensationStatus.REGISTERED:
        arm(turn, frame, path, node)


def skip_unarmed(turn: Turn, frame: Frame, path: Path, node: TaskNode) -> None:
    """`on_unknown: fail`: the undo will not be run."""
    if node.compensation is not None:
        turn.emit(
            CompensationSkipped(at=turn.now, frame=frame.id, path=path, actor="engine", reason="on_unknown")
        )


def _rendered(turn: Turn, frame: Frame, plan: ActivityPlan) -> tuple[Request | None, str | None]:
    try:
        return plan.render(Scope(turn.execution, frame)), None
    except ExpressionError as error:
        return None, error.message


def start_newest(turn: Turn, scope: Frame) -> None:
    """Begin the undo of the newest visit on the scope's list."""
    path = scope.armed.top
    turn.emit(CompensationStarted(at=turn.now, parent=scope.id, path=path))
    begin(turn, FrameId(turn.execution.version))


def begin(turn: Turn, undo: FrameId) -> None:
    """Make the first call of the undo frame, or fail it if there is nothing that can be asked for."""
    path = required(turn.frame(undo).compensates, "visit to undo")
    plan = _plan_with_request(turn, undo, path)
    if plan is None:
        unrendered = turn.execution.compensations[path].unrendered or "the request has no value"
        error = AttemptError(code=NEEDS_RESPONSE, message=unrendered)
        turn.emit(CompensationFailed(at=turn.now, frame=undo, path=path, error=error))
        return
    start_first_attempt(turn, undo, path=path, key=undo_key(turn.execution.id, path), plan=plan)


def _plan_with_request(turn: Turn, undo: FrameId, path: Path) -> ActivityPlan | None:
    """The plan whose request stands in the state; that of `unknown` is rendered now if it must take over."""
    compensation = turn.execution.compensations[path]
    plan = required(compensation_plan(turn.program, compensation.node), "compensation in the program")
    if compensation.request is not None:
        return undo_plan(plan, is_unknown=compensation.is_unknown)
    if plan.unknown is None:
        return None
    try:
        request = plan.unknown.render(VisitScope(turn.execution, turn.frame(undo), path))
    except ExpressionError:
        return None
    turn.emit(CompensationArmed(at=turn.now, frame=undo, path=path, request=request, is_unknown=True))
    return plan.unknown


def undo_plan(plan: CompensationPlan, *, is_unknown: bool) -> ActivityPlan:
    """Which of the two activities undoes."""
    return plan.unknown if is_unknown and plan.unknown is not None else plan.activity


def begin_or_repeat(turn: Turn, undo: Frame) -> None:
    """Call an undo that an operator wants called again: anew, or for the first time."""
    if undo.activity is None:
        begin(turn, undo.id)
    else:
        start_next_attempt(turn, undo.id)
