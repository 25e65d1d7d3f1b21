"""What follows when nobody knows what an attempt did: probe, `on_unknown`, and a person's word."""

from treadle.core.attempts import start_first_attempt
from treadle.core.compensating import arm, disarm, skip_on_unknown
from treadle.core.folding.activities import NOT_KNOWN
from treadle.core.folding.draft import State
from treadle.core.measuring import STATE_BYTES, fits, too_large
from treadle.core.nodes.failing import beyond, fail_or_give_up, give_up
from treadle.core.required import required
from treadle.core.retrying import activity_of, fail_visit, try_again_or_give_up
from treadle.core.scope import Scope
from treadle.core.turn import Turn
from treadle.model.commands import Resolution
from treadle.model.events import (
    ExecutionPaused,
    ExecutionResumed,
    NodeCompleted,
    OutcomeResolved,
    ProbeEnded,
    ProbeStarted,
    ResolutionAsked,
)
from treadle.model.execution import (
    AttemptOutcome,
    Frame,
    Pause,
    Phase,
    VisitStatus,
)
from treadle.model.expression import ExpressionError
from treadle.model.ids import FrameId, Path
from treadle.model.json import Json
from treadle.model.outcomes import Cause, Failed, Ok, Outcome, Unknown
from treadle.model.policies import OnUnknown
from treadle.model.program import TaskNode

UNKNOWN_OUTCOME = "unknown_outcome"
ENGINE = "engine"


def task_of(turn: Turn, frame: Frame) -> tuple[TaskNode, Path]:
    """The task at which a body frame stands, and its visit."""
    node = turn.program.nodes[required(frame.node, "node of the frame")]
    return required(node if isinstance(node, TaskNode) else None, "task"), required(frame.path, "visit")


def ask_on_unknown(turn: Turn, frame: Frame, outcome: Unknown) -> None:
    """Do what the node says that is to be done after an unknown end."""
    node, path = task_of(turn, frame)
    if node.on_unknown is OnUnknown.RETRY or frame.ending is not None:
        try_again_or_give_up(turn, frame.id, outcome)
    elif node.on_unknown is OnUnknown.PAUSE:
        turn.emit(ResolutionAsked(at=turn.now, frame=frame.id, path=path))
        pause_for_unknown(turn)
    else:
        if node.on_unknown is OnUnknown.FAIL:
            skip_on_unknown(turn, frame, path, node)
        fail_visit(turn, frame, code="outcome_unknown", outcome=outcome)


def pause_for_unknown(turn: Turn) -> None:
    """Hold the execution until a person has said what was done, unless it is held already."""
    if turn.execution.paused is None:
        turn.emit(ExecutionPaused(at=turn.now, reason=UNKNOWN_OUTCOME, actor=ENGINE))


def is_for_unknown(pause: Pause) -> bool:
    """Whether the engine paused for an unknown outcome; a person may give any reason for a pause."""
    return pause.reason == UNKNOWN_OUTCOME and pause.actor == ENGINE


def unresolved(execution: State) -> list[Frame]:
    """The frames of which a person has to say what they did, oldest first."""
    found = [frame for frame in execution.frames.values() if is_unresolved(execution, frame)]
    return sorted(found, key=lambda frame: frame.id)


def is_unresolved(execution: State, frame: Frame) -> bool:
    """Whether the frame's visit is `unknown`."""
    if frame.phase is not Phase.WAITING or frame.path is None:
        return False
    return execution.visits[f"{frame.node}{frame.suffix}"].status is VisitStatus.UNKNOWN


def resume_if_resolved(turn: Turn, *, actor: str, reason: str | None) -> None:
    """End the pause for unknown outcomes with the last of them."""
    pause = turn.execution.paused
    if pause is not None and is_for_unknown(pause) and not unresolved(turn.execution):
        turn.emit(ExecutionResumed(at=turn.now, actor=actor, reason=reason))


def resolve(
    turn: Turn, frame: Frame, outcome: Resolution, output: Json, *, actor: str, reason: str | None = None
) -> None:
    """The unknown attempts of the frame's visit are known to have done the work, or not to have."""
    node, path = task_of(turn, frame)
    last, failure = last_end(frame), None
    if not fits(turn, output):
        output, failure = None, beyond(frame, STATE_BYTES, too_large(turn))
    turn.emit(
        OutcomeResolved(
            at=turn.now,
            frame=frame.id,
            path=path,
            outcome=outcome.value,
            output=output,
            actor=actor,
            reason=reason,
        )
    )
    if outcome is Resolution.DONE:
        arm(turn, turn.frame(frame.id), path, node)
        if failure is None:
            turn.emit(NodeCompleted(at=turn.now, frame=frame.id, path=path, next=node.next))
        else:
            fail_or_give_up(turn, frame.id, failure)
        return
    disarm(turn, turn.frame(frame.id), path)
    try_again_or_give_up(turn, frame.id, last)


def last_end(frame: Frame) -> Failed | Unknown:
    """How the newest attempt ended: nobody knew what it did, but for a callback that said no since."""
    attempt = activity_of(frame).attempts[-1]
    error = required(attempt.error, "error of the attempt")
    if attempt.is_callback:
        return Failed(code=error.code, message=error.message, cause=Cause.CALLBACK)
    return Unknown(
        code=error.code,
        message=error.message,
        http_status=attempt.http_status,
        is_lost=attempt.outcome is AttemptOutcome.LOST,
        retry_after_ms=attempt.retry_after_ms,
    )


def start_probe(turn: Turn, frame: Frame) -> None:
    """Ask what the unknown attempt did, once, in a frame of its own."""
    node, path = task_of(turn, frame)
    plan = required(node.probe, "probe of the task")
    turn.emit(ProbeStarted(at=turn.now, parent=frame.id, path=path))
    probe = FrameId(turn.execution.version)
    try:
        request = plan.render(Scope(execution=turn.execution, frame=turn.frame(frame.id)))
    except ExpressionError:
        probe_ended(turn, turn.frame(probe), None)
        return
    key = f"{activity_of(frame).key}/probe"
    start_first_attempt(turn, probe, path=path, key=key, plan=plan, request=request)


def probe_ended(turn: Turn, probe: Frame, outcome: Outcome | None) -> None:
    """What the probe says counts as a person's word; anything else leaves the outcome unknown.

    A callback may have been faster, and the visit be over, or nothing of it unknown any more.
    """
    resolution, output = said(outcome)
    path = required(probe.opener, "visit that is asked about")
    asked = required(probe.parent, "frame that asked")
    turn.emit(
        ProbeEnded(
            at=turn.now, frame=probe.id, path=path, outcome=None if resolution is None else resolution.value
        )
    )
    frame = turn.frame(asked)
    if frame.path != path:
        return
    last = last_end(frame)
    if resolution is not None and is_any_unknown(frame):
        resolve(turn, frame, resolution, output, actor=ENGINE)
    elif frame.ending is not None:
        give_up(turn, frame)
    elif isinstance(last, Failed):
        try_again_or_give_up(turn, frame.id, last)
    else:
        ask_on_unknown(turn, frame, last)


def is_any_unknown(frame: Frame) -> bool:
    """Whether there is an attempt of which nobody knows what it did."""
    return any(attempt.outcome in NOT_KNOWN for attempt in activity_of(frame).attempts)


def said(outcome: Outcome | None) -> tuple[Resolution | None, Json]:
    """`{outcome: done, output}` or `{outcome: not_done}`; None when it is anything else."""
    body = outcome.body if isinstance(outcome, Ok) else None
    if not isinstance(body, dict):
        return None, None
    word = body.get("outcome")
    if word == Resolution.DONE.value:
        return Resolution.DONE, body.get("output")
    return (Resolution.NOT_DONE, None) if word == Resolution.NOT_DONE.value else (None, None)


def probes(turn: Turn, frame: Frame) -> bool:
    """Whether the frame's task has a probe."""
    return task_of(turn, frame)[0].probe is not None
