"""`task`: one activity, its attempts and its undo."""

from treadle.core.attempts import callback_until
from treadle.core.compensating import keyed_as
from treadle.core.nodes.failing import fail_rejected, rejected
from treadle.core.scope import Scope
from treadle.core.turn import Turn
from treadle.model.events import ActivityStarted, CompensationRegistered
from treadle.model.execution import Failure, Frame
from treadle.model.expression import Expression, ExpressionError
from treadle.model.ids import Path, forward_key
from treadle.model.json import Json
from treadle.model.outcomes import Ok
from treadle.model.program import TaskNode


def enter(turn: Turn, frame: Frame, node: TaskNode, path: Path) -> None:
    """Render the request, register the undo, owe the first attempt.

    A request that has no value fails the visit before anything has started: nothing is armed.
    """
    try:
        request = node.activity.render(Scope(execution=turn.execution, frame=frame))
    except ExpressionError as error:
        fail_rejected(turn, frame, error)
        return
    execution = turn.execution
    taken_over = None if execution.run == 1 else keyed_as(execution, path)
    if node.compensation is not None:
        turn.emit(CompensationRegistered(at=turn.now, path=path, node=node.id, keyed_as=taken_over))
    turn.start(
        ActivityStarted(
            at=turn.now,
            frame=frame.id,
            path=path,
            attempt=1,
            key=forward_key(execution.id, taken_over or path),
            request=request,
            timeout_ms=node.activity.timeout_ms,
            callback_until=None if node.callback is None else callback_until(turn, node.callback),
        )
    )


def judged_output(turn: Turn, frame: Frame, made_by: Expression, outcome: Ok) -> tuple[Json, Failure | None]:
    """What the node's `output` makes of the answer.

    When it has no value the answer's body stands, so that the undo can still read it, and the visit fails.
    """
    seen = {"body": outcome.body, "status": outcome.status, "headers": outcome.headers}
    try:
        return made_by(Scope(execution=turn.execution, frame=frame, extra=seen)), None
    except ExpressionError as error:
        return outcome.body, rejected(frame, error)
