"""Begin an execution."""

from treadle.core.measuring import START_BYTES, count
from treadle.core.turn import Turn
from treadle.model.commands import StartExecution
from treadle.model.decision import Refused
from treadle.model.events import ExecutionStarted
from treadle.model.ids import Instant
from treadle.model.program import ROOT_BODY, SEMANTICS


def start_execution(turn: Turn, command: StartExecution) -> Refused | None:
    """Record what is fixed for the whole life; the input was checked before the command was made."""
    if turn.has_started:
        return Refused(code="execution_exists", message=f"execution {command.id} exists already")
    program = turn.program
    begins_at = max(turn.now, command.start_at or turn.now)
    limit = command.deadline_ms
    if limit is None and command.deadline_at is None:
        limit = program.deadline_ms
    turn.state_bytes = START_BYTES
    count(turn, command.input)
    if command.labels:
        count(turn, command.labels)
    if program.vars:
        count(turn, program.vars)
    turn.begin(
        ExecutionStarted(
            at=turn.now,
            id=command.id,
            namespace=command.namespace,
            definition=command.definition,
            semantics=SEMANTICS,
            input=command.input,
            vars=dict(program.vars),
            node=program.bodies[ROOT_BODY].start,
            business_key=command.business_key,
            priority=command.priority,
            labels=command.labels,
            start_at=command.start_at,
            traceparent=command.traceparent,
            actor=command.actor,
            deadline_at=command.deadline_at if limit is None else Instant(begins_at + limit),
            deadline_ms=limit,
        )
    )
    return None
