"""`child`: another execution, started in the commit that says so, and awaited unless it is detached."""

from typing import Final

import msgspec

from treadle.core.attempts import start_first_attempt
from treadle.core.compensating import arm, keyed_as
from treadle.core.folding.changes import visit_key
from treadle.core.measuring import STATE_BYTES, fits, too_large
from treadle.core.nodes.bodies import complete
from treadle.core.nodes.failing import beyond, fail_bound, fail_or_give_up, fail_rejected, give_up
from treadle.core.required import required
from treadle.core.scope import Scope
from treadle.core.turn import Turn
from treadle.model.commands import ReportChild
from treadle.model.effects import ChildStart
from treadle.model.events import (
    ActivityCompleted,
    ChildEnded,
    ChildStarted,
    CompensationRegistered,
    ExecutionStarted,
    NodeCompleted,
)
from treadle.model.execution import DefinitionRef, ExecutionStatus, Failure, FailureKind, Frame
from treadle.model.expression import ExpressionError
from treadle.model.ids import ActivityId, ExecutionId, Instant, Path, child_id, forward_key
from treadle.model.json import Json
from treadle.model.outcomes import FoundDefinition, Ok
from treadle.model.policies import TIMEOUT_MS_DEFAULT, RetryPolicy
from treadle.model.program import SEMANTICS, ActivityPlan, ChildNode
from treadle.model.requests import DefinitionRequest
from treadle.model.waiting import ParentRef

LOOK_UP_RETRY: Final = RetryPolicy(max_attempts=10)
"""How often the engine asks its own store for the definition."""
CHILD_FAILED: Final = "child_failed"


def enter(turn: Turn, frame: Frame, node: ChildNode, path: Path) -> None:
    """Render the input and ask for the definition, which is resolved now."""
    execution = turn.execution
    if execution.depth >= turn.bounds.child_depth:
        most = turn.bounds.child_depth
        fail_bound(turn, frame, "child_depth", f"{most} executions below one another are as many as may be")
        return
    try:
        value: Json = {} if node.input is None else node.input(Scope(execution=execution, frame=frame))
    except ExpressionError as error:
        fail_rejected(turn, frame, error)
        return
    if node.compensation is not None:
        taken_over = keyed_as(execution, path)
        turn.emit(CompensationRegistered(at=turn.now, path=path, node=node.id, keyed_as=taken_over))
    request = DefinitionRequest(namespace=execution.namespace, definition=node.definition, input=value)
    plan = ActivityPlan(render=lambda _roots: request, retry=LOOK_UP_RETRY, timeout_ms=TIMEOUT_MS_DEFAULT)
    key = forward_key(execution.id, path)
    start_first_attempt(turn, frame.id, path=path, key=key, plan=plan, request=request)


def found(turn: Turn, frame: Frame, outcome: Ok) -> None:
    """The definition is known: the child is started next, unless the frame was told to stop meanwhile."""
    activity = required(frame.activity, "activity that looked it up")
    path = required(frame.path, "visit of the child")
    turn.emit(
        ActivityCompleted(
            at=turn.now,
            frame=frame.id,
            activity=activity.id,
            path=path,
            attempt=activity.number,
            output=outcome.body,
        )
    )
    if frame.ending is not None:
        give_up(turn, turn.frame(frame.id))


def start_child(turn: Turn, frame: Frame, node: ChildNode) -> None:
    """Start the execution in the commit that says so."""
    activity = required(frame.activity, "activity that looked it up")
    path = required(frame.path, "visit of the child")
    visit = turn.execution.visits[visit_key(path)]
    definition = msgspec.convert(visit.output, FoundDefinition)
    child = child_id(turn.execution.id, path)
    turn.emit(
        ChildStarted(
            at=turn.now,
            frame=frame.id,
            activity=activity.id,
            path=path,
            attempt=activity.number,
            child=child,
            definition=DefinitionRef(
                name=definition.name, version=definition.version, digest=definition.digest
            ),
            is_detached=node.is_detached,
        )
    )
    awaited_as = None if node.is_detached else ActivityId(turn.execution.version)
    started = started_child(turn, frame, definition, child, awaited_as)
    turn.owe(ChildStart(started=started))
    if node.is_detached:
        complete(turn, turn.frame(frame.id), node, {"id": child}, next_=node.next)


def started_child(
    turn: Turn,
    frame: Frame,
    definition: FoundDefinition,
    child: ExecutionId,
    awaited_as: ActivityId | None,
) -> ExecutionStarted:
    """The first event of the child's history."""
    parent = turn.execution
    request = required(frame.activity, "activity that looked it up").request
    value = request.input if isinstance(request, DefinitionRequest) else None
    limit = definition.deadline_ms
    return ExecutionStarted(
        at=turn.now,
        id=child,
        namespace=parent.namespace,
        definition=DefinitionRef(name=definition.name, version=definition.version, digest=definition.digest),
        semantics=SEMANTICS,
        input=value,
        vars=definition.vars,
        node=definition.node,
        priority=definition.priority,
        traceparent=parent.traceparent,
        deadline_at=None if limit is None else Instant(turn.now + limit),
        deadline_ms=limit,
        parent=ParentRef(id=parent.id, path=required(frame.path, "visit of the child"), activity=awaited_as),
        depth=parent.depth + 1,
    )


def ended(turn: Turn, frame: Frame, node: ChildNode, command: ReportChild) -> None:
    """The child has ended. One that completed can be undone from now on by the node's own compensation."""
    path = required(frame.path, "visit of the child")
    failure, output = None, command.output
    if command.status is not ExecutionStatus.COMPLETED:
        failure = Failure(kind=FailureKind.ERROR, code=CHILD_FAILED, message=said_of(command), path=path)
    elif not fits(turn, command.output):
        failure, output = beyond(frame, STATE_BYTES, too_large(turn)), None
    turn.emit(
        ChildEnded(
            at=turn.now,
            frame=frame.id,
            path=path,
            child=command.child,
            status=command.status,
            output=output,
            failure=command.failure,
        )
    )
    if command.status is ExecutionStatus.COMPLETED:
        arm(turn, turn.frame(frame.id), path, node)
    if failure is None:
        turn.emit(NodeCompleted(at=turn.now, frame=frame.id, path=path, next=node.next))
    else:
        fail_or_give_up(turn, frame.id, failure)


def said_of(command: ReportChild) -> str:
    """How the child ended, and why, in words."""
    why = "" if command.failure is None else f": {command.failure.code}: {command.failure.message}"
    return f"the execution {command.child} has {command.status.value}{why}"[:2_000]
