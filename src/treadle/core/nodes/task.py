"""`task`: one activity, its attempts and its undo."""

from treadle.core.attempts import start_first_attempt
from treadle.core.compensating import register
from treadle.core.nodes.failing import fail_rejected, rejected
from treadle.core.scope import Scope
from treadle.core.turn import Turn
from treadle.model.execution import Execution, Failure, Frame
from treadle.model.expression import ExpressionError
from treadle.model.ids import Path, forward_key
from treadle.model.json import Json
from treadle.model.outcomes import Ok
from treadle.model.program import TaskNode


def enter(turn: Turn, frame: Frame, node: TaskNode, path: Path) -> None:
    """Render the request, register the undo, owe the first attempt.

    A request that has no value fails the visit before anything has started: nothing is armed.
    """
    try:
        request = node.activity.render(Scope(turn.execution, frame))
    except ExpressionError as error:
        fail_rejected(turn, frame, error)
        return
    if node.compensation is not None:
        register(turn, path, node)
    key = forward_key(turn.execution.id, keyed_by(turn.execution, frame, path))
    start_first_attempt(turn, frame.id, path=path, key=key, plan=node.activity, request=request)


def judged_output(turn: Turn, frame: Frame, node: TaskNode, outcome: Ok) -> tuple[Json, Failure | None]:
    """The visit's output: the answer's body, or what the node's `output` makes of it.

    When `output` has no value the body stands, so that the undo can still read it, and the visit fails.
    """
    if node.output is None:
        return outcome.body, None
    seen = {"body": outcome.body, "status": outcome.status, "headers": outcome.headers}
    try:
        return node.output(Scope(turn.execution, frame, seen)), None
    except ExpressionError as error:
        return outcome.body, rejected(frame, error)


def keyed_by(execution: Execution, frame: Frame, path: Path) -> Path:
    """The visit whose key the visit goes under: its own, but for what a retry of the execution takes over."""
    if execution.run == 1:
        return path
    return execution.visits[f"{frame.node}{frame.suffix}"].keyed_as or path
