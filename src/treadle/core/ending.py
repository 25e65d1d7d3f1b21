"""The end of a run: output, hook, terminal event (SEMANTICS 4, 5)."""

from collections.abc import Callable
from typing import Final

from msgspec import UNSET, UnsetType

from treadle.core.attempts import start_first_attempt
from treadle.core.scope import Scope, failure_root
from treadle.core.turn import Turn
from treadle.model.events import (
    BodyFailed,
    Event,
    ExecutionCancelled,
    ExecutionCompleted,
    ExecutionFailed,
    HookFailed,
    HookStarted,
)
from treadle.model.execution import (
    Ending,
    ExecutionStatus,
    Failure,
    FailureKind,
    Frame,
    RunWarning,
)
from treadle.model.expression import ExpressionError
from treadle.model.ids import FrameId, hook_key
from treadle.model.json import Json
from treadle.model.program import ActivityPlan, Program

HOOK_OF: Final = {
    ExecutionStatus.COMPLETED: "on_success",
    ExecutionStatus.FAILED: "on_failure",
    ExecutionStatus.CANCELLED: "on_cancel",
}
PLAN_OF: Final[dict[str, Callable[[Program], ActivityPlan | None]]] = {
    "on_success": lambda program: program.on_success,
    "on_failure": lambda program: program.on_failure,
    "on_cancel": lambda program: program.on_cancel,
}


def hook_plan(program: Program, hook: str) -> ActivityPlan | None:
    """The hook of that name, if the definition has one."""
    return PLAN_OF[hook](program)


def outcome_of(ending: Ending | None) -> ExecutionStatus:
    """How a run ends whose root body ended so."""
    if ending is None or ending.is_completing:
        return ExecutionStatus.COMPLETED
    return ExecutionStatus.CANCELLED if ending.failure is None else ExecutionStatus.FAILED


def end_run(turn: Turn, root: Frame) -> None:
    """The root body is over and undone: first the hook, once, then the terminal event.

    An `output` without a value fails the run before anything is said of success.
    """
    outcome = outcome_of(root.ending)
    output: Json | UnsetType = UNSET if root.ending is None else root.ending.output
    if outcome is ExecutionStatus.COMPLETED and output is UNSET and turn.program.output is not None:
        try:
            output = turn.program.output(Scope(execution=turn.execution, frame=root))
        except ExpressionError as error:
            failure = Failure(kind=FailureKind.REJECTED, code=error.code, message=error.message)
            turn.emit(BodyFailed(at=turn.now, frame=root.id, failure=failure))
            return
    plan = hook_plan(turn.program, HOOK_OF[outcome])
    if plan is not None and turn.execution.outcome is None:
        start_hook(turn, root, outcome, plan)
    else:
        turn.emit(terminal_event(turn, root, output))


def start_hook(turn: Turn, root: Frame, outcome: ExecutionStatus, plan: ActivityPlan) -> None:
    """Begin the last activity of the run; one that cannot be rendered is a warning."""
    hook = HOOK_OF[outcome]
    turn.emit(HookStarted(at=turn.now, hook=hook, outcome=outcome))
    frame = FrameId(turn.execution.version)
    failure = root.ending.failure if root.ending else None
    seen = {} if failure is None else {"failure": failure_root(failure)}
    try:
        request = plan.render(Scope(execution=turn.execution, frame=turn.frame(frame), extra=seen))
    except ExpressionError as error:
        warning = RunWarning(code="hook_failed", message=f"{hook}: {error.code}: {error.message}")
        turn.emit(HookFailed(at=turn.now, frame=frame, hook=hook, warning=warning))
        return
    key = hook_key(turn.execution.id, hook, turn.execution.run)
    start_first_attempt(turn, frame, path=None, key=key, plan=plan, request=request)


def terminal_event(turn: Turn, root: Frame, output: Json | UnsetType) -> Event:
    """The event that ends the run."""
    if root.ending is None or root.ending.is_completing:
        output_of = root.last if output is UNSET else None
        return ExecutionCompleted(at=turn.now, output=output, output_of=output_of)
    if root.ending.failure is None:
        return ExecutionCancelled(at=turn.now)
    return ExecutionFailed(at=turn.now, failure=root.ending.failure)
